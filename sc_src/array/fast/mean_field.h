// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "cell/cell_solver.h"

namespace irc::array {

/// Number of activity levels that are solved in parallel, on every machine.
constexpr std::size_t mean_field_levels = 8;

/// A column in which every row carries a fraction of its driven cell's current: the expected ladder at a
/// given activity. Neighbouring rows share a pair of nodes, because the expected voltages are smooth. Arrays
/// per row have `rows` entries, and arrays per level have `mean_field_levels`.
struct MeanFieldLadder {
  CellConstants cell;
  std::size_t rows = 0;
  std::size_t rows_per_node = 1;
  const double* gate_on = nullptr;
  const double* gate_off = nullptr;  ///< null if undriven rows carry no current
  const double* r_ohm = nullptr;
  const double* share = nullptr;      ///< [row * share_stride + level]: driven fraction of a row's cell
  std::size_t share_stride = 0;       ///< 0 if all rows are equal, otherwise mean_field_levels
  const double* start_b_v = nullptr;  ///< [node][level]: start of Newton; null for the unloaded column
  const double* start_s_v = nullptr;
  double v_bl_v = 0;
  double r_bl_ohm = 0, r_sl_ohm = 0;  ///< between neighbouring nodes
  double r_clamp_ohm = 0;             ///< from the clamp to the first node
  /// From the source line of the last node (of the first node if grounded at the top) to ground.
  double r_ground_ohm = 0;
  bool ground_at_top = false;
  explicit MeanFieldLadder(const CellConstants& constants) : cell(constants) {}
  std::size_t nodes() const { return (rows + rows_per_node - 1) / rows_per_node; }
};

/// The results of a mean-field ladder.
struct MeanFieldSolution {
  double* i_on_a = nullptr;    ///< [row][level] current of a driven cell at the level's node voltages
  double* i_step_a = nullptr;  ///< [row][level] current of a driven cell minus that of an undriven cell
  double* transfer = nullptr;  ///< [node][level] d(column current) / d(current drawn by a cell at the node)
  double* v_b_v = nullptr;     ///< [node][level] node voltages
  double* v_s_v = nullptr;
  double total_a[mean_field_levels] = {};
  double* scratch = nullptr;  ///< mean_field_scratch(rows) doubles, 64-byte aligned
};

constexpr std::size_t mean_field_scratch(std::size_t rows) {
  return rows * 13 * mean_field_levels + mean_field_levels;
}

/// Runs Newton over all nodes, then one pass of the transposed linearised ladder for the transfers. Returns
/// false if a level does not converge.
bool solve_mean_field(const MeanFieldLadder& ladder, MeanFieldSolution& solution);

}  // namespace irc::array
