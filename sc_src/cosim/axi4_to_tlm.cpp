// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi4_to_tlm.h"

#include <algorithm>
#include <array>
#include <string>

#include "irc/core/error.h"

namespace irc::cosim {
namespace {

bool fixed(const AxiBurst& burst) {
  return burst.type == AxiBurstType::fixed;
}

bool legal(const AxiBurst& burst, unsigned bus_bytes) {
  const unsigned beats = burst.beats();
  if (burst.type == AxiBurstType::wrap && beats != 2 && beats != 4 && beats != 8 && beats != 16) return false;
  return burst.type != AxiBurstType::reserved && burst.beat_bytes() <= bus_bytes;
}

std::size_t transactions(const AxiBurst& burst) {
  return fixed(burst) ? burst.beats() : 1;
}

// Address of the first byte of the burst's data.
std::uint64_t base(const AxiBurst& burst) {
  return burst.type == AxiBurstType::wrap ? burst.wrap_boundary() : burst.address;
}

// Offset of a beat's first byte in the burst's data.
std::size_t offset(const AxiBurst& burst, unsigned beat) {
  return fixed(burst) ? std::size_t{beat} * burst.bytes_in_beat(0) : burst.beat_address(beat) - base(burst);
}

std::size_t data_bytes(const AxiBurst& burst) {
  if (fixed(burst)) return std::size_t{burst.beats()} * burst.bytes_in_beat(0);
  const std::uint64_t all = burst.beats() * burst.beat_bytes();
  return burst.type == AxiBurstType::wrap ? all : all - (burst.address & (burst.beat_bytes() - 1));
}

}  // namespace

Axi4ToTlm::Axi4ToTlm(sc_core::sc_module_name name, Axi4PinsBase& pins, const Axi4ToTlmOptions& options)
    : AxiTransactor(name, options.back_pressure),
      initiator_("initiator"),
      socket(initiator_.socket),
      pins_(pins),
      options_(options) {
  if (options.outstanding == 0)
    throw InputError(std::string("AXI4 slave \"") + this->name() +
                     "\": 0 outstanding bursts; expected at least 1");
  SC_HAS_PROCESS(Axi4ToTlm);
  SC_THREAD(serve_reads);
  SC_THREAD(serve_writes);
}

// ---- TLM side

void Axi4ToTlm::serve(Direction& direction) {
  for (;;) {
    while (direction.to_transport.empty()) sc_core::wait(direction.work);
    const JobPointer job = direction.to_transport.front();
    direction.to_transport.pop_front();
    transport(job, direction.command);
  }
}

void Axi4ToTlm::transport(const JobPointer& job, tlm::tlm_command command) {
  const std::size_t pieces = job->responses.size();
  const std::size_t length = job->bytes.size() / pieces;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    tlm::tlm_generic_payload& payload = *initiator_.payloads.allocate();
    model::set_access(payload, command, base(job->burst), job->bytes.data() + piece * length, length);
    const auto first = job->enables.begin() + static_cast<std::ptrdiff_t>(piece * length);
    const bool partial = std::any_of(first, first + static_cast<std::ptrdiff_t>(length),
                                     [](std::uint8_t enable) { return enable != TLM_BYTE_ENABLED; });
    if (command == tlm::TLM_WRITE_COMMAND && partial) {
      payload.set_byte_enable_ptr(&*first);
      payload.set_byte_enable_length(static_cast<unsigned>(length));
    }
    initiator_.begin(payload, [this, job, piece](tlm::tlm_generic_payload& response) {
      answered(job, piece, response.get_response_status());
    });
    payload.release();
  }
}

void Axi4ToTlm::answered(const JobPointer& job, std::size_t piece, tlm::tlm_response_status status) {
  job->responses[piece] = to_axi(status, options_.address_error);
  if (--job->unanswered != 0) return;
  job->answered = true;
  request_drive();
}

// ---- pin side

Axi4ToTlm::JobPointer Axi4ToTlm::take_address(Direction& direction, const AxiBurst& burst) {
  const auto job = std::make_shared<Job>();
  job->burst = burst;
  job->bytes.resize(data_bytes(burst));
  job->enables.resize(job->bytes.size(), TLM_BYTE_DISABLED);
  job->responses.resize(transactions(burst), AxiResponse::slverr);
  job->unanswered = job->responses.size();
  direction.jobs.push_back(job);
  return job;
}

void Axi4ToTlm::hand_over(Direction& direction, const JobPointer& job) {
  if (!legal(job->burst, pins_.bus_bytes)) {
    job->answered = true;
    return;
  }
  direction.to_transport.push_back(job);
  direction.work.notify(sc_core::SC_ZERO_TIME);
}

void Axi4ToTlm::reset() {
  for (Direction* direction : {&read_, &write_}) {
    direction->jobs.clear();
    direction->to_transport.clear();
  }
  collecting_.clear();
  aw_ready_ = w_ready_ = ar_ready_ = b_valid_ = r_valid_ = false;
  pins_.awready.write(false);
  pins_.wready.write(false);
  pins_.arready.write(false);
  pins_.bvalid.write(false);
  pins_.rvalid.write(false);
  pins_.rlast.write(false);
}

bool Axi4ToTlm::busy() const {
  return !read_.jobs.empty() || !write_.jobs.empty() || pins_.arvalid.read() || pins_.awvalid.read() ||
         pins_.wvalid.read();
}

void Axi4ToTlm::sample() {
  if (r_valid_ && pins_.rready.read()) {
    r_valid_ = false;
    if (read_.jobs.front()->beats_done == read_.jobs.front()->burst.beats()) read_.jobs.pop_front();
  }
  if (b_valid_ && pins_.bready.read()) {
    b_valid_ = false;
    write_.jobs.pop_front();
  }
  if (ar_ready_ && pins_.arvalid.read()) hand_over(read_, take_address(read_, pins_.read_ar()));
  if (w_ready_ && pins_.wvalid.read()) take_write_beat();
  if (aw_ready_ && pins_.awvalid.read()) collecting_.push_back(take_address(write_, pins_.read_aw()));
}

void Axi4ToTlm::take_write_beat() {
  const JobPointer job = collecting_.front();
  const AxiBurst& burst = job->burst;
  std::array<std::uint8_t, max_bus_bytes> bytes;
  pins_.read_wdata(bytes.data());
  const LaneMask strobes = pins_.read_wstrb();
  const unsigned lane = burst.first_lane(job->beats_done, pins_.bus_bytes);
  const std::size_t at = offset(burst, job->beats_done);
  const unsigned count = std::min(burst.bytes_in_beat(job->beats_done), pins_.bus_bytes - lane);
  for (unsigned i = 0; i < count && at + i < job->bytes.size(); ++i) {
    job->bytes[at + i] = bytes[lane + i];
    job->enables[at + i] = strobes[lane + i] ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
  }
  if (++job->beats_done != burst.beats()) return;
  collecting_.pop_front();
  hand_over(write_, job);
}

void Axi4ToTlm::offer_read_beat() {
  if (r_valid_ || read_.jobs.empty() || !read_.jobs.front()->answered || stalled(AxiChannel::r)) return;
  Job& job = *read_.jobs.front();
  const unsigned beat = job.beats_done++;
  std::array<std::uint8_t, max_bus_bytes> bytes{};
  const unsigned lane = job.burst.first_lane(beat, pins_.bus_bytes);
  const std::size_t at = offset(job.burst, beat);
  const unsigned count = std::min(job.burst.bytes_in_beat(beat), pins_.bus_bytes - lane);
  for (unsigned i = 0; i < count && at + i < job.bytes.size(); ++i) bytes[lane + i] = job.bytes[at + i];
  pins_.write_rdata(bytes.data());
  pins_.rid.write(job.burst.id);
  pins_.rresp.write(static_cast<std::uint32_t>(job.responses[job.responses.size() == 1 ? 0 : beat]));
  pins_.rlast.write(job.beats_done == job.burst.beats());
  r_valid_ = true;
}

void Axi4ToTlm::offer_write_response() {
  if (b_valid_ || write_.jobs.empty() || !write_.jobs.front()->answered || stalled(AxiChannel::b)) return;
  const Job& job = *write_.jobs.front();
  AxiResponse response = AxiResponse::okay;
  for (const AxiResponse one : job.responses) response = worse(response, one);
  pins_.bid.write(job.burst.id);
  pins_.bresp.write(static_cast<std::uint32_t>(response));
  b_valid_ = true;
}

void Axi4ToTlm::drive() {
  offer_read_beat();
  offer_write_response();
  ar_ready_ = read_.jobs.size() < options_.outstanding && !stalled(AxiChannel::ar);
  aw_ready_ = write_.jobs.size() < options_.outstanding && !stalled(AxiChannel::aw);
  w_ready_ = !collecting_.empty() && !stalled(AxiChannel::w);
  pins_.rvalid.write(r_valid_);
  pins_.bvalid.write(b_valid_);
  pins_.arready.write(ar_ready_);
  pins_.awready.write(aw_ready_);
  pins_.wready.write(w_ready_);
}

}  // namespace irc::cosim
