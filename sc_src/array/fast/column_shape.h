// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "fast/column_model.h"
#include "fast/mean_field.h"

namespace irc::array {

/// The number of rows that share a node of the expected ladder.
std::size_t rows_per_node(const LumpLayout& layout);

/// The wires of a ladder that holds only the layout's rows, in nodes of `per_node` rows each. The wires
/// before and after these rows are in series. `per_node` may be fractional.
MeanFieldLadder wires(const ArrayConditions& conditions, std::size_t tile_rows, const LumpLayout& layout,
                      const CellConstants& constants, double per_node);

/// A column of the card's median cells, with the tile's average number of low-state cells. The solver of the
/// real columns starts from it.
struct AverageColumn {
  std::vector<double> v_b_v, v_s_v;  ///< [node][level]
  bool solved = false;
};
AverageColumn average_column(const ProgrammedTile& tile, const LumpLayout& layout, std::size_t nodes,
                             const std::array<double, mean_field_levels>& activity);

constexpr std::size_t shape_levels = 3;
/// Indices of the activity levels at which the second order is computed.
constexpr std::array<std::size_t, shape_levels> shape_level = {2, 4, 6};

constexpr std::size_t quarter_of(std::size_t lump, std::size_t lumps) {
  return lump * shape_quarters / lumps;
}

struct QuarterWeights {
  std::array<std::array<double, shape_quarters>, shape_levels> sum_a{};  ///< gradient per quarter
  std::array<double, shape_quarters> reference{};                        ///< reference weights per quarter
};

struct ShapeInputs {
  std::size_t column = 0;
  const double* i_on_a = nullptr;  ///< [row][level] of the expected ladder
  const double* v_b_v = nullptr;   ///< [node][level]
  const double* v_s_v = nullptr;
  std::size_t per_node = 1;
  std::size_t reference_level = 0;
  std::array<double, shape_levels> activity{};
};

/// The two strongest modes in which the current depends on the distribution of the activity over the
/// quarters, while its total is constant. For activity deviations d, I changes by curvature m^2 + skew m^3
/// with m = sum_q mode_q d_q.
struct ColumnShape {
  std::array<std::array<double, shape_quarters>, ColumnModelBlock::modes> mode{};
  std::array<std::array<double, shape_levels>, ColumnModelBlock::modes> curvature{}, skew{};
};

/// Computes the modes with a coarse ladder of the card's median cell that is loaded, lump by lump, like the
/// column.
ColumnShape column_shape(const ProgrammedTile& tile, const LumpLayout& layout, const ShapeInputs& inputs,
                         const QuarterWeights& quarters);

}  // namespace irc::array
