// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace irc::mapping {

/// How a weight becomes cells.
enum class WeightScheme {
  ternary,              ///< two cells: +1 (LRS, HRS), -1 (HRS, LRS), 0 (HRS, HRS)
  binary_differential,  ///< two cells: +1 (LRS, HRS), -1 (HRS, LRS); zeros are refused
  binary_reference,     ///< one cell: +1 LRS, -1 HRS; the other amplifier input is the mean of an all-LRS
                        ///< and an all-HRS reference column of the same tile
};

/// Where a channel's bias is added.
enum class BiasPlacement {
  array,    ///< always-on bias rows of the same columns, one unit cell each
  source,   ///< a current from the amplifier's bias source, in unit currents
  digital,  ///< after the readouts have been added up
};

/// The accelerator's arrays, as the mapper sees them.
struct Geometry {
  std::size_t macros = 8;
  std::size_t rows = 2048;
  std::size_t column_pairs = 128;
  std::size_t amplifiers = 128;        ///< per macro; fewer than column pairs means a column mux
  std::size_t rows_per_operation = 0;  ///< 0: all rows of a tile in one operation
  std::size_t bias_rows = 64;          ///< most bias rows a tile may spend
  WeightScheme scheme = WeightScheme::ternary;
  BiasPlacement bias = BiasPlacement::array;
  bool one_bit_readout = true;  ///< a readout is a decision (a vote, of a part of the rows), not a level
  std::size_t buffer_bits = std::size_t{4} << 20;  ///< capacity of the activation buffer
};

}  // namespace irc::mapping
