// SPDX-License-Identifier: Apache-2.0
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "batch.h"
#include "cell_solver.h"
#include "derived.h"
#include "ideal_kernel.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/device/variation.h"

namespace irc::array {
namespace {

constexpr std::size_t block = IdealCurrents::block;

std::size_t blocks_of(const ProgrammedTile& tile) {
  return (tile.geometry().columns + block - 1) / block;
}

std::int64_t quanta(double value, double quantum) {
  return std::llrint(value / quantum);
}

/// Integer currents of cells at the clamp bias.
struct UnitCurrents {
  std::vector<std::int64_t> step, off, variance;
};

UnitCurrents unit_currents(const ProgrammedTile& tile, double v_bl_v, std::span<const double> r_ohm,
                           std::span<const double> v_t_v, std::span<const CellState> states) {
  const CellConstants constants(tile.card());
  const std::size_t n = r_ohm.size();
  std::vector<double> gate(n), b(n, v_bl_v), s(n, 0.0), on(n), off(n), x(n);
  const auto solve = [&](double v_wl_v, std::vector<double>& out) {
    for (std::size_t i = 0; i < n; ++i) gate[i] = constants.gate(v_wl_v, v_t_v[i]);
    solve_cells(constants, {n, r_ohm.data(), gate.data(), b.data(), s.data(), out.data(), x.data()});
  };
  solve(tile.conditions().v_wl_v, on);
  if (tile.nonidealities().off_leakage) solve(tile.conditions().v_wl_off_v, off);
  UnitCurrents out;
  const bool noisy = has_read_noise(tile);
  for (std::size_t i = 0; i < n; ++i) {
    out.off.push_back(quanta(off[i], IdealCurrents::quantum_a));
    out.step.push_back(quanta(on[i], IdealCurrents::quantum_a) - out.off.back());
    const double sigma_a = noisy ? device::read_noise_sigma(tile.card().rram, states[i]) * on[i] : 0;
    out.variance.push_back(quanta(sigma_a * sigma_a, IdealCurrents::variance_quantum_a2));
  }
  return out;
}

void check_capacity(double largest_a) {
  if (largest_a >= 0.5)
    throw InputError("ideal evaluator: a column could carry " + std::to_string(largest_a) +
                     " A, more than the 0.5 A its integer sums reach");
}

void prepare_uniform(const ProgrammedTile& tile, IdealCurrents& out) {
  const auto [rows, columns] = tile.geometry();
  const std::size_t words = words_for(rows);
  out.lrs_mask.assign(blocks_of(tile) * words * block, 0);
  out.base.assign(columns, 0);
  // One cell of each state stands for all.
  double r_ohm[2] = {1, 1}, v_t_v[2] = {0, 0};
  bool seen[2] = {false, false};
  std::vector<std::size_t> low(columns, 0);
  for (std::size_t column = 0; column < columns; ++column) {
    const auto states = tile.states(column);
    std::uint64_t* mask = out.lrs_mask.data() + column / block * words * block + column % block;
    for (std::size_t row = 0; row < rows; ++row) {
      const auto state = static_cast<std::size_t>(states[row]);
      if (!seen[state]) {
        seen[state] = true;
        r_ohm[state] = tile.r_ohm(column)[row];
        v_t_v[state] = tile.v_t_v(column)[row];
      }
      if (states[row] != CellState::lrs) continue;
      mask[row / 64 * block] |= std::uint64_t{1} << (row % 64);
      ++low[column];
    }
  }
  for (std::size_t state = 0; state < 2; ++state)
    if (!seen[state]) {  // a state that does not occur takes part with no cells
      r_ohm[state] = r_ohm[1 - state];
      v_t_v[state] = v_t_v[1 - state];
    }
  const CellState states[2] = {CellState::hrs, CellState::lrs};
  const auto unit = unit_currents(tile, tile.conditions().v_bl_v, r_ohm, v_t_v, states);
  out.hrs_step = unit.step[0];
  out.lrs_step = unit.step[1];
  out.hrs_variance = unit.variance[0];
  out.lrs_variance = unit.variance[1];
  check_capacity(static_cast<double>(rows) * static_cast<double>(std::max(unit.step[0], unit.step[1])) *
                 IdealCurrents::quantum_a);
  for (std::size_t column = 0; column < columns; ++column)
    out.base[column] = static_cast<std::int64_t>(low[column]) * unit.off[1] +
                       static_cast<std::int64_t>(rows - low[column]) * unit.off[0];
}

void prepare_spread(const ProgrammedTile& tile, IdealCurrents& out) {
  const auto [rows, columns] = tile.geometry();
  out.base.assign(columns, 0);
  out.step.assign(blocks_of(tile) * rows * block, 0);
  if (has_read_noise(tile)) out.variance.assign(out.step.size(), 0);
  tbb::parallel_for(std::size_t{0}, columns, [&, rows = rows](std::size_t column) {
    const auto unit =
        unit_currents(tile, tile.v_bl_v(column), tile.r_ohm(column), tile.v_t_v(column), tile.states(column));
    double largest_a = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t i = (column / block * rows + row) * block + column % block;
      out.step[i] = unit.step[row];
      out.base[column] += unit.off[row];
      if (!out.variance.empty()) out.variance[i] = unit.variance[row];
      largest_a += static_cast<double>(unit.step[row] + unit.off[row]) * IdealCurrents::quantum_a;
    }
    check_capacity(largest_a);
  });
}

/// Rows driven by each vector, one list after the other.
struct DrivenRows {
  std::vector<std::uint32_t> rows;
  std::vector<std::size_t> begin;
  DrivenRows(const std::vector<std::uint64_t>& vectors, std::size_t words, std::size_t count) {
    for (std::size_t v = 0; v < count; ++v) {
      begin.push_back(rows.size());
      for (std::size_t w = 0; w < words; ++w)
        for (std::uint64_t bits = vectors[v * words + w]; bits != 0; bits &= bits - 1)
          rows.push_back(
              static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
    }
    begin.push_back(rows.size());
  }
  std::size_t count(std::size_t vector) const { return begin[vector + 1] - begin[vector]; }
  const std::uint32_t* list(std::size_t vector) const { return rows.data() + begin[vector]; }
};

class IdealEvaluator final : public ColumnEvaluator {
 public:
  std::string_view name() const override { return "ideal"; }

  EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                           std::span<double> currents_a) const override {
    check_batch(tile, batch, rows, currents_a);
    IdealCurrents& currents = tile.derived().ideal;
    std::call_once(currents.once, [&] {
      tile.uniform_states() ? prepare_uniform(tile, currents) : prepare_spread(tile, currents);
    });
    const std::size_t words = words_for(tile.geometry().rows);
    const auto vectors = masked_vectors(tile, batch, rows);
    const DrivenRows driven(vectors, words, batch.vectors);
    const bool noisy = has_read_noise(tile);
    tbb::parallel_for(std::size_t{0}, blocks_of(tile), [&](std::size_t b) {
      std::int64_t sums[block], variances[block];
      for (std::size_t v = 0; v < batch.vectors; ++v) {
        if (tile.uniform_states()) {
          sum_uniform(currents, b, vectors.data() + v * words, words, driven.count(v), sums, variances);
        } else {
          sum_spread(currents, b, tile.geometry().rows, driven.list(v), driven.count(v), noisy, sums,
                     variances);
        }
        store(tile, currents, b, v, batch, noisy, sums, variances, currents_a);
      }
    });
    EvaluationStats stats;
    for (const double current_a : currents_a) stats.current_sum_a += current_a;
    return stats;
  }

 private:
  static void sum_uniform(const IdealCurrents& c, std::size_t b, const std::uint64_t* vector,
                          std::size_t words, std::size_t driven, std::int64_t* sums,
                          std::int64_t* variances) {
    std::int64_t low[block];
    count_masked(c.lrs_mask.data() + b * words * block, vector, words, low);
    for (std::size_t i = 0; i < block; ++i) {
      const std::int64_t high = static_cast<std::int64_t>(driven) - low[i];
      sums[i] = low[i] * c.lrs_step + high * c.hrs_step;
      variances[i] = low[i] * c.lrs_variance + high * c.hrs_variance;
    }
  }

  static void sum_spread(const IdealCurrents& c, std::size_t b, std::size_t rows, const std::uint32_t* list,
                         std::size_t count, bool noisy, std::int64_t* sums, std::int64_t* variances) {
    sum_rows(c.step.data() + b * rows * block, list, count, sums);
    if (noisy) sum_rows(c.variance.data() + b * rows * block, list, count, variances);
  }

  static void store(const ProgrammedTile& tile, const IdealCurrents& c, std::size_t b, std::size_t v,
                    const WordLineBatch& batch, bool noisy, const std::int64_t* sums,
                    const std::int64_t* variances, std::span<double> currents_a) {
    const std::size_t columns = tile.geometry().columns, first = b * block;
    for (std::size_t i = 0; i < std::min(block, columns - first); ++i) {
      double current_a = static_cast<double>(c.base[first + i] + sums[i]) * IdealCurrents::quantum_a;
      if (noisy)
        current_a += std::sqrt(static_cast<double>(variances[i]) * IdealCurrents::variance_quantum_a2) *
                     tile.read_noise_normal(first + i, batch.first_read + v);
      currents_a[v * columns + first + i] = current_a;
    }
  }
};

}  // namespace

std::unique_ptr<ColumnEvaluator> make_ideal_evaluator() {
  return std::make_unique<IdealEvaluator>();
}

}  // namespace irc::array
