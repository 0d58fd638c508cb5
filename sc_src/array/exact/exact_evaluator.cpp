// SPDX-License-Identifier: Apache-2.0
#include <hwy/aligned_allocator.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "batch.h"
#include "derived.h"
#include "exact/exact_column.h"
#include "exact/ladder.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/device/variation.h"

namespace irc::array {
namespace {

/// The fraction of driven rows for which a starting point is prepared, and the fraction up to which it is
/// used.
struct Activity {
  double expected, until;
};
constexpr std::size_t start_activities = 5;
constexpr Activity expected_activities[start_activities] = {
    {0.05, 0.08}, {0.12, 0.15}, {0.2, 0.26}, {0.34, 0.42}, {0.6, 1.0}};
/// Columns with less total wire resistance use the same starting point for all vectors, which fills the lanes
/// better.
constexpr double long_column_ohm = 400;
constexpr std::size_t any_activity = 2;
constexpr std::size_t start_values = 6;

/// Expected operating points of one column at one activity, from which the solver starts.
struct ColumnStart {
  std::once_flag once;
  std::vector<float> data;  ///< [row][start_values]
};
/// The starting points of a tile, kept with it.
struct ColumnStarts {
  explicit ColumnStarts(std::size_t columns) : of_column(columns) {}
  std::vector<std::array<ColumnStart, start_activities>> of_column;
};

/// Inputs of one column's ladder per row, and memory for the solution.
struct ColumnData {
  std::vector<double> gate_on, gate_off, noise_variance;
  hwy::AlignedFreeUniquePtr<double[]> scratch;
  explicit ColumnData(std::size_t rows)
      : gate_on(rows), gate_off(rows), scratch(hwy::AllocateAligned<double>(ladder_scratch(rows))) {}
};

Ladder make_ladder(const ProgrammedTile& tile, std::size_t column, const CellConstants& constants,
                   const ExactOptions& options, ColumnData& data) {
  const ArrayConditions& conditions = tile.conditions();
  const auto v_t_v = tile.v_t_v(column);
  for (std::size_t row = 0; row < v_t_v.size(); ++row) {
    data.gate_on[row] = constants.gate(conditions.v_wl_v, v_t_v[row]);
    data.gate_off[row] = constants.gate(conditions.v_wl_off_v, v_t_v[row]);
  }
  Ladder ladder(constants);
  ladder.rows = v_t_v.size();
  ladder.gate_on = data.gate_on.data();
  ladder.gate_off = data.gate_off.data();
  ladder.r_ohm = tile.r_ohm(column).data();
  ladder.v_bl_v = tile.v_bl_v(column);
  ladder.r_bl_ohm = conditions.r_bl_ohm;
  ladder.r_sl_ohm = conditions.r_sl_ohm;
  ladder.r_clamp_ohm = conditions.r_clamp_ohm;
  ladder.ground_at_top = conditions.ground == SourceLineGround::top;
  ladder.off_leakage = tile.nonidealities().off_leakage;
  ladder.step_tolerance_v = options.step_tolerance_v;
  ladder.max_iterations = options.max_iterations;
  if (options.read_noise && has_read_noise(tile)) {
    data.noise_variance.resize(ladder.rows);
    const auto states = tile.states(column);
    for (std::size_t row = 0; row < ladder.rows; ++row) {
      const double sigma = device::read_noise_sigma(tile.card().rram, states[row]);
      data.noise_variance[row] = sigma * sigma;
    }
    ladder.noise_variance = data.noise_variance.data();
  }
  return ladder;
}

/// Operating points of driven cells between the given node voltages, in the form of `Ladder::start`.
void presolve(const Ladder& ladder, const std::vector<double>& b, const std::vector<double>& s,
              std::vector<float>& start) {
  const std::size_t rows = ladder.rows;
  std::vector<double> i(rows), x(rows), g_b(rows), g_s(rows);
  solve_cells(ladder.cell, {rows, ladder.r_ohm, ladder.gate_on, b.data(), s.data(), i.data(), x.data(),
                            g_b.data(), g_s.data()});
  start.resize(rows * start_values);
  for (std::size_t row = 0; row < rows; ++row) {
    const double values[start_values] = {b[row], s[row], x[row], i[row], g_b[row], g_s[row]};
    for (std::size_t k = 0; k < start_values; ++k)
      start[row * start_values + k] = static_cast<float>(values[k]);
  }
}

/// Solves the column once, with every row carrying the expected fraction of its current. The result depends
/// only on the column, and not on other work.
void prepare_start(Ladder ladder, double activity, double* scratch, std::vector<float>& out) {
  const std::size_t rows = ladder.rows, lanes = ladder_lanes();
  std::vector<double> b(rows, ladder.v_bl_v), s(rows, 0.0);
  presolve(ladder, b, s, out);
  if (ladder.r_bl_ohm == 0 && ladder.r_sl_ohm == 0 && ladder.r_clamp_ohm == 0) return;
  ladder.start = out.data();
  ladder.step_tolerance_v = 1e-3;
  ladder.noise_variance = nullptr;
  const std::vector<double> weight(max_lanes, activity);
  LadderRun run;
  run.weight = weight.data();
  run.scratch = scratch;
  solve_ladder(ladder, run);
  if (run.iterations[0] == 0) return;  // the unloaded column is also a valid start, only a worse one
  for (std::size_t row = 0; row < rows; ++row) {
    b[row] = scratch[row * 3 * lanes];
    s[row] = std::min(scratch[(row * 3 + 1) * lanes], b[row]);
  }
  presolve(ladder, b, s, out);
}

/// Vectors that are solved in parallel lanes. They share a starting point, which depends on a vector's own
/// number of driven rows, so a result does not depend on the batch.
struct Run {
  std::size_t activity = 0;          ///< index in `expected_activities`
  std::vector<std::size_t> vectors;  ///< in the order of the lanes
  std::vector<std::uint8_t> driven;  ///< `LadderRun::driven`
};

std::size_t activity_of(const ProgrammedTile& tile, std::span<const std::uint64_t> vector) {
  const auto& conditions = tile.conditions();
  const auto rows = static_cast<double>(tile.geometry().rows);
  if (rows * (conditions.r_bl_ohm + conditions.r_sl_ohm) < long_column_ohm) return any_activity;
  std::size_t driven = 0;
  for (const auto word : vector) driven += static_cast<std::size_t>(std::popcount(word));
  std::size_t out = 0;
  while (out + 1 < start_activities && static_cast<double>(driven) > expected_activities[out].until * rows)
    ++out;
  return out;
}

std::vector<Run> make_runs(const ProgrammedTile& tile, const std::vector<std::uint64_t>& vectors,
                           std::size_t count) {
  const std::size_t rows = tile.geometry().rows;
  const std::size_t words = words_for(rows), lanes = ladder_lanes();
  std::vector<Run> runs;
  std::size_t open[start_activities];  // the run that still has free lanes
  std::fill(std::begin(open), std::end(open), SIZE_MAX);
  for (std::size_t v = 0; v < count; ++v) {
    const std::span vector(vectors.data() + v * words, words);
    const std::size_t activity = activity_of(tile, vector);
    if (open[activity] == SIZE_MAX || runs[open[activity]].vectors.size() == lanes) {
      open[activity] = runs.size();
      runs.push_back({activity, {}, std::vector<std::uint8_t>(rows)});
    }
    Run& run = runs[open[activity]];
    const std::size_t lane = run.vectors.size();
    for (std::size_t row = 0; row < rows; ++row)
      run.driven[row] =
          static_cast<std::uint8_t>(run.driven[row] | (((vector[row / 64] >> (row % 64)) & 1) << lane));
    run.vectors.push_back(v);
  }
  return runs;
}

/// The vectors for which one column is solved, and the destination of the currents.
struct ColumnJob {
  const std::vector<Run>& runs;
  std::size_t vectors = 0;
  std::uint64_t first_read = 0;
  std::span<const std::size_t> picked = {};  ///< if not empty: vector v is vector picked[v] of the batch
  double* currents_a = nullptr;
  std::size_t stride = 1;
  std::uint64_t read(std::size_t v) const { return first_read + (picked.empty() ? v : picked[v]); }
};

[[noreturn]] void fail_to_converge(const ProgrammedTile& tile, std::size_t column, std::size_t vector,
                                   const ExactOptions& options) {
  throw InternalError("exact evaluator: column " + std::to_string(column) +
                      " of the tile at physical column " + std::to_string(tile.place().origin_column) +
                      ", macro " + std::to_string(tile.place().macro) + ", vector " + std::to_string(vector) +
                      " did not converge in " + std::to_string(options.max_iterations) + " iterations");
}

EvaluationStats evaluate_column(const ProgrammedTile& tile, std::size_t column,
                                const CellConstants& constants, const ExactOptions& options,
                                const ColumnJob& job, ColumnData& data) {
  Ladder ladder = make_ladder(tile, column, constants, options, data);
  EvaluationStats stats;
  auto& starts = tile.derived().of<ColumnStarts>().of_column[column];
  for (const Run& vectors : job.runs) {
    ColumnStart& start = starts[vectors.activity];
    std::call_once(start.once, [&] {
      prepare_start(ladder, expected_activities[vectors.activity].expected, data.scratch.get(), start.data);
    });
    ladder.start = start.data.data();
    LadderRun run;
    run.driven = vectors.driven.data();
    run.scratch = data.scratch.get();
    solve_ladder(ladder, run);
    for (std::size_t l = 0; l < vectors.vectors.size(); ++l) {
      const std::size_t v = vectors.vectors[l];
      if (run.iterations[l] == 0) fail_to_converge(tile, column, v, options);
      double current_a = run.current_a[l];
      if (ladder.noise_variance != nullptr)
        current_a += std::sqrt(run.noise_variance_a2[l]) * tile.read_noise_normal(column, job.read(v));
      job.currents_a[v * job.stride] = current_a;
      stats.newton_iterations += static_cast<std::uint64_t>(run.iterations[l]);
      stats.fallback_vectors += run.iterations[l] >= 10;
    }
  }
  // Summed in the order of the vectors and not of the runs.
  for (std::size_t v = 0; v < job.vectors; ++v) stats.current_sum_a += job.currents_a[v * job.stride];
  return stats;
}

class ExactEvaluator final : public ColumnEvaluator {
 public:
  explicit ExactEvaluator(const ExactOptions& options) : options_(options) {}
  std::string_view name() const override { return "exact"; }

  EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                           std::span<double> currents_a) const override {
    check_batch(tile, batch, rows, currents_a);
    const auto runs = make_runs(tile, masked_vectors(tile, batch, rows), batch.vectors);
    const CellConstants constants(tile.card());
    std::vector<EvaluationStats> stats(tile.geometry().columns);
    const auto columns = [&](std::size_t begin, std::size_t end) {
      ColumnData data(tile.geometry().rows);
      for (std::size_t column = begin; column < end; ++column) {
        ColumnJob job{runs, batch.vectors, batch.first_read, {}, currents_a.data() + column, stats.size()};
        stats[column] = evaluate_column(tile, column, constants, options_, job, data);
      }
    };
    if (options_.parallel) {
      tbb::parallel_for(tbb::blocked_range<std::size_t>(0, stats.size(), 4),
                        [&](const auto& range) { columns(range.begin(), range.end()); });
    } else {
      columns(0, stats.size());
    }
    auto all = sum(stats);
    all.evaluated_by.exact = batch.vectors * stats.size();
    return all;
  }

 private:
  static EvaluationStats sum(const std::vector<EvaluationStats>& columns) {
    EvaluationStats out;
    for (const auto& column : columns) {
      out.current_sum_a += column.current_sum_a;
      out.newton_iterations += column.newton_iterations;
      out.fallback_vectors += column.fallback_vectors;
    }
    return out;
  }

  ExactOptions options_;
};

}  // namespace

EvaluationStats evaluate_exact_column(const ProgrammedTile& tile, std::size_t column,
                                      const WordLineBatch& batch, RowRange rows,
                                      std::span<const std::size_t> vectors, const ExactOptions& options,
                                      std::span<double> currents_a) {
  const std::size_t words = words_for(tile.geometry().rows);
  std::vector<std::uint64_t> picked(vectors.size() * words);
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    WordLineBatch one = batch;
    one.bits += vectors[v] * batch.words_per_vector;
    one.vectors = 1;
    const auto masked = masked_vectors(tile, one, rows);
    std::copy(masked.begin(), masked.end(), picked.begin() + static_cast<std::ptrdiff_t>(v * words));
  }
  const auto runs = make_runs(tile, picked, vectors.size());
  ColumnData data(tile.geometry().rows);
  ColumnJob job{runs, vectors.size(), batch.first_read, vectors, currents_a.data(), 1};
  return evaluate_column(tile, column, CellConstants(tile.card()), options, job, data);
}

std::unique_ptr<ColumnEvaluator> make_exact_evaluator(const ExactOptions& options) {
  if (!(options.step_tolerance_v > 0) || options.max_iterations < 1)
    throw InputError("exact evaluator: step_tolerance_v and max_iterations must be positive");
  return std::make_unique<ExactEvaluator>(options);
}

}  // namespace irc::array
