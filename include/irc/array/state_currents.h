// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/array/tile.h"

namespace irc::array {

/// A tile's current by where it goes, summed over vectors and columns.
struct StateSplit {
  double lrs_a = 0;  ///< low-resistance cells of driven rows
  double hrs_a = 0;  ///< high-resistance cells of driven rows
  double off_a = 0;  ///< cells of rows not driven
  double total_a() const { return lrs_a + hrs_a + off_a; }
};

/// Splits a tile's solved current by the state of the cells it flows through.
///
/// Evaluators know the current of a column, not of a cell, so the solved total is kept and only divided: in
/// the ratio of the cells' currents alone at the clamp. Of these it takes, per row, the number of cells in
/// each state, and per state the mean current of a sample of the tile's own cells (driven and not driven);
/// wires and clamp then weaken all states alike, which holds as long as no state sits much further from the
/// clamp than another.
class StateCurrents {
 public:
  /// Cells of each state that are solved; the mean of more would not move by a percent.
  static constexpr std::size_t sample = 256;

  explicit StateCurrents(const ProgrammedTile& tile);

  /// What the cells would draw at the clamp bias, in the rows [begin, end) of the batch: their currents
  /// alone, without wires and clamp.
  StateSplit unloaded(const WordLineBatch& batch, RowRange rows) const;
  /// `total_a` in that ratio. Nothing is lost: the parts add up to total_a but for rounding.
  StateSplit split(const WordLineBatch& batch, RowRange rows, double total_a) const;

 private:
  std::size_t rows_ = 0, words_ = 0, columns_ = 0;
  double lrs_cells_ = 0;
  double on_a_[2] = {}, off_a_[2] = {};  ///< mean current of a cell, [state]
  /// Low-resistance cells per row, bit by bit: plane b holds bit b of the counts of 64 rows a word.
  std::vector<std::uint64_t> planes_;
  std::size_t plane_count_ = 0;
};

}  // namespace irc::array
