// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "cell/cell_solver.h"

namespace irc::array {

/// Largest number of lanes that are solved in parallel. A kernel may use fewer.
constexpr std::size_t max_lanes = 8;

/// Below this gate value an undriven cell uses the series of softplus_of_small.
constexpr double deep_off_gate = -6.5;

/// One column in the form that the solver needs. Arrays have `rows` entries.
struct Ladder {
  CellConstants cell;
  std::size_t rows = 0;
  const double* gate_on = nullptr;
  const double* gate_off = nullptr;
  const double* r_ohm = nullptr;
  /// Relative read-noise variance of each cell; null if none is wanted.
  const double* noise_variance = nullptr;
  const float* start = nullptr;  ///< [row][6]: b, s, x, i, g_b, g_s of a driven cell; may be null
  double v_bl_v = 0, r_bl_ohm = 0, r_sl_ohm = 0, r_clamp_ohm = 0;
  bool ground_at_top = false;
  bool off_leakage = true;
  double step_tolerance_v = 0;
  int max_iterations = 0;
  explicit Ladder(const CellConstants& constants) : cell(constants) {}
};

/// The vectors of one group of lanes, and their results.
struct LadderRun {
  const std::uint8_t* driven = nullptr;  ///< [row] bit l: lane l drives the row
  /// If not null, [lane]: every row is driven, and its current has this weight (expected activity).
  const double* weight = nullptr;
  double* scratch = nullptr;  ///< ladder_scratch(rows) doubles, 64-byte aligned
  double current_a[max_lanes] = {};
  double noise_variance_a2[max_lanes] = {};
  int iterations[max_lanes] = {};  ///< 0 if this lane did not converge
};

std::size_t ladder_lanes();
constexpr std::size_t ladder_scratch(std::size_t rows) {
  return rows * 9 * max_lanes;
}
void solve_ladder(const Ladder& ladder, LadderRun& run);

}  // namespace irc::array
