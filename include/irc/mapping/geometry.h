// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

/// Mapping of a network to the accelerator: placement of weights, command programs, and cycle formulas.
namespace irc::mapping {

/// How a weight is stored in cells.
enum class WeightScheme {
  ternary,              ///< two cells: +1 (LRS, HRS), -1 (HRS, LRS), 0 (HRS, HRS)
  binary_differential,  ///< two cells: +1 (LRS, HRS), -1 (HRS, LRS); weights of 0 are refused
  /// One cell: +1 LRS, -1 HRS, compared with the mean of an all-LRS and an all-HRS column of the tile.
  binary_reference,
};

/// Where a channel's bias is added.
enum class BiasPlacement {
  array,    ///< bias rows of the same columns, which are always on, one unit cell each
  source,   ///< a current from the amplifier's bias source, in unit currents
  digital,  ///< after the readouts are summed
};

/// The arrays of the accelerator, as the mapper needs them.
struct Geometry {
  std::size_t macros = 8;              ///< number of macros
  std::size_t rows = 2048;             ///< rows per macro
  std::size_t column_pairs = 128;      ///< column pairs per macro
  std::size_t amplifiers = 128;        ///< amplifiers per macro; fewer than column pairs means a column mux
  std::size_t rows_per_operation = 0;  ///< rows per operation; 0 means all rows of a tile in one operation
  std::size_t bias_rows = 64;          ///< largest number of bias rows per tile
  WeightScheme scheme = WeightScheme::ternary;  ///< how weights are stored
  BiasPlacement bias = BiasPlacement::array;    ///< where biases are added
  /// True: a readout is a decision (of a part of the rows: a vote); false: it is a level.
  bool one_bit_readout = true;
  std::size_t buffer_bits = std::size_t{4} << 20;  ///< capacity of the activation buffer
};

}  // namespace irc::mapping
