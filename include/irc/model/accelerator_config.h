// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>

#include "irc/array/evaluator.h"
#include "irc/array/tile.h"
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"
#include "irc/mapping/timing.h"
#include "irc/sense/sense_amplifier.h"

namespace irc::model {

/// LT: b_transport with annotated delays; AT: the four-phase protocol. Both give the same bits and cycles.
enum class TransportMode { lt, at };

/// Everything an accelerator needs to know, resolved and checked by whoever builds it.
struct AcceleratorConfig {
  mapping::Geometry geometry;
  mapping::Timing timing;
  device::TechnologyCard card;
  array::ArrayConditions conditions;
  device::Nonidealities nonidealities;
  sense::SenseConfig sense;
  std::shared_ptr<const array::ColumnEvaluator> evaluator;
  TransportMode mode = TransportMode::at;
  std::uint32_t burst_vectors = 1024;  ///< most vectors in one macro transaction
  std::uint64_t chip_seed = 0;         ///< names the chip: all its device and amplifier draws
  double unit_current_a = 0;           ///< current of one weight unit at the clamp, without variation
  /// Worth of one readout step in unit currents when row groups are added up digitally.
  double level_units = 1.0;
  /// Puts a ProtocolChecker on every socket inside the accelerator (tests).
  bool check_protocol = false;
};

}  // namespace irc::model
