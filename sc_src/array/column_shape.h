// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "column_model.h"
#include "mean_field.h"

namespace irc::array {

/// Rows that share a node of the expected ladder.
std::size_t rows_per_node(const LumpLayout& layout);

/// Wires of a ladder that holds only the layout's rows, in nodes of `per_node` rows each: what lies before
/// and behind is in series. `per_node` may be a fraction.
MeanFieldLadder wires(const ArrayConditions& conditions, std::size_t tile_rows, const LumpLayout& layout,
                      const CellConstants& constants, double per_node);

/// A column of the card's median cells, as many in the low state as the tile's columns have on average: where
/// the solver of the real columns starts.
struct AverageColumn {
  std::vector<double> v_b_v, v_s_v;  ///< [node][level]
  bool solved = false;
};
AverageColumn average_column(const ProgrammedTile& tile, const LumpLayout& layout, std::size_t nodes,
                             const std::array<double, mean_field_levels>& activity);

constexpr std::size_t shape_levels = 3;
/// Indices of the activity levels at which the second order is taken.
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

/// The two strongest modes in which the current depends on how the activity is spread over the quarters, its
/// total held. I changes by curvature m^2 + skew m^3 for activity deviations d with m = sum_q mode_q d_q.
struct ColumnShape {
  std::array<std::array<double, shape_quarters>, ColumnModelBlock::modes> mode{};
  std::array<std::array<double, shape_levels>, ColumnModelBlock::modes> curvature{}, skew{};
};

/// From a coarse ladder of the card's median cell, loaded lump by lump like the column.
ColumnShape column_shape(const ProgrammedTile& tile, const LumpLayout& layout, const ShapeInputs& inputs,
                         const QuarterWeights& quarters);

}  // namespace irc::array
