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

/// What the macros of a chip consist of. The builder has resolved and checked all values.
struct MacroConfig {
  mapping::Geometry geometry;                               ///< size of the arrays
  device::TechnologyCard card;                              ///< technology
  array::ArrayConditions conditions;                        ///< voltages and wires in force
  device::Nonidealities nonidealities;                      ///< sources of error that are switched on
  sense::SenseConfig sense;                                 ///< amplifiers
  std::shared_ptr<const array::ColumnEvaluator> evaluator;  ///< evaluator of bit-line currents
  std::uint64_t chip_seed = 0;  ///< names the chip and therefore all its device and amplifier draws
  double unit_current_a = 0;    ///< current of one weight unit at the clamp, without variation

  /// True if amplifiers compare with reference columns.
  bool reference_scheme() const { return geometry.scheme == mapping::WeightScheme::binary_reference; }
  /// True if a readout is a level.
  bool multi_bit() const { return sense.kind == sense::SenseConfig::Kind::multi_bit; }
  /// Bits of one readout at the pins: 1 for a decision, more for a signed level.
  std::size_t level_bits() const {
    if (!multi_bit()) return 1;
    return std::max<std::size_t>(2, static_cast<std::size_t>(sense.bits) + (sense.signed_levels ? 0 : 1));
  }
};

/// Common-mode current, in unit currents, at which amplifiers are trimmed. It is that of a typical decision:
/// training statistics show about 10 to 90 unit currents per input (declared assumption).
inline constexpr double trim_common_units = 32;

/// The rectangle of a macro's cells that one tile fills. Tiles start at word line 0.
struct TileExtent {
  std::size_t rows = 0;          ///< number of word lines
  std::size_t first_column = 0;  ///< first bit line
  std::size_t columns = 0;       ///< number of bit lines
  /// True if the two extents share a bit line.
  bool overlaps(const TileExtent& other) const {
    return first_column < other.first_column + other.columns && other.first_column < first_column + columns;
  }
  /// True if the two extents are equal.
  friend bool operator==(const TileExtent&, const TileExtent&) = default;
};

}  // namespace irc::macro
