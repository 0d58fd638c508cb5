// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi4_checker.h"

#include <algorithm>

namespace irc::cosim {

Axi4Checker::Axi4Checker(sc_core::sc_module_name name, const Axi4PinsBase& pins,
                         const AxiCheckerOptions& options)
    : AxiChecker(name, options),
      pins_(pins),
      aw_(add_channel({"AW",
                       pins.awvalid,
                       pins.awready,
                       {{"AWID", 4, pin_reader(pins.awid)},
                        {"AWADDR", 64, pin_reader(pins.awaddr)},
                        {"AWLEN", 8, pin_reader(pins.awlen)},
                        {"AWSIZE", 3, pin_reader(pins.awsize)},
                        {"AWBURST", 2, pin_reader(pins.awburst)}},
                       {}})),
      w_(add_channel({"W",
                      pins.wvalid,
                      pins.wready,
                      {{"WLAST", 1, pin_reader(pins.wlast)},
                       {"WSTRB[63:0]", 64,
                        [&pins] { return (pins.read_wstrb() & LaneMask(~std::uint64_t{0})).to_ullong(); }},
                       {"WSTRB[127:64]", 64, [&pins] { return (pins.read_wstrb() >> 64).to_ullong(); }}},
                      [&pins](std::uint8_t* bytes) { pins.read_wdata(bytes); }})),
      b_(add_channel({"B",
                      pins.bvalid,
                      pins.bready,
                      {{"BID", 4, pin_reader(pins.bid)}, {"BRESP", 2, pin_reader(pins.bresp)}},
                      {}})),
      ar_(add_channel({"AR",
                       pins.arvalid,
                       pins.arready,
                       {{"ARID", 4, pin_reader(pins.arid)},
                        {"ARADDR", 64, pin_reader(pins.araddr)},
                        {"ARLEN", 8, pin_reader(pins.arlen)},
                        {"ARSIZE", 3, pin_reader(pins.arsize)},
                        {"ARBURST", 2, pin_reader(pins.arburst)}},
                       {}})),
      r_(add_channel({"R",
                      pins.rvalid,
                      pins.rready,
                      {{"RID", 4, pin_reader(pins.rid)},
                       {"RRESP", 2, pin_reader(pins.rresp)},
                       {"RLAST", 1, pin_reader(pins.rlast)}},
                      [&pins](std::uint8_t* bytes) { pins.read_rdata(bytes); }})) {}

std::size_t Axi4Checker::outstanding() const {
  return writes_.size() + reads_.size() + beats_.size();
}

void Axi4Checker::forget() {
  writes_.clear();
  reads_.clear();
  beats_.clear();
}

// Responses are checked first, because the transfers they answer must have been taken at an earlier edge.
void Axi4Checker::check_edge() {
  check_b();
  check_r();
  const Seen aw = watch(aw_);
  if (aw.offered) check_address(pins_.read_aw(), "AW");
  if (aw.taken) writes_.push_back({pins_.read_aw()});
  const Seen ar = watch(ar_);
  if (ar.offered) check_address(pins_.read_ar(), "AR");
  if (ar.taken) reads_.push_back({pins_.read_ar()});
  if (watch(w_).taken) beats_.push_back({pins_.read_wstrb(), pins_.wlast.read()});
  match_write_data();
}

// ---- addresses

void Axi4Checker::check_address(const AxiBurst& burst, const char* channel) {
  const std::string who(channel);
  if (burst.beat_bytes() > pins_.bus_bytes)
    violation("size", who + "SIZE asks for " + std::to_string(burst.beat_bytes()) +
                          " bytes per beat; expected at most " + std::to_string(pins_.bus_bytes));
  if (burst.type == AxiBurstType::reserved) {
    violation("burst-type", who + "BURST is reserved; expected FIXED, INCR or WRAP");
    return;
  }
  if (burst.type == AxiBurstType::fixed && burst.beats() > 16)
    violation("burst-length",
              who + ": FIXED burst of " + std::to_string(burst.beats()) + " beats; expected at most 16");
  if (burst.type == AxiBurstType::wrap) check_wrap(burst, channel);
  if (burst.crosses_4k())
    violation("boundary", who + ": burst of " + std::to_string(burst.beats()) + " beats from address " +
                              std::to_string(burst.address) + " crosses 4 KiB; expected it split");
}

void Axi4Checker::check_wrap(const AxiBurst& burst, const char* channel) {
  const unsigned beats = burst.beats();
  if (beats != 2 && beats != 4 && beats != 8 && beats != 16)
    violation("wrap-length", std::string(channel) + ": WRAP burst of " + std::to_string(beats) +
                                 " beats; expected 2, 4, 8 or 16");
  if (burst.address % burst.beat_bytes() != 0)
    violation("wrap-alignment", std::string(channel) + ": WRAP burst from address " +
                                    std::to_string(burst.address) + "; expected a multiple of " +
                                    std::to_string(burst.beat_bytes()));
}

// ---- write data

void Axi4Checker::match_write_data() {
  for (Transaction& write : writes_) {
    while (!write.data_over && !beats_.empty()) {
      check_write_beat(write, beats_.front());
      beats_.pop_front();
    }
    if (beats_.empty()) return;
  }
}

void Axi4Checker::check_write_beat(Transaction& write, const Beat& beat) {
  const unsigned number = write.beats++;
  if ((beat.strobes & ~write.burst.lanes(number, pins_.bus_bytes)).any())
    violation("strobes", "WSTRB of beat " + std::to_string(number) +
                             " has lanes outside the beat; expected them within it");
  const bool last = write.beats == write.burst.beats();
  write.data_over = last || beat.last;
  if (last && !beat.last)
    violation("wlast",
              "WLAST is low in the last of " + std::to_string(write.beats) + " beats; expected it high");
  if (!last && beat.last)
    violation("write-beats", "WLAST ends a burst after " + std::to_string(write.beats) + " beats; expected " +
                                 std::to_string(write.burst.beats()));
}

// ---- responses

void Axi4Checker::check_response(std::uint32_t response, const char* pin) {
  if (static_cast<AxiResponse>(response) == AxiResponse::exokay)
    violation("exokay", std::string(pin) + " is EXOKAY to an access that is not exclusive; expected OKAY, " +
                            "SLVERR or DECERR");
}

// The write that the B on the pins answers: the oldest write with its id, or else the oldest of all.
Axi4Checker::Queue::iterator Axi4Checker::answered_write(bool report) {
  const auto over = [](const Transaction& write) { return write.data_over; };
  const std::uint32_t id = pins_.bid.read();
  const auto same = std::find_if(writes_.begin(), writes_.end(), [&](const Transaction& write) {
    return write.burst.id == id && over(write);
  });
  if (same != writes_.end()) return same;
  const auto oldest = std::find_if(writes_.begin(), writes_.end(), over);
  if (report && oldest == writes_.end())
    violation("b-before-w", "BVALID without a write whose address and last data were taken before");
  if (report && oldest != writes_.end())
    violation("id", "BID is " + std::to_string(id) + "; expected that of a write, for instance " +
                        std::to_string(oldest->burst.id));
  return oldest;
}

Axi4Checker::Queue::iterator Axi4Checker::answered_read(bool report) {
  const std::uint32_t id = pins_.rid.read();
  const auto same = std::find_if(reads_.begin(), reads_.end(),
                                 [&](const Transaction& read) { return read.burst.id == id; });
  if (same != reads_.end()) return same;
  if (report && reads_.empty())
    violation("r-before-ar", "RVALID without a read whose address was taken before");
  if (report && !reads_.empty())
    violation("id", "RID is " + std::to_string(id) + "; expected that of a read, for instance " +
                        std::to_string(reads_.front().burst.id));
  return reads_.begin();
}

void Axi4Checker::check_b() {
  const Seen seen = watch(b_);
  if (!b_.valid.read()) return;
  const auto write = answered_write(seen.offered);
  if (seen.offered) check_response(pins_.bresp.read(), "BRESP");
  if (!seen.taken || write == writes_.end()) return;
  writes_.erase(write);
  complete_one();
}

void Axi4Checker::check_r() {
  const Seen seen = watch(r_);
  if (!r_.valid.read()) return;
  const auto read = answered_read(seen.offered);
  if (seen.offered) check_response(pins_.rresp.read(), "RRESP");
  if (read == reads_.end()) return;
  if (seen.offered) check_read_last(*read);
  if (!seen.taken) return;
  if (++read->beats != read->burst.beats() && !pins_.rlast.read()) return;
  reads_.erase(read);
  complete_one();
}

void Axi4Checker::check_read_last(const Transaction& read) {
  const unsigned beats = read.beats + 1;
  const bool last = beats == read.burst.beats();
  if (last && !pins_.rlast.read())
    violation("rlast", "RLAST is low in the last of " + std::to_string(beats) + " beats; expected it high");
  if (!last && pins_.rlast.read())
    violation("read-beats", "RLAST ends a burst after " + std::to_string(beats) + " beats; expected " +
                                std::to_string(read.burst.beats()));
}

}  // namespace irc::cosim
