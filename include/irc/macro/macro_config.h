// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "irc/array/evaluator.h"
#include "irc/array/tile.h"
#include "irc/device/nonidealities.h"
#include "irc/device/technology_card.h"
#include "irc/mapping/geometry.h"
#include "irc/sense/sense_amplifier.h"

namespace irc::macro {

/// What the macros of a chip are made of, resolved and checked by whoever builds it.
struct MacroConfig {
  mapping::Geometry geometry;
  device::TechnologyCard card;
  array::ArrayConditions conditions;
  device::Nonidealities nonidealities;
  sense::SenseConfig sense;
  std::shared_ptr<const array::ColumnEvaluator> evaluator;
  std::uint64_t chip_seed = 0;  ///< names the chip: all its device and amplifier draws
  double unit_current_a = 0;    ///< current of one weight unit at the clamp, without variation

  bool reference_scheme() const { return geometry.scheme == mapping::WeightScheme::binary_reference; }
  bool multi_bit() const { return sense.kind == sense::SenseConfig::Kind::multi_bit; }
  /// Width of one readout at the pins: 1 is a decision, more a signed level.
  std::size_t level_bits() const {
    if (!multi_bit()) return 1;
    return std::max<std::size_t>(2, static_cast<std::size_t>(sense.bits) + (sense.signed_levels ? 0 : 1));
  }
};

/// Amplifiers are trimmed at the common-mode current of a typical decision, in unit currents; training
/// statistics put it at some 10 to 90 unit currents per input (declared assumption).
inline constexpr double trim_common_units = 32;

/// The rectangle of a macro that one tile's cells fill. Tiles start at word line 0.
struct TileExtent {
  std::size_t rows = 0;
  std::size_t first_column = 0;  ///< bit line
  std::size_t columns = 0;       ///< bit lines
  bool overlaps(const TileExtent& other) const {
    return first_column < other.first_column + other.columns && other.first_column < first_column + columns;
  }
  friend bool operator==(const TileExtent&, const TileExtent&) = default;
};

}  // namespace irc::macro
