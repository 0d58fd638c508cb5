// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_memory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "irc/core/error.h"

namespace irc::cosim {
namespace {

// Largest number of bursts and beats taken but not yet served.
constexpr std::size_t queue_bursts = 64;
constexpr std::size_t queue_beats = 1024;

void check_range(const char* name, std::uint64_t address, std::uint64_t length, std::uint64_t size) {
  if (address <= size && length <= size - address) return;
  throw InputError(std::string("memory \"") + name + "\": " + std::to_string(length) +
                   " bytes from address " + std::to_string(address) + " lie outside; expected them within " +
                   std::to_string(size) + " bytes");
}

}  // namespace

AxiMemory::AxiMemory(sc_core::sc_module_name name, Axi4PinsBase& pins, std::uint64_t size_bytes,
                     const AxiMemoryTiming& timing, const BackPressure& back_pressure)
    : ClockedModule(name),
      pins_(pins),
      storage_(static_cast<std::uint8_t*>(std::calloc(size_bytes, 1)), &std::free),
      bytes_(storage_.get(), size_bytes),
      latency_(std::uint64_t{timing.hop_cycles} + timing.latency_cycles),
      stalls_(back_pressure) {
  const std::string who = std::string("memory \"") + this->name() + "\": ";
  if (size_bytes == 0) throw InputError(who + "size is 0 bytes; expected at least 1");
  if (storage_ == nullptr)
    throw InputError(who + "size is " + std::to_string(size_bytes) + " bytes; expected a smaller one");
  if (latency_ == 0) throw InputError(who + "hop and latency are 0 cycles; expected at least 1 together");
  wake_by(pins.arvalid);
  wake_by(pins.awvalid);
  wake_by(pins.wvalid);
}

void AxiMemory::load(std::uint64_t address, const void* bytes, std::size_t length) {
  check_range(name(), address, length, size_bytes());
  if (length != 0) std::memcpy(bytes_.data() + address, bytes, length);
}

void AxiMemory::dump(std::uint64_t address, void* bytes, std::size_t length) const {
  check_range(name(), address, length, size_bytes());
  if (length != 0) std::memcpy(bytes, bytes_.data() + address, length);
}

bool AxiMemory::on_edge() {
  ++cycle_;
  if (!rst_n.read()) {
    reset();
    in_reset_ = true;
    return false;
  }
  stalls_.next_cycle();
  if (!in_reset_) sample();
  in_reset_ = false;
  drive();
  return busy();
}

bool AxiMemory::busy() const {
  return b_valid_ || !reads_.empty() || !writes_.empty() || !beats_.empty() || pins_.arvalid.read() ||
         pins_.awvalid.read() || pins_.wvalid.read();
}

void AxiMemory::reset() {
  reads_.clear();
  writes_.clear();
  beats_.clear();
  ar_ = aw_ = Offer{};
  write_end_ = cycle_;
  ar_ready_ = aw_ready_ = w_ready_ = r_valid_ = b_valid_ = false;
  pins_.arready.write(false);
  pins_.awready.write(false);
  pins_.wready.write(false);
  pins_.rvalid.write(false);
  pins_.rlast.write(false);
  pins_.bvalid.write(false);
}

// ---- handshakes of the cycle that has ended

void AxiMemory::watch(Offer& offer, bool valid) {
  if (!valid)
    offer.seen = false;
  else if (!offer.seen)
    offer = {true, cycle_ - 1};
}

void AxiMemory::sample() {
  if (r_valid_ && pins_.rready.read()) {
    r_valid_ = false;
    if (reads_.front().beats_done == reads_.front().address.beats()) reads_.pop_front();
  }
  if (b_valid_ && pins_.bready.read()) b_valid_ = false;
  watch(ar_, pins_.arvalid.read());
  watch(aw_, pins_.awvalid.read());
  if (ar_ready_ && ar_.seen) {
    reads_.push_back({pins_.read_ar(), ar_.cycle + latency_, 0, {}, false, 0});
    ar_.seen = false;
  }
  if (aw_ready_ && aw_.seen) {
    writes_.push_back({pins_.read_aw(), aw_.cycle + latency_, 0, {}, false, 0});
    aw_.seen = false;
  }
  if (w_ready_ && pins_.wvalid.read()) {
    Beat beat{std::vector<std::uint8_t>(pins_.bus_bytes), pins_.read_wstrb()};
    pins_.read_wdata(beat.bytes.data());
    beats_.push_back(std::move(beat));
  }
  take_write_beats();
  time_writes();
}

// Data belong to the addresses in their order.
void AxiMemory::take_write_beats() {
  for (Burst& burst : writes_) {
    while (burst.beats_done != burst.address.beats() && !beats_.empty()) {
      burst.data.push_back(std::move(beats_.front()));
      beats_.pop_front();
      ++burst.beats_done;
    }
    if (beats_.empty()) return;
  }
}

void AxiMemory::time_writes() {
  for (Burst& burst : writes_) {
    if (burst.timed) continue;
    if (burst.beats_done != burst.address.beats()) return;
    const std::uint64_t start = std::max(burst.earliest, write_end_);
    burst.due = std::max(start + burst.address.beats() - 1, cycle_);
    burst.timed = true;
    write_end_ = burst.due + 1;
  }
}

// ---- values of the cycle that begins

void AxiMemory::drive() {
  offer_read_beat();
  offer_write_response();
  ar_ready_ = reads_.size() < queue_bursts && !stalls_.stalled(AxiChannel::ar);
  aw_ready_ = writes_.size() < queue_bursts && !stalls_.stalled(AxiChannel::aw);
  w_ready_ = beats_.size() < queue_beats && !stalls_.stalled(AxiChannel::w);
  pins_.arready.write(ar_ready_);
  pins_.awready.write(aw_ready_);
  pins_.wready.write(w_ready_);
  pins_.rvalid.write(r_valid_);
  pins_.bvalid.write(b_valid_);
}

void AxiMemory::offer_read_beat() {
  if (r_valid_ || reads_.empty() || reads_.front().earliest > cycle_ || stalls_.stalled(AxiChannel::r))
    return;
  Burst& burst = reads_.front();
  const unsigned beat = burst.beats_done++;
  const std::uint64_t address = burst.address.beat_address(beat);
  const unsigned lane = burst.address.first_lane(beat, pins_.bus_bytes);
  const unsigned count = std::min(burst.address.bytes_in_beat(beat), pins_.bus_bytes - lane);
  std::array<std::uint8_t, max_bus_bytes> bytes{};
  if (inside(address))
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(address),
                std::min<std::uint64_t>(count, bytes_.size() - address), bytes.begin() + lane);
  pins_.write_rdata(bytes.data());
  pins_.rid.write(burst.address.id);
  pins_.rresp.write(static_cast<std::uint32_t>(inside(address) ? AxiResponse::okay : AxiResponse::slverr));
  pins_.rlast.write(burst.beats_done == burst.address.beats());
  r_valid_ = true;
}

void AxiMemory::offer_write_response() {
  if (b_valid_ || writes_.empty() || !writes_.front().timed) return;
  const Burst& burst = writes_.front();
  if (burst.due > cycle_ || stalls_.stalled(AxiChannel::b)) return;
  bool good = true;
  for (unsigned beat = 0; beat < burst.address.beats(); ++beat) good = write_beat(burst, beat) && good;
  pins_.bid.write(burst.address.id);
  pins_.bresp.write(static_cast<std::uint32_t>(good ? AxiResponse::okay : AxiResponse::slverr));
  b_valid_ = true;
  writes_.pop_front();
}

bool AxiMemory::write_beat(const Burst& burst, unsigned beat) {
  const std::uint64_t address = burst.address.beat_address(beat);
  if (!inside(address)) return false;
  const unsigned lane = burst.address.first_lane(beat, pins_.bus_bytes);
  const unsigned count = std::min(burst.address.bytes_in_beat(beat), pins_.bus_bytes - lane);
  for (unsigned i = 0; i < count && inside(address + i); ++i)
    if (burst.data[beat].strobes[lane + i]) bytes_[address + i] = burst.data[beat].bytes[lane + i];
  return true;
}

}  // namespace irc::cosim
