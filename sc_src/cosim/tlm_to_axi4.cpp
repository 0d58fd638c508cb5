// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/tlm_to_axi4.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "irc/core/error.h"
#include "irc/model/payload_check.h"

namespace irc::cosim {

using model::byte_enabled;
using sc_core::sc_time;
using tlm::tlm_generic_payload;

TlmToAxi4::TlmToAxi4(sc_core::sc_module_name name, Axi4PinsBase& pins, const TlmToAxi4Options& options)
    : AxiTransactor(name, options.back_pressure), socket("socket"), pins_(pins), options_(options) {
  const std::string who = std::string("AXI4 master \"") + this->name() + "\": ";
  if (options.outstanding == 0) throw InputError(who + "0 outstanding transactions; expected at least 1");
  if (options.id > 15) throw InputError(who + "id " + std::to_string(options.id) + "; expected 0 to 15");
  socket.register_b_transport(this, &TlmToAxi4::b_transport);
  socket.register_nb_transport_fw(this, &TlmToAxi4::nb_transport_fw);
  SC_HAS_PROCESS(TlmToAxi4);
  SC_METHOD(respond);
  sensitive << respond_event_;
  dont_initialize();
}

// ---- TLM side

// Answers transactions at once that need no transfer or cannot have one.
bool TlmToAxi4::refused(tlm_generic_payload& payload) const {
  auto status = model::check_payload(payload);
  const bool ignored = payload.get_command() == tlm::TLM_IGNORE_COMMAND;
  if (status == tlm::TLM_OK_RESPONSE && !ignored &&
      payload.get_data_length() - 1 > std::numeric_limits<std::uint64_t>::max() - payload.get_address())
    status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (status == tlm::TLM_OK_RESPONSE && !ignored) return false;
  payload.set_response_status(status);
  return true;
}

void TlmToAxi4::accept(tlm_generic_payload& payload, sc_core::sc_event* done, const sc_time& from) {
  auto bursts = split_bursts(payload.get_address(), payload.get_data_length(), pins_.bus_bytes, options_.id);
  Direction& direction = payload.is_read() ? read_ : write_;
  direction.transfers.push_back(
      std::make_unique<Transfer>(Transfer{&payload, done, from, std::move(bursts)}));
  request_drive();
}

void TlmToAxi4::b_transport(tlm_generic_payload& payload, sc_time& delay) {
  if (refused(payload)) return;
  model::pass_annotated_time(delay);
  sc_core::sc_event done;
  accept(payload, &done, sc_core::sc_time_stamp());
  sc_core::wait(done);
}

tlm::tlm_sync_enum TlmToAxi4::nb_transport_fw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) {
    if (refused(payload)) return tlm::TLM_COMPLETED;
    payload.acquire();
    accept(payload, nullptr, sc_core::sc_time_stamp() + delay);
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  if (phase == tlm::END_RESP && awaiting_end_resp_ == &payload) {
    end_response(payload, delay);
    return tlm::TLM_COMPLETED;
  }
  if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP || phase == tlm::END_RESP)
    SC_REPORT_ERROR("irc/axi", "a phase that may not come now on the forward path");
  return tlm::TLM_ACCEPTED;  // extended phases may be ignored
}

void TlmToAxi4::finish(Direction& direction, tlm::tlm_response_status status) {
  const Transfer& transfer = *direction.transfers.front();
  transfer.payload->set_response_status(status);
  if (transfer.done != nullptr) {
    transfer.done->notify(sc_core::SC_ZERO_TIME);
  } else {
    responses_.push_back(transfer.payload);
    respond_event_.notify(sc_core::SC_ZERO_TIME);
  }
  direction.transfers.pop_front();
  if (direction.started != 0) --direction.started;
}

// Response exclusion: a response begins when the previous one is over.
void TlmToAxi4::respond() {
  const sc_time now = sc_core::sc_time_stamp();
  while (awaiting_end_resp_ == nullptr && !responses_.empty()) {
    if (response_free_at_ > now) {
      respond_event_.notify(response_free_at_ - now);
      return;
    }
    tlm_generic_payload& payload = *responses_.front();
    responses_.pop_front();
    awaiting_end_resp_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_time delay = sc_core::SC_ZERO_TIME;
    const auto result = socket->nb_transport_bw(payload, phase, delay);
    if (result == tlm::TLM_COMPLETED || (result == tlm::TLM_UPDATED && phase == tlm::END_RESP))
      end_response(payload, delay);
  }
}

void TlmToAxi4::end_response(tlm_generic_payload& payload, const sc_time& delay) {
  awaiting_end_resp_ = nullptr;
  response_free_at_ = sc_core::sc_time_stamp() + delay;
  respond_event_.notify(delay);
  payload.release();
}

// ---- pin side

void TlmToAxi4::reset() {
  for (Direction* direction : {&read_, &write_}) {
    while (!direction->transfers.empty()) finish(*direction, tlm::TLM_GENERIC_ERROR_RESPONSE);
    *direction = Direction{};
  }
  aw_valid_ = w_valid_ = ar_valid_ = b_ready_ = r_ready_ = false;
  pins_.awvalid.write(false);
  pins_.wvalid.write(false);
  pins_.wlast.write(false);
  pins_.arvalid.write(false);
  pins_.bready.write(false);
  pins_.rready.write(false);
}

void TlmToAxi4::sample() {
  if (aw_valid_ && pins_.awready.read()) aw_valid_ = false;
  if (w_valid_ && pins_.wready.read()) w_valid_ = false;
  if (ar_valid_ && pins_.arready.read()) ar_valid_ = false;
  if (r_ready_ && pins_.rvalid.read()) take_read_beat();
  if (b_ready_ && pins_.bvalid.read()) take_write_response();
}

void TlmToAxi4::take_read_beat() {
  if (read_.to_answer.empty()) return;  // data without a request; a checker reports it
  Transfer& transfer = *read_.to_answer.front().transfer;
  const AxiBurst& burst = read_.to_answer.front().burst();
  tlm_generic_payload& payload = *transfer.payload;
  std::array<std::uint8_t, max_bus_bytes> bytes;
  pins_.read_rdata(bytes.data());
  const unsigned lane = burst.first_lane(read_.beat, pins_.bus_bytes);
  const std::uint64_t offset = burst.beat_address(read_.beat) - payload.get_address();
  const auto count = static_cast<unsigned>(
      std::min<std::uint64_t>(burst.bytes_in_beat(read_.beat), payload.get_data_length() - offset));
  for (unsigned i = 0; i < count; ++i) {
    const auto index = static_cast<unsigned>(offset + i);
    if (byte_enabled(payload, index)) payload.get_data_ptr()[index] = bytes[lane + i];
  }
  transfer.response = worse(transfer.response, static_cast<AxiResponse>(pins_.rresp.read()));
  if (++read_.beat != burst.beats()) return;
  read_.beat = 0;
  answer_burst(read_);
}

void TlmToAxi4::take_write_response() {
  if (write_.to_answer.empty()) return;
  Transfer& transfer = *write_.to_answer.front().transfer;
  transfer.response = worse(transfer.response, static_cast<AxiResponse>(pins_.bresp.read()));
  answer_burst(write_);
}

void TlmToAxi4::answer_burst(Direction& direction) {
  Transfer& transfer = *direction.to_answer.front().transfer;
  direction.to_answer.pop_front();
  if (++transfer.answered == transfer.bursts.size()) finish(direction, to_tlm(transfer.response));
}

void TlmToAxi4::start_transfers(Direction& direction) {
  while (direction.started < direction.transfers.size() && direction.started < options_.outstanding) {
    Transfer& transfer = *direction.transfers[direction.started];
    if (transfer.from > sc_core::sc_time_stamp()) return;
    ++direction.started;
    for (std::size_t i = 0; i < transfer.bursts.size(); ++i) direction.to_address.push_back({&transfer, i});
  }
}

void TlmToAxi4::offer_addresses() {
  if (!ar_valid_ && !read_.to_address.empty() && !stalled(AxiChannel::ar)) {
    pins_.write_ar(read_.to_address.front().burst());
    read_.to_answer.push_back(read_.to_address.front());
    read_.to_address.pop_front();
    ar_valid_ = true;
  }
  if (!aw_valid_ && !write_.to_address.empty() && !stalled(AxiChannel::aw)) {
    pins_.write_aw(write_.to_address.front().burst());
    write_.to_data.push_back(write_.to_address.front());
    write_.to_answer.push_back(write_.to_address.front());
    write_.to_address.pop_front();
    aw_valid_ = true;
  }
}

void TlmToAxi4::offer_write_beat() {
  if (w_valid_ || write_.to_data.empty() || stalled(AxiChannel::w)) return;
  const AxiBurst& burst = write_.to_data.front().burst();
  const tlm_generic_payload& payload = *write_.to_data.front().transfer->payload;
  std::array<std::uint8_t, max_bus_bytes> bytes{};
  LaneMask strobes;
  const unsigned lane = burst.first_lane(write_.beat, pins_.bus_bytes);
  const std::uint64_t offset = burst.beat_address(write_.beat) - payload.get_address();
  const auto count = static_cast<unsigned>(
      std::min<std::uint64_t>(burst.bytes_in_beat(write_.beat), payload.get_data_length() - offset));
  for (unsigned i = 0; i < count; ++i) {
    const auto index = static_cast<unsigned>(offset + i);
    if (!byte_enabled(payload, index)) continue;
    bytes[lane + i] = payload.get_data_ptr()[index];
    strobes.set(lane + i);
  }
  pins_.write_wdata(bytes.data(), strobes);
  const bool last = ++write_.beat == burst.beats();
  pins_.wlast.write(last);
  w_valid_ = true;
  if (!last) return;
  write_.beat = 0;
  write_.to_data.pop_front();
}

void TlmToAxi4::drive() {
  start_transfers(read_);
  start_transfers(write_);
  offer_addresses();
  offer_write_beat();
  b_ready_ = !stalled(AxiChannel::b);
  r_ready_ = !stalled(AxiChannel::r);
  pins_.awvalid.write(aw_valid_);
  pins_.wvalid.write(w_valid_);
  pins_.arvalid.write(ar_valid_);
  pins_.bready.write(b_ready_);
  pins_.rready.write(r_ready_);
}

}  // namespace irc::cosim
