// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "irc/macro/macro_config.h"
#include "irc/mapping/timing.h"

namespace irc::model {

struct MacroBurst;

/// How transactions travel. Both modes give the same bits and cycles.
enum class TransportMode {
  lt,  ///< b_transport with annotated delays
  at   ///< the four-phase non-blocking protocol
};

/// Everything an accelerator needs to know. The caller resolves and checks the values.
struct AcceleratorConfig : macro::MacroConfig {
  mapping::Timing timing;                  ///< cycles of each phase of the macro pipeline and of the buses
  TransportMode mode = TransportMode::at;  ///< transport inside the accelerator
  std::uint32_t burst_vectors = 1024;      ///< largest number of vectors in one macro transaction
  /// Value of one readout step, in unit currents, when row groups are added digitally.
  double level_units = 1.0;
  /// Puts a ProtocolChecker on every socket inside the accelerator. Used by tests.
  bool check_protocol = false;
  /// Called with every finished macro burst and its word lines ([vector][word]), for scoreboards. No part of
  /// the model may depend on it.
  std::function<void(const MacroBurst&, std::span<const std::uint64_t> word_lines)> on_burst;
};

}  // namespace irc::model
