// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/array/tile.h"

namespace irc::array {

/// The current of a tile by where it flows, summed over vectors and columns.
struct StateSplit {
  double lrs_a = 0;  ///< low-resistance cells of driven rows
  double hrs_a = 0;  ///< high-resistance cells of driven rows
  double off_a = 0;  ///< cells of undriven rows
  /// Sum of the three parts.
  double total_a() const { return lrs_a + hrs_a + off_a; }
};

/// Splits the solved current of a tile by the state of the cells through which it flows.
///
/// Evaluators compute the current of a column and not of a cell. So the solved total is kept and divided in
/// the ratio of the cells' currents alone at the clamp. For these the class uses, per row, the number of
/// cells in each state, and per state the mean current (driven and undriven) of a sample of the tile's own
/// cells. Wires and clamp are assumed to weaken all states alike. This holds as long as no state is much
/// further from the clamp than another.
class StateCurrents {
 public:
  /// Number of cells of each state that are solved. A larger sample would change the mean by less than a
  /// percent.
  static constexpr std::size_t sample = 256;

  /// Counts and samples the cells of `tile`. The tile is not needed afterwards.
  explicit StateCurrents(const ProgrammedTile& tile);

  /// The currents that the cells would draw at the clamp voltage, alone, without wires and clamp, in the rows
  /// [begin, end) of the batch.
  StateSplit unloaded(const WordLineBatch& batch, RowRange rows) const;
  /// Divides `total_a` in that ratio. The parts add up to total_a except for rounding.
  StateSplit split(const WordLineBatch& batch, RowRange rows, double total_a) const;

 private:
  std::size_t rows_ = 0, words_ = 0, columns_ = 0;
  double lrs_cells_ = 0;
  double on_a_[2] = {}, off_a_[2] = {};  ///< mean current of a cell, [state]
  /// Number of low-resistance cells per row, as bit planes: plane b holds bit b of the counts, 64 rows per
  /// word.
  std::vector<std::uint64_t> planes_;
  std::size_t plane_count_ = 0;
};

}  // namespace irc::array
