// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

namespace irc::tb {

/// Result of a non-blocking call.
struct Answer {
  tlm::tlm_sync_enum result;
  tlm::tlm_phase phase;
  sc_core::sc_time delay;
};

/// A target that follows the test's script, right or wrong.
class ScriptedTarget : public sc_core::sc_module {
 public:
  using Payload = tlm::tlm_generic_payload;

  explicit ScriptedTarget(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {
    socket.register_b_transport(this, &ScriptedTarget::b_transport);
    socket.register_nb_transport_fw(this, &ScriptedTarget::nb_transport_fw);
    socket.register_transport_dbg(this, &ScriptedTarget::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &ScriptedTarget::get_direct_mem_ptr);
  }

  tlm_utils::passthrough_target_socket<ScriptedTarget> socket;
  std::function<void(Payload&, sc_core::sc_time&)> on_b_transport;
  std::function<tlm::tlm_sync_enum(Payload&, tlm::tlm_phase&, sc_core::sc_time&)> on_forward;
  std::function<unsigned(Payload&)> on_debug;
  std::function<bool(Payload&, tlm::tlm_dmi&)> on_dmi;

  Answer send(Payload& payload, const tlm::tlm_phase& phase,
              const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) {
    Answer answer{tlm::TLM_ACCEPTED, phase, delay};
    answer.result = socket->nb_transport_bw(payload, answer.phase, answer.delay);
    return answer;
  }

 private:
  void b_transport(Payload& payload, sc_core::sc_time& delay) { on_b_transport(payload, delay); }
  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    return on_forward ? on_forward(payload, phase, delay) : tlm::TLM_ACCEPTED;
  }
  unsigned transport_dbg(Payload& payload) { return on_debug(payload); }
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) { return on_dmi(payload, dmi); }
};

/// An initiator that follows the test's script, right or wrong.
class ScriptedInitiator : public sc_core::sc_module {
 public:
  using Payload = tlm::tlm_generic_payload;

  explicit ScriptedInitiator(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &ScriptedInitiator::nb_transport_bw);
  }

  tlm_utils::simple_initiator_socket<ScriptedInitiator> socket;
  std::function<tlm::tlm_sync_enum(Payload&, tlm::tlm_phase&, sc_core::sc_time&)> on_backward;

  Answer send(Payload& payload, const tlm::tlm_phase& phase,
              const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) {
    Answer answer{tlm::TLM_ACCEPTED, phase, delay};
    answer.result = socket->nb_transport_fw(payload, answer.phase, answer.delay);
    return answer;
  }

 private:
  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    return on_backward ? on_backward(payload, phase, delay) : tlm::TLM_ACCEPTED;
  }
};

}  // namespace irc::tb
