// SPDX-License-Identifier: Apache-2.0
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "batch.h"
#include "cell/cell_solver.h"
#include "derived.h"
#include "ideal/ideal_kernel.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/device/variation.h"
#include "lumps/lump_batch.h"
#include "prepare_once.h"
#include "read_noise_fit.h"

namespace irc::array {
namespace {

std::size_t blocks_of(const ProgrammedTile& tile) {
  return (tile.geometry().columns + column_block - 1) / column_block;
}

/// Currents for the ideal sum as integers, so that sums are exact. They are kept with the tile.
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

/// Currents of unconnected cells at the clamp voltage.
struct UnitCurrents {
  std::vector<double> on_a, off_a;
};

UnitCurrents unit_currents(const ProgrammedTile& tile, double v_bl_v, std::span<const double> r_ohm,
                           std::span<const double> v_t_v) {
  const CellConstants constants(tile.card());
  const std::size_t n = r_ohm.size();
  std::vector<double> gate(n), b(n, v_bl_v), s(n, 0.0), x(n);
  UnitCurrents out{std::vector<double>(n), std::vector<double>(n)};
  const auto solve = [&](double v_wl_v, std::vector<double>& i_a) {
    for (std::size_t i = 0; i < n; ++i) gate[i] = constants.gate(v_wl_v, v_t_v[i]);
    solve_cells(constants, {n, r_ohm.data(), gate.data(), b.data(), s.data(), i_a.data(), x.data()});
  };
  solve(tile.conditions().v_wl_v, out.on_a);
  if (tile.nonidealities().off_leakage) solve(tile.conditions().v_wl_off_v, out.off_a);
  return out;
}

/// Prepares the case in which one cell of each state represents all.
void prepare_uniform(const ProgrammedTile& tile, IdealCurrents& out) {
  const auto [rows, columns] = tile.geometry();
  const std::size_t words = words_for(rows);
  out.lrs_mask.assign(blocks_of(tile) * words * column_block, 0);
  out.low.assign(columns, 0);
  double r_ohm[2] = {1, 1}, v_t_v[2] = {0, 0};
  bool seen[2] = {false, false};
  for (std::size_t column = 0; column < columns; ++column) {
    const auto states = tile.states(column);
    std::uint64_t* mask =
        out.lrs_mask.data() + column / column_block * words * column_block + column % column_block;
    for (std::size_t row = 0; row < rows; ++row) {
      const auto state = static_cast<std::size_t>(states[row]);
      if (!seen[state]) {
        seen[state] = true;
        r_ohm[state] = tile.r_ohm(column)[row];
        v_t_v[state] = tile.v_t_v(column)[row];
      }
      if (states[row] != CellState::lrs) continue;
      mask[row / 64 * column_block] |= std::uint64_t{1} << (row % 64);
      ++out.low[column];
    }
  }
  for (std::size_t state = 0; state < 2; ++state)
    if (!seen[state]) {  // a state that does not occur has no cells
      r_ohm[state] = r_ohm[1 - state];
      v_t_v[state] = v_t_v[1 - state];
    }
  const auto unit = unit_currents(tile, tile.conditions().v_bl_v, r_ohm, v_t_v);
  for (std::size_t state = 0; state < 2; ++state) {
    out.base_a[state] = unit.off_a[state];
    out.step_a[state] = unit.on_a[state] - unit.off_a[state];
    const auto name = state == 0 ? CellState::hrs : CellState::lrs;
    const double sigma_a = device::read_noise_sigma(tile.card().rram, name) * unit.on_a[state];
    out.variance_a2[state] = sigma_a * sigma_a;
  }
}

/// The largest sum of `window` neighbouring values.
double largest_window(std::span<const double> values, std::size_t window) {
  double sum = 0, largest = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    sum += values[row];
    if (row >= window) sum -= values[row - window];
    largest = std::max(largest, sum);
  }
  return largest;
}

void prepare_spread(const ProgrammedTile& tile, IdealCurrents& out) {
  const auto [rows, columns] = tile.geometry();
  // No lump of a range of these rows is longer than a lump of all of them.
  const std::size_t window = LumpLayout(0, rows).lump_rows;
  std::vector<UnitCurrents> unit(columns);
  std::vector<double> largest_a(columns);
  tbb::parallel_for(std::size_t{0}, columns, [&](std::size_t column) {
    unit[column] = unit_currents(tile, tile.v_bl_v(column), tile.r_ohm(column), tile.v_t_v(column));
    for (std::size_t row = 0; row < unit[column].on_a.size(); ++row)
      unit[column].on_a[row] = std::max(0.0, unit[column].on_a[row] - unit[column].off_a[row]);
    largest_a[column] = largest_window(unit[column].on_a, window);
  });
  // Rounding may raise each step of a lump by half a quantum.
  const double most_a = *std::max_element(largest_a.begin(), largest_a.end());
  out.quantum_a = most_a > 0 ? most_a / (65535.0 - static_cast<double>(window)) : 1.0;
  out.columns.resize(blocks_of(tile));
  for (std::size_t b = 0; b < blocks_of(tile); ++b) {
    out.steps.push_back(hwy::AllocateAligned<std::uint16_t>(rows * column_block));
    std::fill_n(out.steps.back().get(), rows * column_block, std::uint16_t{0});
  }
  const bool noisy = has_read_noise(tile);
  tbb::parallel_for(std::size_t{0}, columns, [&, rows = rows](std::size_t column) {
    const auto& step_a = unit[column].on_a;
    const auto& off_a = unit[column].off_a;
    const std::size_t block = column / column_block, place = column % column_block;
    IdealColumns& constants = out.columns[block];
    for (std::size_t row = 0; row < rows; ++row) {
      out.steps[block][row * column_block + place] =
          static_cast<std::uint16_t>(std::floor(step_a[row] / out.quantum_a + 0.5));
      constants.base_a[place] += off_a[row];
    }
    if (!noisy) return;
    const auto fit = fit_read_noise(
        tile.card().rram, tile.states(column), [&](std::size_t row) { return step_a[row]; },
        [&](std::size_t row) { return step_a[row] + off_a[row]; });
    constants.noise_by_step[place] = fit.by_weight * out.quantum_a;
    constants.noise_by_row[place] = fit.by_row;
  });
}

class IdealEvaluator final : public ColumnEvaluator {
 public:
  std::string_view name() const override { return "ideal"; }

  EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                           std::span<double> currents_a) const override {
    check_batch(tile, batch, rows, currents_a);
    EvaluationStats stats;
    if (batch.vectors == 0) return stats;
    auto& currents = tile.derived().of<IdealCurrents>();
    prepare_once(currents.once, [&] {
      tile.uniform_states() ? prepare_uniform(tile, currents) : prepare_spread(tile, currents);
    });
    const auto by_task = tile.uniform_states() ? count_uniform(tile, currents, batch, rows, currents_a)
                                               : sum_spread(tile, currents, batch, rows, currents_a);
    for (const double sum_a : by_task) stats.current_sum_a += sum_a;
    stats.evaluated_by.ideal = batch.vectors * tile.geometry().columns;
    return stats;
  }

 private:
  /// Returns the sum of currents of each task.
  std::vector<double> sum_spread(const ProgrammedTile& tile, const IdealCurrents& currents,
                                 const WordLineBatch& batch, RowRange rows,
                                 std::span<double> currents_a) const {
    const LumpLayout layout(rows.begin, rows.end);
    WeightSets weights;
    auto& blocks = weights.blocks.emplace_back();
    for (const auto& steps : currents.steps)
      blocks.push_back({steps.get() + rows.begin * column_block, nullptr});
    std::vector<double> sums_a(chunk_tasks(batch.vectors, blocks.size()));
    const bool noisy = has_read_noise(tile);
    for_each_chunk(
        pool_, batch, layout, weights, [&](std::size_t task, const LumpChunk& chunk, ChunkSpace& space) {
          const std::size_t columns = tile.geometry().columns, column = chunk.block * column_block;
          alignas(64) double column_sums_a[column_block] = {};
          IdealOutput out{nullptr, columns, std::min(column_block, columns - column), column_sums_a};
          for (std::size_t v = 0; v < chunk.count; v += step_vectors) {
            IdealSums in{space.sums.get() + v * column_block,
                         chunk.count * column_block,
                         layout.lumps,
                         std::min(step_vectors, chunk.count - v),
                         nullptr,
                         nullptr};
            if (noisy) {
              block_normals(tile, chunk.block, batch.first_read + chunk.first + v, in.vectors,
                            space.normals.get());
              in.normals = space.normals.get();
              in.driven = chunk.driven + v;
            }
            out.currents_a = currents_a.data() + (chunk.first + v) * columns + column;
            sum_lumps(currents.columns[chunk.block], currents.quantum_a, in, out);
          }
          for (std::size_t c = 0; c < out.columns; ++c) sums_a[task] += column_sums_a[c];
        });
    return sums_a;
  }

  static std::vector<double> count_uniform(const ProgrammedTile& tile, const IdealCurrents& currents,
                                           const WordLineBatch& batch, RowRange rows,
                                           std::span<double> currents_a) {
    const std::size_t words = words_for(tile.geometry().rows), columns = tile.geometry().columns;
    const auto vectors = masked_vectors(tile, batch, rows);
    const bool noisy = has_read_noise(tile);
    const std::size_t steps = (batch.vectors + step_vectors - 1) / step_vectors;
    std::vector<double> sums_a(steps);
    tbb::parallel_for(std::size_t{0}, steps, [&](std::size_t step) {
      alignas(64) double out[step_vectors * column_block];
      alignas(64) float normals[step_vectors * column_block];
      const std::size_t first = step * step_vectors, count = std::min(step_vectors, batch.vectors - first);
      for (std::size_t b = 0; b < blocks_of(tile); ++b) {
        if (noisy) block_normals(tile, b, batch.first_read + first, count, normals);
        for (std::size_t v = 0; v < count; ++v) {
          const std::uint64_t* vector = vectors.data() + (first + v) * words;
          std::int64_t low[column_block];
          count_masked(currents.lrs_mask.data() + b * words * column_block, vector, words, low);
          const auto driven = static_cast<std::int64_t>(count_ones({vector, words}));
          for (std::size_t c = 0; c < std::min(column_block, columns - b * column_block); ++c)
            out[v * column_block + c] =
                counted_current(currents, tile.geometry().rows, currents.low[b * column_block + c], low[c],
                                driven, noisy ? double{normals[v * column_block + c]} : 0.0);
        }
        sums_a[step] += store(tile, b, first, count, out, currents_a);
      }
    });
    return sums_a;
  }

  static double counted_current(const IdealCurrents& c, std::size_t rows, std::size_t cells_low,
                                std::int64_t low, std::int64_t driven, double normal) {
    const auto high = static_cast<double>(driven - low), lows = static_cast<double>(low);
    double current_a = static_cast<double>(cells_low) * c.base_a[1] +
                       static_cast<double>(rows - cells_low) * c.base_a[0] + lows * c.step_a[1] +
                       high * c.step_a[0];
    if (normal != 0) current_a += std::sqrt(lows * c.variance_a2[1] + high * c.variance_a2[0]) * normal;
    return current_a;
  }

  /// Copies the currents of a block to their positions. Returns their sum.
  static double store(const ProgrammedTile& tile, std::size_t block, std::size_t first, std::size_t vectors,
                      const double* values, std::span<double> currents_a) {
    const std::size_t columns = tile.geometry().columns, column = block * column_block;
    const std::size_t width = std::min(column_block, columns - column);
    double sum_a = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
      double* out = currents_a.data() + (first + v) * columns + column;
      for (std::size_t c = 0; c < width; ++c) {
        out[c] = values[v * column_block + c];
        sum_a += out[c];
      }
    }
    return sum_a;
  }

  mutable IndexPool pool_;
};

}  // namespace

std::unique_ptr<ColumnEvaluator> make_ideal_evaluator() {
  return std::make_unique<IdealEvaluator>();
}

}  // namespace irc::array
