// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "irc/model/address_map.h"

namespace irc::model {

/// Delays of an Interconnect.
struct InterconnectTiming {
  sc_core::sc_time clock;   ///< clock period, above zero
  unsigned hop_cycles = 0;  ///< added to every request on its way to the target
};

/// Connects N initiators to M targets over an address map. Every socket speaks the TLM-2.0 base protocol.
///
/// **Timing contract.** A request that enters at t reaches its target at t + hop_cycles * clock when the
/// target is free to take it; responses come back with no delay. With a SystemMemory behind it, an idle read
/// or write of `beats` beats (MemoryTiming) whose BEGIN_REQ is at t has its BEGIN_RESP at exactly
///   t + (hop_cycles + latency_cycles + beats) * clock,
/// and b_transport adds the same amount to its time argument.
///
/// **AT.** BEGIN_REQ is accepted at once (TLM_UPDATED, END_REQ, no delay added), so an initiator may have any
/// number of transactions under way, and the hop is pipelined. Requests of one initiator to one target keep
/// their order. When several initiators wait for the same target, it takes them round robin. An initiator
/// sees one response at a time. A response that finds the initiator busy holds up its target.
///
/// **Addresses.** The target sees addresses relative to its window. The response restores the initiator's own
/// address. A transaction must lie in one window as a whole, otherwise it ends in TLM_ADDRESS_ERROR_RESPONSE
/// after hop_cycles. Debug transport is cut at the end of the window. DMI ranges and invalidations are
/// translated and cut to the window.
class Interconnect : public sc_core::sc_module {
 public:
  /// Throws InputError when a count or the clock is zero, or the map is wrong (see AddressMap).
  Interconnect(sc_core::sc_module_name name, std::size_t initiator_count, std::size_t target_count,
               std::vector<AddressRegion> regions, const InterconnectTiming& timing);
  Interconnect(const Interconnect&) = delete;
  Interconnect& operator=(const Interconnect&) = delete;

  /// Socket that one initiator binds to.
  using FromInitiator = tlm_utils::passthrough_target_socket_tagged<Interconnect>;
  /// Socket that leads to one target.
  using ToTarget = tlm_utils::simple_initiator_socket_tagged<Interconnect>;

  /// Initiator i binds its socket here: `initiator.socket.bind(bus.from_initiator[i])`.
  sc_core::sc_vector<FromInitiator> from_initiator;
  /// Target j is bound here: `bus.to_target[j].bind(memory.socket)`.
  sc_core::sc_vector<ToTarget> to_target;

  /// The windows in force.
  const AddressMap& address_map() const { return map_; }

 private:
  using Payload = tlm::tlm_generic_payload;

  // A transaction under way, kept from BEGIN_REQ to the end of the response.
  struct Route {
    std::size_t initiator = 0;
    const AddressRegion* region = nullptr;  // nullptr: unmapped, answered by the interconnect
    std::uint64_t address = 0;              // as the initiator gave it
    bool target_waits_for_end_resp = false;
  };
  struct Waiting {
    Payload* payload;
    sc_core::sc_time ready;
  };
  struct RequestPort {                        // one per target
    std::vector<std::deque<Waiting>> queues;  // one per initiator
    std::size_t last_granted = 0;
    Payload* awaiting_end_req = nullptr;
    sc_core::sc_time free_at;
    sc_core::sc_event event;
  };
  struct ResponsePort {  // one per initiator
    std::deque<Waiting> queue;
    Payload* awaiting_end_resp = nullptr;
    sc_core::sc_time free_at;
    sc_core::sc_event event;
  };

  void b_transport(int initiator, Payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(int initiator, Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, Payload& payload);
  bool get_direct_mem_ptr(int initiator, Payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last);

  void register_callbacks();
  void spawn_processes();
  const AddressRegion* route_of(const Payload& payload) const;
  tlm::tlm_sync_enum begin_request(std::size_t initiator, Payload& payload, tlm::tlm_phase& phase,
                                   const sc_core::sc_time& delay);
  tlm::tlm_sync_enum end_response(std::size_t initiator, Payload& payload, sc_core::sc_time& delay);
  void arbitrate(std::size_t target);
  static bool next_request(RequestPort& port, std::size_t& initiator);
  void forward_request(std::size_t target, Payload& payload);
  void request_taken(std::size_t target, const sc_core::sc_time& delay);
  void queue_response(Payload& payload, const sc_core::sc_time& delay);
  void respond(std::size_t initiator);
  bool send_response(std::size_t initiator, Payload& payload, sc_core::sc_time& delay);
  void response_over(std::size_t initiator, const sc_core::sc_time& delay);
  void end_at_target(Payload& payload, const sc_core::sc_time& delay);
  void forget(Payload& payload);

  sc_core::sc_time hop_time_;
  AddressMap map_;
  std::vector<RequestPort> requests_;
  std::vector<ResponsePort> responses_;
  std::unordered_map<Payload*, Route> routes_;  // lookup only; its order has no effect
};

}  // namespace irc::model
