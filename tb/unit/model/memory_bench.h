// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "support/at_initiator.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace irc::tb::memory {

using irc::model::MemoryTiming;
using irc::model::PayloadManager;
using irc::model::ProtocolChecker;
using irc::model::SystemMemory;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;

using Bytes = std::vector<unsigned char>;

inline const MemoryTiming& timing() {
  static const MemoryTiming value{sc_time(2, SC_NS), 5, 8};
  return value;
}

inline sc_time ns(double value) {
  return {value, SC_NS};
}

/// Initiator -> checker -> memory, by non-blocking transport.
struct AtBench {
  explicit AtBench(std::uint64_t size = 4096)
      : memory("memory", size, timing()), checker("checker"), initiator("initiator") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(memory.socket);
  }
  SimulationGuard simulation;
  SystemMemory memory;
  ProtocolChecker checker;
  AtInitiator initiator;
};

/// The same by blocking transport.
struct LtBench {
  explicit LtBench(std::uint64_t size = 4096)
      : memory("memory", size, timing()), checker("checker"), initiator("initiator") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(memory.socket);
  }
  // Fills the payload, calls b_transport and returns the time that it added.
  sc_time transport(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                    Bytes& data) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
    sc_time delay = ns(100);
    initiator.socket->b_transport(payload, delay);
    return delay - ns(100);
  }
  SimulationGuard simulation;
  SystemMemory memory;
  ProtocolChecker checker;
  ScriptedInitiator initiator;
};

}  // namespace irc::tb::memory
