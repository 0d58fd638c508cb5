// SPDX-License-Identifier: Apache-2.0
// SystemC declares sc_spawn only if this is defined before its first include.
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include "irc/model/interconnect.h"

#include <algorithm>
#include <string>
#include <utility>

#include "irc/core/error.h"

namespace irc::model {
namespace {

using sc_core::sc_time;

std::size_t at_least_one(std::size_t count, const char* what) {
  if (count == 0) throw InputError(std::string("interconnect: 0 ") + what + "; expected at least 1");
  return count;
}

// Bytes of the address space that a transaction touches. A streaming burst stays within its width.
std::uint64_t touched_bytes(const tlm::tlm_generic_payload& payload) {
  return std::min(payload.get_data_length(), payload.get_streaming_width());
}

}  // namespace

Interconnect::Interconnect(sc_core::sc_module_name name, std::size_t initiator_count,
                           std::size_t target_count, std::vector<AddressRegion> regions,
                           const InterconnectTiming& timing)
    : sc_core::sc_module(name),
      from_initiator("from_initiator", at_least_one(initiator_count, "initiators")),
      to_target("to_target", at_least_one(target_count, "targets")),
      hop_time_(sc_time::from_value(timing.clock.value() * timing.hop_cycles)),
      map_(std::move(regions), target_count),
      requests_(target_count),
      responses_(initiator_count) {
  if (timing.clock == sc_core::SC_ZERO_TIME)
    throw InputError(std::string("interconnect \"") + this->name() +
                     "\": clock period is 0 s; expected more");
  for (RequestPort& port : requests_) {
    port.queues.resize(initiator_count);
    port.last_granted = initiator_count - 1;  // so that initiator 0 comes first
  }
  register_callbacks();
  spawn_processes();
}

void Interconnect::register_callbacks() {
  for (std::size_t i = 0; i < from_initiator.size(); ++i) {
    FromInitiator& socket = from_initiator[i];
    const int tag = static_cast<int>(i);
    socket.register_b_transport(this, &Interconnect::b_transport, tag);
    socket.register_nb_transport_fw(this, &Interconnect::nb_transport_fw, tag);
    socket.register_transport_dbg(this, &Interconnect::transport_dbg, tag);
    socket.register_get_direct_mem_ptr(this, &Interconnect::get_direct_mem_ptr, tag);
  }
  for (std::size_t j = 0; j < to_target.size(); ++j) {
    const int tag = static_cast<int>(j);
    to_target[j].register_nb_transport_bw(this, &Interconnect::nb_transport_bw, tag);
    to_target[j].register_invalidate_direct_mem_ptr(this, &Interconnect::invalidate_direct_mem_ptr, tag);
  }
}

void Interconnect::spawn_processes() {
  for (std::size_t j = 0; j < requests_.size(); ++j) {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&requests_[j].event);
    sc_core::sc_spawn([this, j] { arbitrate(j); }, sc_core::sc_gen_unique_name("arbitrate"), &options);
  }
  for (std::size_t i = 0; i < responses_.size(); ++i) {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&responses_[i].event);
    sc_core::sc_spawn([this, i] { respond(i); }, sc_core::sc_gen_unique_name("respond"), &options);
  }
}

const AddressRegion* Interconnect::route_of(const Payload& payload) const {
  return map_.find(payload.get_address(), touched_bytes(payload));
}

void Interconnect::b_transport(int /*initiator*/, Payload& payload, sc_time& delay) {
  delay += hop_time_;
  const AddressRegion* region = route_of(payload);
  if (region == nullptr) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const std::uint64_t address = payload.get_address();
  payload.set_address(address - region->base);
  to_target[region->target]->b_transport(payload, delay);
  payload.set_address(address);
}

tlm::tlm_sync_enum Interconnect::nb_transport_fw(int initiator, Payload& payload, tlm::tlm_phase& phase,
                                                 sc_time& delay) {
  const auto i = static_cast<std::size_t>(initiator);
  if (phase == tlm::BEGIN_REQ) return begin_request(i, payload, phase, delay);
  if (phase == tlm::END_RESP) return end_response(i, payload, delay);
  if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP || phase == tlm::UNINITIALIZED_PHASE)
    SC_REPORT_ERROR("irc/interconnect", "phase that no initiator may send on the forward path");
  return tlm::TLM_ACCEPTED;  // extended phases may be ignored
}

tlm::tlm_sync_enum Interconnect::begin_request(std::size_t initiator, Payload& payload, tlm::tlm_phase& phase,
                                               const sc_time& delay) {
  const AddressRegion* region = route_of(payload);
  if (!routes_.try_emplace(&payload, Route{initiator, region, payload.get_address(), false}).second) {
    SC_REPORT_ERROR("irc/interconnect", "BEGIN_REQ for a payload that is still under way");
    return tlm::TLM_ACCEPTED;
  }
  if (payload.has_mm()) payload.acquire();
  if (region == nullptr) {
    queue_response(payload, delay + hop_time_);
  } else {
    RequestPort& port = requests_[region->target];
    port.queues[initiator].push_back({&payload, sc_core::sc_time_stamp() + delay + hop_time_});
    port.event.notify(delay + hop_time_);
  }
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

// Picks the next initiator, round robin, whose request has arrived. If there is none, schedules a wake-up for
// the next arrival.
bool Interconnect::next_request(RequestPort& port, std::size_t& initiator) {
  const sc_time now = sc_core::sc_time_stamp();
  const std::size_t count = port.queues.size();
  for (std::size_t step = 1; step <= count; ++step) {
    const std::size_t candidate = (port.last_granted + step) % count;
    const auto& queue = port.queues[candidate];
    if (queue.empty()) continue;
    const sc_time ready = std::max(queue.front().ready, port.free_at);
    if (ready <= now) {
      initiator = candidate;
      return true;
    }
    port.event.notify(ready - now);  // an event keeps the earliest of its notifications
  }
  return false;
}

void Interconnect::arbitrate(std::size_t target) {
  RequestPort& port = requests_[target];
  std::size_t initiator = 0;
  while (port.awaiting_end_req == nullptr && next_request(port, initiator)) {
    port.last_granted = initiator;
    Payload& payload = *port.queues[initiator].front().payload;
    port.queues[initiator].pop_front();
    forward_request(target, payload);
  }
}

void Interconnect::forward_request(std::size_t target, Payload& payload) {
  Route& route = routes_.at(&payload);
  requests_[target].awaiting_end_req = &payload;
  payload.set_address(route.address - route.region->base);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_time delay = sc_core::SC_ZERO_TIME;
  const tlm::tlm_sync_enum result = to_target[target]->nb_transport_fw(payload, phase, delay);
  if (result == tlm::TLM_ACCEPTED) return;
  request_taken(target, delay);
  if (result == tlm::TLM_UPDATED && phase == tlm::END_REQ) return;
  route.target_waits_for_end_resp = result == tlm::TLM_UPDATED;
  queue_response(payload, delay);
}

void Interconnect::request_taken(std::size_t target, const sc_time& delay) {
  RequestPort& port = requests_[target];
  port.awaiting_end_req = nullptr;
  port.free_at = sc_core::sc_time_stamp() + delay;
  port.event.notify(delay);
}

tlm::tlm_sync_enum Interconnect::nb_transport_bw(int target, Payload& payload, tlm::tlm_phase& phase,
                                                 sc_time& delay) {
  const auto j = static_cast<std::size_t>(target);
  if (phase != tlm::END_REQ && phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  const auto found = routes_.find(&payload);
  if (found == routes_.end()) {
    SC_REPORT_ERROR("irc/interconnect", "a target answered a transaction that is not under way");
    return tlm::TLM_ACCEPTED;
  }
  if (requests_[j].awaiting_end_req == &payload) request_taken(j, delay);
  if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;

  found->second.target_waits_for_end_resp = true;
  const std::size_t initiator = found->second.initiator;
  const ResponsePort& port = responses_[initiator];
  const bool free =
      port.awaiting_end_resp == nullptr && port.queue.empty() && port.free_at <= sc_core::sc_time_stamp();
  if (!free) {
    queue_response(payload, delay);
    return tlm::TLM_ACCEPTED;
  }
  sc_time there_and_back = delay;
  if (!send_response(initiator, payload, there_and_back)) return tlm::TLM_ACCEPTED;
  delay = there_and_back;
  forget(payload);
  return tlm::TLM_COMPLETED;
}

void Interconnect::queue_response(Payload& payload, const sc_time& delay) {
  ResponsePort& port = responses_[routes_.at(&payload).initiator];
  port.queue.push_back({&payload, sc_core::sc_time_stamp() + delay});
  port.event.notify(delay);
}

void Interconnect::respond(std::size_t initiator) {
  ResponsePort& port = responses_[initiator];
  const sc_time now = sc_core::sc_time_stamp();
  while (port.awaiting_end_resp == nullptr && !port.queue.empty()) {
    const sc_time ready = std::max(port.queue.front().ready, port.free_at);
    if (ready > now) {
      port.event.notify(ready - now);
      return;
    }
    Payload& payload = *port.queue.front().payload;
    port.queue.pop_front();
    sc_time delay = sc_core::SC_ZERO_TIME;
    if (send_response(initiator, payload, delay)) end_at_target(payload, delay);
  }
}

// Returns true when the initiator ended the response in its return value.
bool Interconnect::send_response(std::size_t initiator, Payload& payload, sc_time& delay) {
  ResponsePort& port = responses_[initiator];
  const Route& route = routes_.at(&payload);
  payload.set_address(route.address);
  if (route.region == nullptr) payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  port.awaiting_end_resp = &payload;
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  const tlm::tlm_sync_enum result = from_initiator[initiator]->nb_transport_bw(payload, phase, delay);
  const bool over = result == tlm::TLM_COMPLETED || (result == tlm::TLM_UPDATED && phase == tlm::END_RESP);
  if (over) response_over(initiator, delay);
  return over;
}

void Interconnect::response_over(std::size_t initiator, const sc_time& delay) {
  ResponsePort& port = responses_[initiator];
  port.awaiting_end_resp = nullptr;
  port.free_at = sc_core::sc_time_stamp() + delay;
  if (!port.queue.empty()) port.event.notify(delay);
}

tlm::tlm_sync_enum Interconnect::end_response(std::size_t initiator, Payload& payload, sc_time& delay) {
  if (responses_[initiator].awaiting_end_resp != &payload) {
    SC_REPORT_ERROR("irc/interconnect", "END_RESP for a transaction that has no response under way");
    return tlm::TLM_ACCEPTED;
  }
  response_over(initiator, delay);
  end_at_target(payload, delay);
  return tlm::TLM_COMPLETED;
}

void Interconnect::end_at_target(Payload& payload, const sc_time& delay) {
  const Route route = routes_.at(&payload);
  if (route.target_waits_for_end_resp) {
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_time target_delay = delay;
    to_target[route.region->target]->nb_transport_fw(payload, phase, target_delay);
  }
  forget(payload);
}

void Interconnect::forget(Payload& payload) {
  routes_.erase(&payload);
  if (payload.has_mm()) payload.release();
}

unsigned Interconnect::transport_dbg(int /*initiator*/, Payload& payload) {
  const std::uint64_t address = payload.get_address();
  const AddressRegion* region = map_.find(address);
  if (region == nullptr) return 0;
  const unsigned length = payload.get_data_length();
  const std::uint64_t room = region->last() - address;  // one less than the bytes left in the window
  if (length != 0 && length - 1 > room) payload.set_data_length(static_cast<unsigned>(room + 1));
  payload.set_address(address - region->base);
  const unsigned moved = to_target[region->target]->transport_dbg(payload);
  payload.set_address(address);
  payload.set_data_length(length);
  return moved;
}

bool Interconnect::get_direct_mem_ptr(int /*initiator*/, Payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  const std::uint64_t address = payload.get_address();
  const AddressRegion* region = map_.find(address);
  if (region == nullptr) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  payload.set_address(address - region->base);
  const bool granted = to_target[region->target]->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  const std::uint64_t last = region->size - 1;
  dmi.set_start_address(region->base + std::min<std::uint64_t>(dmi.get_start_address(), last));
  dmi.set_end_address(region->base + std::min<std::uint64_t>(dmi.get_end_address(), last));
  dmi.set_read_latency(dmi.get_read_latency() + hop_time_);
  dmi.set_write_latency(dmi.get_write_latency() + hop_time_);
  return granted;
}

void Interconnect::invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last) {
  for (const AddressRegion& region : map_.regions()) {
    if (region.target != static_cast<std::size_t>(target) || first > region.size - 1) continue;
    const std::uint64_t end = region.base + std::min<std::uint64_t>(last, region.size - 1);
    for (std::size_t i = 0; i < from_initiator.size(); ++i)
      from_initiator[i]->invalidate_direct_mem_ptr(region.base + first, end);
  }
}

}  // namespace irc::model
