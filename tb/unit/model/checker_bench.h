// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>

#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace irc::tb::checker {

using irc::model::PayloadManager;
using irc::model::ProtocolChecker;
using irc::model::ProtocolCheckerOptions;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;
using tlm::BEGIN_REQ;
using tlm::BEGIN_RESP;
using tlm::END_REQ;
using tlm::END_RESP;
using Payload = tlm::tlm_generic_payload;

DECLARE_EXTENDED_PHASE(extra_phase);

inline sc_time ns(double value) {
  return {value, SC_NS};
}

/// Initiator -> checker -> target.
struct Bench {
  explicit Bench(const ProtocolCheckerOptions& options = {true, true})
      : initiator("initiator"), checker("checker", options), target("target") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(target.socket);
  }

  // A legal read of 4 bytes.
  Payload& payload() {
    Payload& fresh = *manager.allocate();
    fresh.set_read();
    fresh.set_address(64);
    fresh.set_data_ptr(data);
    fresh.set_data_length(4);
    fresh.set_streaming_width(4);
    return fresh;
  }

  void run(std::function<void()> body) {
    simulation.stimulus("stimulus", std::move(body));
    simulation.run(sc_time(1, SC_MS));
  }

  // The violated rules, in order, separated by spaces.
  std::string broken() const {
    std::string rules;
    for (const auto& violation : checker.violations()) rules += (rules.empty() ? "" : " ") + violation.rule;
    return rules;
  }

  // Makes the target give `answer` to every forward call.
  void target_answers(tlm::tlm_sync_enum result, const tlm::tlm_phase& phase) {
    target.on_forward = [result, phase](Payload&, tlm::tlm_phase& p, sc_time&) {
      if (result == tlm::TLM_UPDATED) p = phase;
      return result;
    };
  }

  Answer respond(Payload& p, const sc_time& delay = SC_ZERO_TIME) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    return target.send(p, BEGIN_RESP, delay);
  }

  SimulationGuard simulation;
  PayloadManager manager;
  unsigned char data[16] = {};
  ScriptedInitiator initiator;
  ProtocolChecker checker;
  ScriptedTarget target;
};

}  // namespace irc::tb::checker
