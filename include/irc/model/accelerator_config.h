// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "irc/macro/macro_config.h"
#include "irc/mapping/timing.h"

namespace irc::model {

struct MacroBurst;

/// LT: b_transport with annotated delays; AT: the four-phase protocol. Both give the same bits and cycles.
enum class TransportMode { lt, at };

/// Everything an accelerator needs to know, resolved and checked by whoever builds it.
struct AcceleratorConfig : macro::MacroConfig {
  mapping::Timing timing;
  TransportMode mode = TransportMode::at;
  std::uint32_t burst_vectors = 1024;  ///< most vectors in one macro transaction
  /// Worth of one readout step in unit currents when row groups are added up digitally.
  double level_units = 1.0;
  /// Puts a ProtocolChecker on every socket inside the accelerator (tests).
  bool check_protocol = false;
  /// Called with every finished macro burst and its word lines ([vector][word]), for scoreboards. No part of
  /// the model may depend on it.
  std::function<void(const MacroBurst&, std::span<const std::uint64_t> word_lines)> on_burst;
};

}  // namespace irc::model
