// SPDX-License-Identifier: Apache-2.0
// An interconnect between two initiators and two memories, for tests that compute its times: a hop of 3
// cycles, memories with a latency of 5 cycles and 8 bytes per beat, and a clock of 2 ns.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "irc/model/address_map.h"
#include "irc/model/interconnect.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "support/at_initiator.h"
#include "support/simulation_guard.h"

namespace irc::tb {

using Bytes = std::vector<unsigned char>;

inline sc_core::sc_time ns(double value) {
  return {value, sc_core::SC_NS};
}

inline constexpr std::uint64_t base_a = 0x1000, base_b = 0x8000, window = 0x1000;

inline std::vector<model::AddressRegion> two_windows() {
  return {{base_b, window, 1, "b"}, {base_a, window, 0, "a"}};
}

/// Two initiators and two memories, with a checker on every hop.
struct InterconnectBench {
  explicit InterconnectBench(unsigned hop_cycles = 3)
      : bus("bus", 2, 2, two_windows(), model::InterconnectTiming{ns(2), hop_cycles}),
        memory_a("memory_a", window, model::MemoryTiming{ns(2), 5, 8}),
        memory_b("memory_b", window, model::MemoryTiming{ns(2), 5, 8}) {
    for (std::size_t i = 0; i < 2; ++i) {
      initiators.push_back(std::make_unique<AtInitiator>(("initiator_" + std::to_string(i)).c_str()));
      checkers.push_back(
          std::make_unique<model::ProtocolChecker>(("checker_in_" + std::to_string(i)).c_str()));
      initiators[i]->socket.bind(checkers.back()->target_socket);
      checkers.back()->initiator_socket.bind(bus.from_initiator[i]);
    }
    for (std::size_t j = 0; j < 2; ++j) {
      checkers.push_back(
          std::make_unique<model::ProtocolChecker>(("checker_out_" + std::to_string(j)).c_str()));
      bus.to_target[j].bind(checkers.back()->target_socket);
      checkers.back()->initiator_socket.bind(j == 0 ? memory_a.socket : memory_b.socket);
    }
  }
  AtInitiator& initiator(std::size_t i) { return *initiators[i]; }

  SimulationGuard simulation;
  model::Interconnect bus;
  model::SystemMemory memory_a, memory_b;
  std::vector<std::unique_ptr<AtInitiator>> initiators;
  std::vector<std::unique_ptr<model::ProtocolChecker>> checkers;
};

}  // namespace irc::tb
