// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "column_model.h"
#include "ideal_kernel.h"
#include "irc/array/evaluator.h"
#include "irc/array/tile.h"

namespace irc::array {

/// Currents for the ideal sum as integers, so that sums are exact.
struct IdealCurrents {
  std::once_flag once;
  // For cells that differ: 16-bit multiples of one quantum for the whole tile.
  double quantum_a = 0;
  std::vector<hwy::AlignedFreeUniquePtr<std::uint16_t[]>> steps;  ///< [block][row][32]
  std::vector<IdealColumns> columns;                              ///< [block]
  // For cells that are equal within each state: they are counted and not summed.
  double base_a[2] = {}, step_a[2] = {}, variance_a2[2] = {};  ///< [state]
  std::vector<std::uint64_t> lrs_mask;  ///< [block][word][32] rows with a cell in the low state
  std::vector<std::size_t> low;         ///< [column] number of cells in the low state
};

/// Expected operating points of one column at one activity, from which the exact solver starts.
struct ColumnStart {
  std::once_flag once;
  std::vector<float> data;  ///< see exact_evaluator.cpp
};

/// Models of the fast engine, one for each range of rows that was driven in one operation.
struct FastModels {
  struct Entry {
    std::once_flag once;
    ColumnModel model;
  };
  std::mutex mutex;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Entry>> entries;
  // The columns' exact currents without any driven row, which no row group changes.
  std::once_flag off_once;
  std::vector<float> off_a;  ///< [column], filled up to whole blocks
};

/// Number of activities (fractions of driven rows) for which starting points are prepared.
constexpr std::size_t start_activities = 5;

/// The choices of the evaluator `auto` by range of rows.
struct AutoChoices {
  struct Entry {
    std::once_flag once;
    const ColumnEvaluator* chosen = nullptr;
  };
  std::mutex mutex;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Entry>> entries;
};

struct ProgrammedTile::Derived {
  explicit Derived(std::size_t columns) : starts(columns) {}
  IdealCurrents ideal;
  FastModels fast;
  AutoChoices choices;
  std::vector<std::array<ColumnStart, start_activities>> starts;  ///< [column]
};

}  // namespace irc::array
