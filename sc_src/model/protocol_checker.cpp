// SPDX-License-Identifier: Apache-2.0
#include "irc/model/protocol_checker.h"

#include <algorithm>

namespace irc::model {
namespace {

using sc_core::sc_time;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;

std::string text(const tlm_phase& phase) {
  return phase.get_name();
}

std::string text(tlm_sync_enum result) {
  switch (result) {
    case tlm::TLM_ACCEPTED:
      return "TLM_ACCEPTED";
    case tlm::TLM_UPDATED:
      return "TLM_UPDATED";
    case tlm::TLM_COMPLETED:
      return "TLM_COMPLETED";
  }
  return "value " + std::to_string(static_cast<int>(result));
}

// Whether a component added the phase to the base protocol. Others may ignore such phases.
bool is_extended(const tlm_phase& phase) {
  return phase != tlm::BEGIN_REQ && phase != tlm::END_REQ && phase != tlm::BEGIN_RESP &&
         phase != tlm::END_RESP && phase != tlm::UNINITIALIZED_PHASE;
}

}  // namespace

ProtocolChecker::ProtocolChecker(sc_core::sc_module_name name, const ProtocolCheckerOptions& options)
    : sc_core::sc_module(name),
      target_socket("target_socket"),
      initiator_socket("initiator_socket"),
      options_(options) {
  target_socket.register_b_transport(this, &ProtocolChecker::b_transport);
  target_socket.register_nb_transport_fw(this, &ProtocolChecker::nb_transport_fw);
  target_socket.register_transport_dbg(this, &ProtocolChecker::transport_dbg);
  target_socket.register_get_direct_mem_ptr(this, &ProtocolChecker::get_direct_mem_ptr);
  initiator_socket.register_nb_transport_bw(this, &ProtocolChecker::nb_transport_bw);
  initiator_socket.register_invalidate_direct_mem_ptr(this, &ProtocolChecker::invalidate_direct_mem_ptr);
}

std::size_t ProtocolChecker::count(std::string_view rule) const {
  return static_cast<std::size_t>(
      std::count_if(violations_.begin(), violations_.end(),
                    [rule](const ProtocolViolation& violation) { return violation.rule == rule; }));
}

void ProtocolChecker::violation(const char* rule, const std::string& message) {
  violations_.push_back({rule, message, sc_core::sc_time_stamp()});
  if (options_.record_only) return;
  const std::string report = std::string(name()) + ": [" + rule + "] " + message;
  SC_REPORT_ERROR(report_type, report.c_str());
}

// ---- attributes

ProtocolChecker::Attributes ProtocolChecker::attributes_of(const Payload& payload) {
  return {payload.get_command(),        payload.get_address(),         payload.get_data_ptr(),
          payload.get_data_length(),    payload.get_byte_enable_ptr(), payload.get_byte_enable_length(),
          payload.get_streaming_width()};
}

void ProtocolChecker::check_request(const Payload& payload) {
  const tlm::tlm_command command = payload.get_command();
  const bool moves = command == tlm::TLM_READ_COMMAND || command == tlm::TLM_WRITE_COMMAND;
  if (!moves && command != tlm::TLM_IGNORE_COMMAND)
    violation("command",
              "command is " + std::to_string(static_cast<int>(command)) + "; expected read, write or ignore");
  if (moves && payload.get_data_ptr() == nullptr)
    violation("data-pointer", "data pointer is null; expected memory of data_length bytes");
  if (moves && payload.get_data_length() == 0)
    violation("data-length", "data length is 0; expected at least 1");
  if (moves && payload.get_streaming_width() == 0)
    violation("streaming-width", "streaming width is 0; expected at least 1");
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0)
    violation("byte-enable", "byte enable pointer is set and its length is 0; expected at least 1");
  if (payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE)
    violation("initial-status", "response status is " + payload.get_response_string() +
                                    " in a request; expected TLM_INCOMPLETE_RESPONSE");
  if (payload.is_dmi_allowed())
    violation("initial-dmi", "DMI hint is set in a request; expected it to be false");
}

void ProtocolChecker::check_unchanged(const Payload& payload, const Attributes& first, bool with_address) {
  const Attributes now = attributes_of(payload);
  std::string changed;
  if (now.command != first.command) changed += " command,";
  if (with_address && now.address != first.address) changed += " address,";
  if (now.data != first.data) changed += " data pointer,";
  if (now.length != first.length) changed += " data length,";
  if (now.enables != first.enables) changed += " byte enable pointer,";
  if (now.enable_length != first.enable_length) changed += " byte enable length,";
  if (now.streaming_width != first.streaming_width) changed += " streaming width,";
  if (!changed.empty())
    violation("attribute-changed", "changed while under way:" + changed + " expected them as in BEGIN_REQ");
}

void ProtocolChecker::check_has_status(const Payload& payload, const char* when) {
  if (payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE)
    violation("response-status", std::string("response status is still TLM_INCOMPLETE_RESPONSE at ") + when +
                                     "; expected a result");
}

// ---- time and return values

void ProtocolChecker::check_time(State& state, const sc_time& delay, const char* what) {
  const sc_time point = sc_core::sc_time_stamp() + delay;
  if (point < state.last)
    violation("time", std::string(what) + " is at " + point.to_string() + ", before the phase before it at " +
                          state.last.to_string());
  state.last = std::max(state.last, point);
}

// Checks that hold for every non-blocking call, whichever phase it carried.
void ProtocolChecker::check_return(const char* what, const tlm_phase& sent, const tlm_phase& returned,
                                   const sc_time& delay_sent, const sc_time& delay_returned,
                                   tlm_sync_enum result) {
  if (result == tlm::TLM_ACCEPTED) {
    if (returned != sent)
      violation("accepted-modified", std::string(what) + " was TLM_ACCEPTED but its phase became " +
                                         text(returned) + "; expected " + text(sent));
    if (delay_returned != delay_sent)
      violation("accepted-modified", std::string(what) + " was TLM_ACCEPTED but its time became " +
                                         delay_returned.to_string() + "; expected " + delay_sent.to_string());
  } else if (delay_returned < delay_sent) {
    violation("time", std::string(what) + " came back with time " + delay_returned.to_string() +
                          "; expected at least the " + delay_sent.to_string() + " it went with");
  }
}

// ---- progress of a transaction

ProtocolChecker::State* ProtocolChecker::state_of(const Payload& payload, const char* what) {
  const auto found = states_.find(&payload);
  if (found != states_.end()) return &found->second;
  violation("phase", std::string(what) + " for a payload that is not under way; expected BEGIN_REQ first");
  return nullptr;
}

void ProtocolChecker::on_begin_req(const Payload& payload, const sc_time& delay) {
  if (states_.count(&payload) != 0)
    violation("phase", "BEGIN_REQ for a payload that is still under way; expected its END_RESP first");
  if (request_under_way_ != nullptr && request_under_way_ != &payload)
    violation("request-exclusion",
              "BEGIN_REQ while an earlier request is not over; expected its END_REQ first");
  if (!payload.has_mm())
    violation("memory-manager", "payload has no memory manager; the non-blocking transport needs one");
  else if (payload.get_ref_count() < 1)
    violation("memory-manager",
              "nobody holds a reference to the payload; expected acquire() before BEGIN_REQ");
  check_request(payload);
  request_under_way_ = &payload;
  states_[&payload] = {Stage::request, attributes_of(payload), tlm::TLM_INCOMPLETE_RESPONSE,
                       sc_core::sc_time_stamp() + delay};
}

void ProtocolChecker::on_end_req(const Payload& payload, const sc_time& delay) {
  State* state = state_of(payload, "END_REQ");
  if (state == nullptr) return;
  if (state->stage != Stage::request)
    violation("phase", "END_REQ for a request that is already over; expected BEGIN_RESP or END_RESP");
  else
    state->stage = Stage::accepted;
  if (request_under_way_ == &payload) request_under_way_ = nullptr;
  check_time(*state, delay, "END_REQ");
  check_unchanged(payload, state->first, false);
}

void ProtocolChecker::on_begin_resp(const Payload& payload, const sc_time& delay) {
  State* state = state_of(payload, "BEGIN_RESP");
  if (state == nullptr) return;
  if (state->stage == Stage::response)
    violation("phase", "BEGIN_RESP for a response that has begun already; expected END_RESP");
  if (response_under_way_ != nullptr && response_under_way_ != &payload)
    violation("response-exclusion",
              "BEGIN_RESP while an earlier response is not over; expected its END_RESP first");
  state->stage = Stage::response;
  state->status = payload.get_response_status();
  if (request_under_way_ == &payload) request_under_way_ = nullptr;  // a response implies END_REQ
  response_under_way_ = &payload;
  check_time(*state, delay, "BEGIN_RESP");
  check_has_status(payload, "BEGIN_RESP");
  check_unchanged(payload, state->first, options_.address_restored);
}

void ProtocolChecker::on_end_resp(const Payload& payload, const sc_time& delay) {
  State* state = state_of(payload, "END_RESP");
  if (state == nullptr) return;
  if (state->stage != Stage::response) {
    violation("phase", "END_RESP before BEGIN_RESP; expected the response to begin first");
    return;
  }
  check_time(*state, delay, "END_RESP");
  if (payload.get_response_status() != state->status)
    violation("response-status", "response status changed to " + payload.get_response_string() +
                                     " after BEGIN_RESP; expected it unchanged");
  check_unchanged(payload, state->first, false);
  complete(payload);
}

// TLM_COMPLETED in answer to BEGIN_REQ: the payload comes back with its response.
void ProtocolChecker::early_completion(const Payload& payload, const sc_time& delay) {
  State* state = state_of(payload, "TLM_COMPLETED");
  if (state == nullptr) return;
  check_time(*state, delay, "TLM_COMPLETED");
  check_has_status(payload, "TLM_COMPLETED");
  check_unchanged(payload, state->first, options_.address_restored);
  complete(payload);
}

void ProtocolChecker::complete(const Payload& payload) {
  if (request_under_way_ == &payload) request_under_way_ = nullptr;
  if (response_under_way_ == &payload) response_under_way_ = nullptr;
  if (states_.erase(&payload) != 0) ++completed_;
}

void ProtocolChecker::check_complete() {
  if (completeness_checked_) return;
  completeness_checked_ = true;
  if (states_.empty()) return;
  // The map is unordered, so the oldest transaction is selected by time and address.
  const auto oldest = std::min_element(states_.begin(), states_.end(), [](const auto& a, const auto& b) {
    if (a.second.last != b.second.last) return a.second.last < b.second.last;
    return a.second.first.address < b.second.first.address;
  });
  violation("outstanding",
            std::to_string(states_.size()) +
                " transactions are not over at the end; expected 0. The oldest is at address " +
                std::to_string(oldest->second.first.address) + ", last seen at " +
                oldest->second.last.to_string());
}

void ProtocolChecker::end_of_simulation() {
  check_complete();
}

// ---- non-blocking transport

tlm_sync_enum ProtocolChecker::nb_transport_fw(Payload& payload, tlm_phase& phase, sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) return pass_begin_req(payload, phase, delay);
  if (phase == tlm::END_RESP) return pass_end_resp(payload, phase, delay);
  if (!is_extended(phase))
    violation("phase", text(phase) + " on the forward path; expected BEGIN_REQ or END_RESP");
  return initiator_socket->nb_transport_fw(payload, phase, delay);
}

tlm_sync_enum ProtocolChecker::nb_transport_bw(Payload& payload, tlm_phase& phase, sc_time& delay) {
  if (phase == tlm::END_REQ) return pass_end_req(payload, phase, delay);
  if (phase == tlm::BEGIN_RESP) return pass_begin_resp(payload, phase, delay);
  if (!is_extended(phase))
    violation("phase", text(phase) + " on the backward path; expected END_REQ or BEGIN_RESP");
  return target_socket->nb_transport_bw(payload, phase, delay);
}

tlm_sync_enum ProtocolChecker::pass_begin_req(Payload& payload, tlm_phase& phase, sc_time& delay) {
  on_begin_req(payload, delay);
  const sc_time sent = delay;
  const tlm_sync_enum result = initiator_socket->nb_transport_fw(payload, phase, delay);
  check_return("BEGIN_REQ", tlm::BEGIN_REQ, phase, sent, delay, result);
  if (result == tlm::TLM_COMPLETED) {
    early_completion(payload, delay);
  } else if (result == tlm::TLM_UPDATED && phase == tlm::END_REQ) {
    on_end_req(payload, delay);
  } else if (result == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
    on_begin_resp(payload, delay);
  } else if (result == tlm::TLM_UPDATED && !is_extended(phase)) {
    violation("return",
              "BEGIN_REQ came back as TLM_UPDATED with " + text(phase) + "; expected END_REQ or BEGIN_RESP");
  } else if (result == tlm::TLM_ACCEPTED) {
    const auto found = states_.find(&payload);
    const bool waiting = found != states_.end() && found->second.stage == Stage::request;
    if (waiting && payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE)
      violation("accepted-modified",
                "BEGIN_REQ was TLM_ACCEPTED but the response status became " + payload.get_response_string());
  }
  return result;
}

tlm_sync_enum ProtocolChecker::pass_end_resp(Payload& payload, tlm_phase& phase, sc_time& delay) {
  on_end_resp(payload, delay);
  const sc_time sent = delay;
  const tlm_sync_enum result = initiator_socket->nb_transport_fw(payload, phase, delay);
  if (result == tlm::TLM_UPDATED)
    violation("return", "END_RESP came back as TLM_UPDATED with " + text(phase) +
                            "; expected TLM_ACCEPTED or TLM_COMPLETED");
  else
    check_return("END_RESP", tlm::END_RESP, phase, sent, delay, result);
  return result;
}

tlm_sync_enum ProtocolChecker::pass_end_req(Payload& payload, tlm_phase& phase, sc_time& delay) {
  on_end_req(payload, delay);
  const sc_time sent = delay;
  const tlm_sync_enum result = target_socket->nb_transport_bw(payload, phase, delay);
  if (result != tlm::TLM_ACCEPTED)
    violation("return", "END_REQ came back as " + text(result) + "; expected TLM_ACCEPTED");
  else
    check_return("END_REQ", tlm::END_REQ, phase, sent, delay, result);
  return result;
}

tlm_sync_enum ProtocolChecker::pass_begin_resp(Payload& payload, tlm_phase& phase, sc_time& delay) {
  on_begin_resp(payload, delay);
  const sc_time sent = delay;
  const tlm_sync_enum result = target_socket->nb_transport_bw(payload, phase, delay);
  check_return("BEGIN_RESP", tlm::BEGIN_RESP, phase, sent, delay, result);
  if (result == tlm::TLM_COMPLETED) {
    complete(payload);
  } else if (result == tlm::TLM_UPDATED && phase == tlm::END_RESP) {
    on_end_resp(payload, delay);
  } else if (result == tlm::TLM_UPDATED && !is_extended(phase)) {
    violation("return", "BEGIN_RESP came back as TLM_UPDATED with " + text(phase) + "; expected END_RESP");
  }
  return result;
}

// ---- blocking and debug transport, DMI

void ProtocolChecker::b_transport(Payload& payload, sc_time& delay) {
  if (states_.count(&payload) != 0)
    violation("phase", "b_transport with a payload that is under way over the non-blocking transport");
  check_request(payload);
  const Attributes first = attributes_of(payload);
  const sc_time called = sc_core::sc_time_stamp() + delay;
  initiator_socket->b_transport(payload, delay);
  if (sc_core::sc_time_stamp() + delay < called)
    violation("time", "b_transport returned at " + (sc_core::sc_time_stamp() + delay).to_string() +
                          ", before its call at " + called.to_string());
  check_has_status(payload, "the return of b_transport");
  check_unchanged(payload, first, options_.address_restored);
  ++completed_;
}

unsigned ProtocolChecker::transport_dbg(Payload& payload) {
  const unsigned asked = payload.get_data_length();
  const unsigned moved = initiator_socket->transport_dbg(payload);
  if (moved > asked)
    violation("debug-count", "transport_dbg moved " + std::to_string(moved) + " bytes; expected at most " +
                                 std::to_string(asked));
  return moved;
}

bool ProtocolChecker::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  const sc_dt::uint64 address = payload.get_address();
  const bool granted = initiator_socket->get_direct_mem_ptr(payload, dmi);
  if (granted && dmi.get_dmi_ptr() == nullptr) violation("dmi-range", "DMI was granted with a null pointer");
  if (address < dmi.get_start_address() || address > dmi.get_end_address())
    violation("dmi-range", "the DMI range does not hold the address asked for, " + std::to_string(address));
  return granted;
}

void ProtocolChecker::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  target_socket->invalidate_direct_mem_ptr(first, last);
}

}  // namespace irc::model
