// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "lumps/lump_sums.h"

namespace irc::array {

/// Upper bounds on the currents of one column's cells, whatever the load of the column. They hold because a
/// cell carries no more than its resistor does at the whole clamp voltage, and no more than its transistor
/// does in saturation with the source at 0 V.
struct CellBounds {
  double driven_a = 0;   ///< of any one driven cell of the layout
  double leakage_a = 0;  ///< of all cells of the tile's column together while they are off
};
CellBounds cell_bounds(const ProgrammedTile& tile, std::size_t column, const LumpLayout& layout);

/// Currents of driven cells in an unloaded column, estimated from up to 64 of them.
struct UnloadedCells {
  double mean_a = 0;      ///< mean over the cells
  double carrying_a = 0;  ///< mean weighted with the current: of the cells that carry the column's current
};
UnloadedCells unloaded_cells(const ProgrammedTile& tile, std::size_t column, RowRange rows);

}  // namespace irc::array
