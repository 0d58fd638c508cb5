// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "fast/column_model.h"
#include "fast/column_shape.h"
#include "fast/mean_field.h"
#include "fast/polynomial_fit.h"

/// The expected ladder of a column, from which its model is fitted.
namespace irc::array::expected {

using Levels = std::array<double, mean_field_levels>;

/// Activities at which the expected ladder is solved, as fractions of the largest one.
inline constexpr Levels levels = {0.001, 0.04, 0.1, 0.18, 0.28, 0.45, 0.7, 1.0};
/// Values of c to try. The one with which the tile's slope is smoothest is used.
inline constexpr std::array<double, 8> saturations = {0.0, 0.33, 0.5, 0.67, 0.75, 0.83, 0.9, 0.95};

inline Levels stretched(double c) {
  Levels z;
  for (std::size_t l = 0; l < z.size(); ++l) z[l] = levels[l] / (1 - c + c * levels[l]);
  return z;
}

inline Levels ones() {
  Levels w;
  w.fill(1.0);
  return w;
}

struct Stretch {
  double c;
  Levels z;
  PolynomialFit<ColumnModelBlock::orders, mean_field_levels> slope;
  explicit Stretch(double saturation) : c(saturation), z(stretched(saturation)), slope(z, ones()) {}
};

inline const std::array<Stretch, saturations.size()>& stretches() {
  static const std::array<Stretch, saturations.size()> all = [] {
    return std::array<Stretch, saturations.size()>{
        Stretch(saturations[0]), Stretch(saturations[1]), Stretch(saturations[2]), Stretch(saturations[3]),
        Stretch(saturations[4]), Stretch(saturations[5]), Stretch(saturations[6]), Stretch(saturations[7])};
  }();
  return all;
}

inline const Stretch& smoothest(const Levels& slope) {
  const Stretch* best = nullptr;
  double least = 0;
  for (const auto& stretch : stretches()) {
    const auto fit = stretch.slope(slope);
    double worst = 0;
    for (std::size_t l = 0; l < slope.size(); ++l)
      worst = std::max(worst, std::abs(polynomial(fit, stretch.z[l]) - slope[l]) / std::abs(slope[l]));
    if (best == nullptr || worst < least) {
      best = &stretch;
      least = worst;
    }
  }
  return *best;
}

inline Levels activities(double limit) {
  Levels out;
  for (std::size_t l = 0; l < levels.size(); ++l) out[l] = levels[l] * limit;
  return out;
}

/// Levels at which cells are weighted, one set of weights each: rising, and typical of binary activations.
inline constexpr std::array<std::size_t, 4> reference_levels = {2, 3, 4, 5};
inline constexpr std::size_t usual_level = 3;

/// The expected ladder of one column, and memory for solving it.
struct ColumnSolver {
  const ProgrammedTile& tile;
  const LumpLayout& layout;
  CellConstants constants;
  double most_activity;
  Levels activity;
  std::size_t reference_level = reference_levels.front();  ///< cells have the weights of this level
  std::size_t per_node;
  const AverageColumn& start;
  std::vector<double> gate_on, gate_off, i_on_a, i_step_a, transfer, v_b_v, v_s_v;
  hwy::AlignedFreeUniquePtr<double[]> scratch;
  MeanFieldSolution solution;

  ColumnSolver(const ProgrammedTile& programmed, const LumpLayout& rows, double limit,
               const AverageColumn& average)
      : tile(programmed),
        layout(rows),
        constants(programmed.card()),
        most_activity(limit),
        activity(activities(limit)),
        per_node(rows_per_node(rows)),
        start(average),
        gate_on(rows.rows()),
        gate_off(rows.rows()),
        i_on_a(rows.rows() * mean_field_levels),
        i_step_a(i_on_a),
        transfer((rows.rows() + per_node - 1) / per_node * mean_field_levels),
        v_b_v(transfer),
        v_s_v(transfer),
        scratch(hwy::AllocateAligned<double>(mean_field_scratch(rows.rows()))) {
    solution.i_on_a = i_on_a.data();
    solution.i_step_a = i_step_a.data();
    solution.transfer = transfer.data();
    solution.v_b_v = v_b_v.data();
    solution.v_s_v = v_s_v.data();
    solution.scratch = scratch.get();
  }

  bool solve(std::size_t column) {
    const ArrayConditions& conditions = tile.conditions();
    const auto v_t_v = tile.v_t_v(column).subspan(layout.begin, layout.rows());
    for (std::size_t row = 0; row < v_t_v.size(); ++row) {
      gate_on[row] = constants.gate(conditions.v_wl_v, v_t_v[row]);
      gate_off[row] = constants.gate(conditions.v_wl_off_v, v_t_v[row]);
    }
    MeanFieldLadder ladder =
        wires(conditions, tile.geometry().rows, layout, constants, static_cast<double>(per_node));
    ladder.rows_per_node = per_node;
    if (start.solved) {
      ladder.start_b_v = start.v_b_v.data();
      ladder.start_s_v = start.v_s_v.data();
    }
    ladder.v_bl_v = tile.v_bl_v(column);
    ladder.gate_on = gate_on.data();
    if (tile.nonidealities().off_leakage) ladder.gate_off = gate_off.data();
    ladder.r_ohm = tile.r_ohm(column).data() + layout.begin;
    ladder.share = activity.data();
    return solve_mean_field(ladder, solution);
  }

  /// Weight of a row at a level: the gradient of the column current with respect to the row's activity.
  double weight_a(std::size_t row, std::size_t level) const {
    return transfer[row / per_node * mean_field_levels + level] * i_step_a[row * mean_field_levels + level];
  }
};

/// The fraction of the largest activity at which a column still carries `least_kept` of the sum of its cells'
/// unloaded currents. It is 1.02 (all rows driven, plus rounding) if the column always does.
inline double trusted_activity(const ColumnSolver& solver) {
  constexpr double least_kept = 0.15;
  double unloaded_a = 0;  // the lowest level loads the column by only a thousandth
  for (std::size_t row = 0; row < solver.layout.rows(); ++row)
    unloaded_a += solver.i_on_a[row * mean_field_levels];
  double kept_before = 1;
  for (std::size_t l = 1; l < levels.size(); ++l) {
    const double kept = solver.solution.total_a[l] / (solver.activity[l] * unloaded_a);
    if (kept < least_kept)
      return levels[l - 1] + (levels[l] - levels[l - 1]) * (kept_before - least_kept) / (kept_before - kept);
    kept_before = kept;
  }
  return 1.02;
}

/// Current of the rows outside the layout, which stay off.
inline double leakage_outside_a(const ColumnSolver& solver, std::size_t column) {
  const auto& tile = solver.tile;
  if (!tile.nonidealities().off_leakage) return 0;
  const auto r_ohm = tile.r_ohm(column);
  const auto v_t_v = tile.v_t_v(column);
  double sum_a = 0;
  for (std::size_t row = 0; row < r_ohm.size(); ++row) {
    if (row >= solver.layout.begin && row < solver.layout.end) continue;
    const double gate = solver.constants.gate(tile.conditions().v_wl_off_v, v_t_v[row]), s = 0;
    const double v_bl_v = tile.v_bl_v(column);
    double i_a = 0, x = 0;
    solve_cells(solver.constants, {1, &r_ohm[row], &gate, &v_bl_v, &s, &i_a, &x});
    sum_a += i_a;
  }
  return sum_a;
}

}  // namespace irc::array::expected
