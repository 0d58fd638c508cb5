// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <mutex>
#include <vector>

#include "irc/array/tile.h"

namespace irc::array {

/// Unit currents of the ideal sum, in integer multiples of one quantum, so that sums are exact.
struct IdealCurrents {
  static constexpr double quantum_a = 0x1p-64;            // int64 then reaches 0.5 A
  static constexpr double variance_quantum_a2 = 0x1p-90;  // int64 then reaches (86 uA)^2
  static constexpr std::size_t block = 32;                // columns side by side in a block
  std::once_flag once;
  std::vector<std::int64_t> base;  ///< [column] all rows off
  // Per cell, when cells differ: [column block][row][32].
  std::vector<std::int64_t> step;      ///< current a row adds when it is driven
  std::vector<std::int64_t> variance;  ///< read-noise variance of a driven cell
  // Per state, when all cells of a state are alike.
  std::int64_t lrs_step = 0, hrs_step = 0, lrs_variance = 0, hrs_variance = 0;
  std::vector<std::uint64_t> lrs_mask;  ///< [column][word] rows in the low state
};

/// Expected operating points of one column at one activity: where the exact solver starts.
struct ColumnStart {
  std::once_flag once;
  std::vector<float> data;  ///< see exact_evaluator.cpp
};

/// Activities (shares of driven rows) that starting points are prepared for.
constexpr std::size_t start_activities = 5;

struct ProgrammedTile::Derived {
  explicit Derived(std::size_t columns) : starts(columns) {}
  IdealCurrents ideal;
  std::vector<std::array<ColumnStart, start_activities>> starts;  ///< [column]
};

}  // namespace irc::array
