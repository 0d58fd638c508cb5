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

/// The initiator side of the base protocol, for threads: several threads may have transactions under way at
/// once; requests wait for each other (request exclusion), responses end with TLM_COMPLETED.
class AtInitiator : public sc_core::sc_module {
 public:
  using Callback = std::function<void(tlm::tlm_generic_payload&)>;

  explicit AtInitiator(sc_core::sc_module_name name);

  tlm_utils::simple_initiator_socket<AtInitiator> socket;
  PayloadManager payloads;

  /// Sends BEGIN_REQ and returns when the request is over (END_REQ or later). `on_response` is called at the
  /// time of the response, before this returns if the target was that quick; the payload is released after
  /// it.
  void begin(tlm::tlm_generic_payload& payload, Callback on_response);
  /// Sends a request and returns at the time of its response. The caller still owns the payload.
  void transport(tlm::tlm_generic_payload& payload);
  /// Transactions whose response has not come.
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

/// Fills a payload for one access; the response status is incomplete, as a fresh transaction's must be.
void set_access(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                void* bytes, std::size_t length);

}  // namespace irc::model
