// SPDX-License-Identifier: Apache-2.0
#include "cell/cell_bounds.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "cell/cell_solver.h"

namespace irc::array {
namespace {

/// Current of a resistor at `v_v`.
double resistor_a(const CellConstants& constants, double r_ohm, double v_v) {
  const double alpha = constants.alpha_per_v;
  return alpha > 0 ? std::sinh(alpha * v_v) / (alpha * r_ohm) : v_v / r_ohm;
}

/// Current of a saturated transistor whose source is at 0 V.
double saturation_a(const CellConstants& constants, double gate) {
  const double softplus = gate > 30 ? gate : std::log1p(std::exp(gate));
  return constants.i_s_a * softplus * softplus;
}

}  // namespace

CellBounds cell_bounds(const ProgrammedTile& tile, std::size_t column, const LumpLayout& layout) {
  const CellConstants constants(tile.card());
  const ArrayConditions& conditions = tile.conditions();
  const auto r_ohm = tile.r_ohm(column);
  const auto v_t_v = tile.v_t_v(column);
  const auto bound_a = [&](std::span<const double> r, std::span<const double> v_t, double v_wl_v) {
    const double least_ohm = *std::min_element(r.begin(), r.end());
    const double least_v = *std::min_element(v_t.begin(), v_t.end());
    return std::min(resistor_a(constants, least_ohm, tile.v_bl_v(column)),
                    saturation_a(constants, constants.gate(v_wl_v, least_v)));
  };
  CellBounds out;
  out.driven_a = bound_a(r_ohm.subspan(layout.begin, layout.rows()),
                         v_t_v.subspan(layout.begin, layout.rows()), conditions.v_wl_v);
  if (tile.nonidealities().off_leakage)
    out.leakage_a = static_cast<double>(r_ohm.size()) * bound_a(r_ohm, v_t_v, conditions.v_wl_off_v);
  return out;
}

UnloadedCells unloaded_cells(const ProgrammedTile& tile, std::size_t column, RowRange rows) {
  constexpr std::size_t sample = 64;
  const CellConstants constants(tile.card());
  const std::size_t rows_of_range = rows.end - rows.begin, count = std::min(sample, rows_of_range);
  // An odd step meets even and odd rows, which differ in a reference column.
  const std::size_t step = (rows_of_range / count) | 1;
  std::array<double, sample> r_ohm{}, gate{}, v_b_v{}, v_s_v{}, i_a{}, v_x_v{};
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t row = rows.begin + k * step % rows_of_range;
    r_ohm[k] = tile.r_ohm(column)[row];
    gate[k] = constants.gate(tile.conditions().v_wl_v, tile.v_t_v(column)[row]);
    v_b_v[k] = tile.v_bl_v(column);
  }
  solve_cells(constants,
              {count, r_ohm.data(), gate.data(), v_b_v.data(), v_s_v.data(), i_a.data(), v_x_v.data()});
  double sum_a = 0, square_a2 = 0;
  for (std::size_t k = 0; k < count; ++k) {
    sum_a += i_a[k];
    square_a2 += i_a[k] * i_a[k];
  }
  return {sum_a / static_cast<double>(count), sum_a > 0 ? square_a2 / sum_a : 0};
}

double deviation_floor_a(const ProgrammedTile& tile, std::size_t column, RowRange rows) {
  const double share = 0.01 * static_cast<double>(rows.end - rows.begin);
  return unloaded_cells(tile, column, rows).mean_a * std::max(1.0, share);
}

}  // namespace irc::array
