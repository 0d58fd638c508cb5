// SPDX-License-Identifier: Apache-2.0
#include "irc/model/at_initiator.h"

#include "irc/core/error.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

AtInitiator::AtInitiator(sc_core::sc_module_name name) : sc_module(name), socket("socket") {
  SC_HAS_PROCESS(AtInitiator);
  socket.register_nb_transport_bw(this, &AtInitiator::nb_transport_bw);
  SC_METHOD(dispatch);
  sensitive << later_event_;
  dont_initialize();
}

void AtInitiator::begin(tlm_generic_payload& payload, Callback on_response) {
  while (requesting_ != nullptr) sc_core::wait(change_event_);
  payload.acquire();
  requesting_ = &payload;
  pending_[&payload].on_response = std::move(on_response);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_time delay = sc_core::SC_ZERO_TIME;
  const auto result = socket->nb_transport_fw(payload, phase, delay);
  if (result == tlm::TLM_COMPLETED) {
    if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
    respond(payload);
    return;
  }
  if (result == tlm::TLM_UPDATED) {
    if (delay != sc_core::SC_ZERO_TIME) {
      nb_transport_bw(payload, phase, delay);  // keeps the phase until its time
    } else {
      deliver(payload, phase);
    }
  }
  while (requesting_ == &payload) sc_core::wait(change_event_);
}

void AtInitiator::transport(tlm_generic_payload& payload) {
  bool done = false;
  sc_core::sc_event done_event;
  begin(payload, [&](tlm_generic_payload&) {
    done = true;
    done_event.notify();
  });
  while (!done) sc_core::wait(done_event);
}

tlm::tlm_sync_enum AtInitiator::nb_transport_bw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME) {
    later_.emplace(sc_core::sc_time_stamp() + delay, std::pair(&payload, phase));
    later_event_.notify(delay);
    return tlm::TLM_ACCEPTED;
  }
  if (phase == tlm::END_REQ) {
    end_request(payload);
    return tlm::TLM_ACCEPTED;
  }
  if (phase == tlm::BEGIN_RESP) {
    respond(payload);
    return tlm::TLM_COMPLETED;
  }
  SC_REPORT_ERROR("irc/protocol", "initiator got a phase that only an initiator may send");
  return tlm::TLM_ACCEPTED;
}

// Delivers the phases whose annotated time has come.
void AtInitiator::dispatch() {
  const auto now = sc_core::sc_time_stamp();
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto [payload, phase] = later_.begin()->second;
    later_.erase(later_.begin());
    deliver(*payload, phase);
  }
  if (!later_.empty()) later_event_.notify(later_.begin()->first - now);
}

// Handles a phase that no backward call waits for. A response has to be ended by END_RESP on the forward
// path.
void AtInitiator::deliver(tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  if (phase == tlm::END_REQ) {
    end_request(payload);
    return;
  }
  payload.acquire();  // the response gives up our last reference
  respond(payload);
  tlm::tlm_phase end = tlm::END_RESP;
  sc_time delay = sc_core::SC_ZERO_TIME;
  socket->nb_transport_fw(payload, end, delay);
  payload.release();
}

void AtInitiator::end_request(tlm_generic_payload& payload) {
  if (requesting_ == &payload) requesting_ = nullptr;
  change_event_.notify();
}

void AtInitiator::respond(tlm_generic_payload& payload) {
  end_request(payload);  // a response implies END_REQ
  const auto found = pending_.find(&payload);
  if (found == pending_.end()) {
    SC_REPORT_ERROR("irc/protocol", "initiator got a response to a transaction it does not know");
    return;
  }
  const auto callback = std::move(found->second.on_response);
  pending_.erase(found);
  if (callback) callback(payload);
  payload.release();
}

void set_access(tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address, void* bytes,
                std::size_t length) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(bytes));
  payload.set_data_length(static_cast<unsigned>(length));
  payload.set_streaming_width(static_cast<unsigned>(length));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace irc::model
