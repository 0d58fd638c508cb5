// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "irc/model/payload_manager.h"

namespace irc::model {

/// The initiator side of the base protocol, for threads. Several threads may have transactions under way at
/// once. A request waits until the request before it is over (request exclusion). Responses end with
/// TLM_COMPLETED.
class AtInitiator : public sc_core::sc_module {
 public:
  /// Called with the payload at the time of its response.
  using Callback = std::function<void(tlm::tlm_generic_payload&)>;

  /// Creates the module; bind `socket` before the simulation starts.
  explicit AtInitiator(sc_core::sc_module_name name);

  tlm_utils::simple_initiator_socket<AtInitiator> socket;  ///< to the target
  PayloadManager payloads;                                 ///< the pool that `begin` returns payloads to

  /// Sends BEGIN_REQ and returns when the request is over (END_REQ or later). `on_response` is called at the
  /// time of the response, which comes before this returns if the target answers at once. The payload is
  /// released afterwards.
  void begin(tlm::tlm_generic_payload& payload, Callback on_response);
  /// Sends a request and returns at the time of its response. The caller keeps the payload.
  void transport(tlm::tlm_generic_payload& payload);
  /// Number of transactions whose response has not come.
  std::size_t outstanding() const { return pending_.size(); }

 private:
  struct Pending {
    Callback on_response;
    bool request_over = false;
    bool responded = false;
  };
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void end_request(tlm::tlm_generic_payload& payload);
  void respond(tlm::tlm_generic_payload& payload);
  void dispatch();
  void deliver(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);

  std::map<tlm::tlm_generic_payload*, Pending> pending_;
  tlm::tlm_generic_payload* requesting_ = nullptr;
  // Phases whose annotated time lies in the future.
  std::multimap<sc_core::sc_time, std::pair<tlm::tlm_generic_payload*, tlm::tlm_phase>> later_;
  sc_core::sc_event later_event_, change_event_;
};

/// Fills a payload for one access. The response status is set to incomplete, as the standard demands for a
/// new transaction.
void set_access(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                void* bytes, std::size_t length);

}  // namespace irc::model
