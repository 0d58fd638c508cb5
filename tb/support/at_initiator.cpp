// SPDX-License-Identifier: Apache-2.0
#include "support/at_initiator.h"

#include <algorithm>
#include <utility>

namespace irc::tb {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

AtInitiator::AtInitiator(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {
  socket.register_nb_transport_bw(this, &AtInitiator::nb_transport_bw);
  socket.register_invalidate_direct_mem_ptr(this, &AtInitiator::invalidate_direct_mem_ptr);
  SC_HAS_PROCESS(AtInitiator);
  SC_METHOD(send_end_resp);
  sensitive << end_resp_event_;
  dont_initialize();
}

void AtInitiator::end_responses(EndOfResponse how, const sc_time& delay) {
  how_ = how;
  end_delay_ = delay;
}

std::size_t AtInitiator::issue(AtRequest request) {
  while (request_pending_) wait(request_over_event_);
  const std::size_t number = records_.size();
  records_.emplace_back();
  AtRecord& record = records_.back();
  record.request = std::move(request);
  AtRequest& r = record.request;
  Payload& payload = *manager_.allocate();
  payload.set_command(r.command);
  payload.set_address(r.address);
  payload.set_data_ptr(r.data.data());
  payload.set_data_length(static_cast<unsigned>(r.data.size()));
  payload.set_streaming_width(r.streaming_width != 0 ? r.streaming_width
                                                     : static_cast<unsigned>(r.data.size()));
  if (!r.byte_enables.empty()) {
    payload.set_byte_enable_ptr(r.byte_enables.data());
    payload.set_byte_enable_length(static_cast<unsigned>(r.byte_enables.size()));
  }
  under_way_.emplace_back(&payload, number);
  request_pending_ = true;
  record.begin_req = sc_time_stamp() + r.annotation;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_time delay = r.annotation;
  const tlm::tlm_sync_enum result = socket->nb_transport_fw(payload, phase, delay);
  if (result == tlm::TLM_ACCEPTED) return number;
  request_over(record, delay);
  if (result == tlm::TLM_COMPLETED) {
    response_arrived(record, payload, delay);
    finish(record, payload, sc_time_stamp() + delay);
  } else if (phase == tlm::BEGIN_RESP) {
    response_arrived(record, payload, delay);
    response_pending_ = &payload;
    end_resp_event_.notify(delay + end_delay_);
  }
  return number;
}

std::size_t AtInitiator::read(std::uint64_t address, std::size_t length) {
  AtRequest request;
  request.address = address;
  request.data.assign(length, 0);
  return issue(std::move(request));
}

std::size_t AtInitiator::write(std::uint64_t address, std::vector<unsigned char> bytes) {
  AtRequest request;
  request.command = tlm::TLM_WRITE_COMMAND;
  request.address = address;
  request.data = std::move(bytes);
  return issue(std::move(request));
}

const AtRecord& AtInitiator::wait_for(std::size_t number) {
  while (!records_[number].done) wait(done_event_);
  return records_[number];
}

void AtInitiator::wait_for_all() {
  while (!under_way_.empty()) wait(done_event_);
}

tlm::tlm_sync_enum AtInitiator::nb_transport_bw(Payload& payload, tlm::tlm_phase& phase, sc_time& delay) {
  AtRecord& record = record_of(payload);
  if (phase == tlm::END_REQ) {
    request_over(record, delay);
    return tlm::TLM_ACCEPTED;
  }
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  if (!record.request_over) request_over(record, delay);  // a response implies END_REQ
  response_arrived(record, payload, delay);
  if (how_ == EndOfResponse::later) {
    response_pending_ = &payload;
    end_resp_event_.notify(delay + end_delay_);
    return tlm::TLM_ACCEPTED;
  }
  delay += end_delay_;
  finish(record, payload, sc_time_stamp() + delay);
  if (how_ == EndOfResponse::completed) return tlm::TLM_COMPLETED;
  phase = tlm::END_RESP;
  return tlm::TLM_UPDATED;
}

void AtInitiator::send_end_resp() {
  Payload& payload = *response_pending_;
  response_pending_ = nullptr;
  tlm::tlm_phase phase = tlm::END_RESP;
  sc_time delay = sc_core::SC_ZERO_TIME;
  socket->nb_transport_fw(payload, phase, delay);
  finish(record_of(payload), payload, sc_time_stamp());
}

void AtInitiator::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  invalidated.emplace_back(first, last);
}

AtRecord& AtInitiator::record_of(const Payload& payload) {
  const auto found = std::find_if(under_way_.begin(), under_way_.end(),
                                  [&](const auto& entry) { return entry.first == &payload; });
  if (found == under_way_.end())
    SC_REPORT_FATAL("irc/tb/at_initiator", "a target answered a transaction that is not under way");
  return records_[found->second];
}

void AtInitiator::request_over(AtRecord& record, const sc_time& delay) {
  record.request_over = true;
  record.end_req = sc_time_stamp() + delay;
  request_pending_ = false;
  request_over_event_.notify(delay);
}

void AtInitiator::response_arrived(AtRecord& record, const Payload& payload, const sc_time& delay) {
  record.begin_resp = sc_time_stamp() + delay;
  record.status = payload.get_response_status();
  record.address_in_response = payload.get_address();
  record.dmi_hint = payload.is_dmi_allowed();
}

void AtInitiator::finish(AtRecord& record, Payload& payload, const sc_time& when) {
  record.end_resp = when;
  record.done = true;
  std::erase_if(under_way_, [&](const auto& entry) { return entry.first == &payload; });
  payload.release();
  done_event_.notify(when - sc_time_stamp());
}

}  // namespace irc::tb
