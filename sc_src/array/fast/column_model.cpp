// SPDX-License-Identifier: Apache-2.0
#include "fast/column_model.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "batch.h"
#include "cell/cell_bounds.h"
#include "fast/column_shape.h"
#include "fast/column_solver.h"
#include "irc/core/instruction_set.h"
#include "read_noise_fit.h"

namespace irc::array {
namespace {

using namespace expected;
using Model = ColumnModelBlock;

/// The quantum with which weights fit into 8 bits, which matrix tiles multiply twice as fast as 16 bits; 0 if
/// its error is visible. A rounded weight is off by q / sqrt(12). At an activity of 5% the current's relative
/// error is q sqrt(0.05 rows / 12) / (0.05 sum of all weights), and up to 0.05% is invisible.
double coarse_quantum(std::size_t rows, double largest_cell_a, double sum_of_all_a) {
  constexpr double activity = 0.05, visible = 5e-4;
  const double quantum_a = largest_cell_a / 255.0;
  const double error_a = quantum_a * std::sqrt(activity * static_cast<double>(rows) / 12);
  return error_a < visible * activity * sum_of_all_a ? quantum_a : 0;
}

/// The gradients of a solved column.
struct Gradients {
  std::array<Levels, max_lumps> sum_a{};  ///< [lump][level]
  Levels total_a{}, largest_cell_a{};

  explicit Gradients(const ColumnSolver& solver) {
    const LumpLayout& layout = solver.layout;
    for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
      for (std::size_t row = layout.lump_begin(lump) - layout.begin;
           row < layout.lump_end(lump) - layout.begin; ++row)
        for (std::size_t l = 0; l < levels.size(); ++l) {
          const double weight_a = std::max(0.0, solver.weight_a(row, l));
          sum_a[lump][l] += weight_a;
          largest_cell_a[l] = std::max(largest_cell_a[l], weight_a);
        }
      for (std::size_t l = 0; l < levels.size(); ++l) total_a[l] += sum_a[lump][l];
    }
  }
};

/// The integer weights of the cells at the solver's reference level.
struct CellWeights {
  const Gradients& gradients;
  std::array<double, max_lumps> sum{};
  double quantum_a = 0;

  CellWeights(const ColumnSolver& solver, const Gradients& of_column, std::uint16_t* out,
              std::size_t position)
      : gradients(of_column) {
    const LumpLayout& layout = solver.layout;
    const std::size_t level = solver.reference_level;
    double largest_a = 0;
    for (std::size_t lump = 0; lump < layout.lumps; ++lump)
      largest_a = std::max(largest_a, gradients.sum_a[lump][level]);
    // Lump sums stay within 15 bits, because the functionals are signed products.
    quantum_a =
        std::max(largest_a / (32767.0 - static_cast<double>(layout.lump_rows)),
                 coarse_quantum(layout.rows(), gradients.largest_cell_a[level], gradients.total_a[level]));
    if (!(quantum_a > 0)) return;
    for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
      std::uint32_t steps_of_lump = 0;
      for (std::size_t row = layout.lump_begin(lump) - layout.begin;
           row < layout.lump_end(lump) - layout.begin; ++row) {
        const auto steps =
            static_cast<std::uint32_t>(std::max(0.0, solver.weight_a(row, level)) / quantum_a + 0.5);
        out[row * column_block + position] = static_cast<std::uint16_t>(steps);
        steps_of_lump += steps;
      }
      sum[lump] = steps_of_lump;
    }
  }
};

/// Writes the coefficients of one functional for a column. Returns the value of one integer step of its sum,
/// and in `whole` the functional as coded. Returns 0 if the functional vanishes.
double code_functional(const std::array<double, max_lumps>& values, const CellWeights& weights,
                       const LumpLayout& layout, std::size_t functional, std::size_t column, Model& block,
                       double& whole) {
  double largest = 0, reach = 0;
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
    largest = std::max(largest, std::abs(values[lump]));
    reach += std::abs(values[lump]) * weights.sum[lump];
  }
  whole = 0;
  if (!(largest > 0) || !(reach > 0)) return 0;
  const double scale = std::min(32767 / largest, 2.0e9 / reach);
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
    const double code = std::floor(values[lump] * scale + 0.5);
    block.coefficients[(lump / 2 * Model::functionals + functional) * 64 + column / 16 * 32 +
                       column % 16 * 2 + lump % 2] = static_cast<std::int16_t>(code);
    whole += code / scale * weights.sum[lump];
  }
  return 1 / scale;
}

void set(Model& block, std::size_t parameter, std::size_t column, double value) {
  block.parameters[parameter * column_block + column] = static_cast<float>(value);
}

void fit_noise(const ColumnSolver& solver, std::size_t column_of_tile, double reference_a, std::size_t column,
               Model& block) {
  const auto& tile = solver.tile;
  if (!has_read_noise(tile)) return;
  const auto fit = fit_read_noise(
      tile.card().rram, tile.states(column_of_tile).subspan(solver.layout.begin, solver.layout.rows()),
      [&](std::size_t row) { return solver.weight_a(row, solver.reference_level); },
      [&](std::size_t row) { return solver.i_on_a[row * mean_field_levels + solver.reference_level]; });
  set(block, Model::noise_per_activity, column, fit.by_weight * reference_a * solver.most_activity);
  set(block, Model::noise_per_row, column, fit.by_row);
}

/// Sets three parameters: the parabola in z through the values at the shape levels.
void set_parabola(Model& block, std::size_t parameter, std::size_t column, const Stretch& stretch,
                  const std::array<double, shape_levels>& y) {
  const double x[3] = {stretch.z[shape_level[0]], stretch.z[shape_level[1]], stretch.z[shape_level[2]]};
  const double d01 = (y[1] - y[0]) / (x[1] - x[0]), d12 = (y[2] - y[1]) / (x[2] - x[1]);
  const double second = (d12 - d01) / (x[2] - x[0]), first = d01 - second * (x[0] + x[1]);
  set(block, parameter, column, y[0] - x[0] * (first + second * x[0]));
  set(block, parameter + 1, column, first);
  set(block, parameter + 2, column, second);
}

/// Second and third order: how the current falls when the same activity is distributed differently along the
/// column. It uses the cells' usual weights, because every set of weights is close enough.
ColumnShape shape_of(const ColumnSolver& solver, const Gradients& gradients, std::size_t column) {
  const LumpLayout& layout = solver.layout;
  if (!has_shape(layout.lumps)) return {};
  QuarterWeights quarter{};
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
    const std::size_t q = quarter_of(lump, layout.lumps);
    for (std::size_t k = 0; k < shape_levels; ++k)
      quarter.sum_a[k][q] += gradients.sum_a[lump][shape_level[k]];
    quarter.reference[q] += gradients.sum_a[lump][usual_level];
  }
  ShapeInputs inputs;
  inputs.column = column;
  inputs.i_on_a = solver.i_on_a.data();
  inputs.v_b_v = solver.v_b_v.data();
  inputs.v_s_v = solver.v_s_v.data();
  inputs.per_node = solver.per_node;
  inputs.reference_level = usual_level;
  for (std::size_t k = 0; k < shape_levels; ++k) inputs.activity[k] = solver.activity[shape_level[k]];
  return column_shape(solver.tile, layout, inputs, quarter);
}

void fit_shape(const ColumnShape& shape, const LumpLayout& layout, const CellWeights& weights,
               const Stretch& stretch, std::size_t column, Model& block) {
  if (!has_shape(layout.lumps)) return;
  std::array<double, shape_quarters> quarter{};
  double total = 0;
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
    quarter[quarter_of(lump, layout.lumps)] += weights.sum[lump];
    total += weights.sum[lump];
  }
  for (std::size_t j = 0; j < Model::modes; ++j) {
    std::array<double, max_lumps> values{};
    double sum = 0;
    for (const double v : shape.mode[j]) sum += v;
    for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
      const std::size_t q = quarter_of(lump, layout.lumps);
      if (quarter[q] > 0) values[lump] = shape.mode[j][q] / quarter[q] - sum / total;
    }
    double whole = 0;
    const double worth = code_functional(values, weights, layout, Model::orders + j, column, block, whole);
    set(block, Model::functional_scale + Model::orders + j, column, worth);
    set_parabola(block, Model::shape + 6 * j, column, stretch, shape.curvature[j]);
    set_parabola(block, Model::shape + 6 * j + 3, column, stretch, shape.skew[j]);
  }
}

/// The data of a solved column that every set of weights needs.
struct SolvedColumn {
  Gradients gradients;
  ColumnShape shape;
  double outside_a = 0, most_activity = 0;
  CellBounds bounds;
  double least_a = 0;  ///< a vector without driven rows draws more
  SolvedColumn(const ColumnSolver& solver, std::size_t column)
      : gradients(solver),
        shape(shape_of(solver, gradients, column)),
        outside_a(leakage_outside_a(solver, column)),
        most_activity(trusted_activity(solver)),
        bounds(cell_bounds(solver.tile, column, solver.layout)) {
    constexpr double margin = 0.95;
    const double off_a = outside_a + solver.solution.total_a[0] - solver.activity[0] * gradients.total_a[0];
    least_a = margin * std::max(0.0, off_a);
  }
};

/// Fits a solved column with the cells weighted at the solver's reference level. Returns false if the column
/// has no model; all its vectors are then outside the domain.
bool fit_column(const ColumnSolver& solver, const SolvedColumn& solved, const Stretch& stretch,
                std::size_t column_of_tile, Model& block) {
  const std::size_t column = column_of_tile % column_block;
  const LumpLayout& layout = solver.layout;
  const CellWeights weights(solver, solved.gradients, block.weights.get(), block_position(column));
  if (!(weights.quantum_a > 0)) return false;

  set(block, Model::saturation, column, stretch.c);
  set(block, Model::unsaturated, column, 1 - stretch.c);

  std::array<std::array<double, max_lumps>, Model::orders> orders{};
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) {
    Levels ratio{};
    for (std::size_t l = 0; l < levels.size(); ++l)
      ratio[l] =
          weights.gradients.sum_a[lump][solver.reference_level] > 0
              ? weights.gradients.sum_a[lump][l] / weights.gradients.sum_a[lump][solver.reference_level]
              : 0.0;
    const auto fit = stretch.slope(ratio);
    for (std::size_t k = 0; k < Model::orders; ++k) orders[k][lump] = fit[k];
  }
  Levels coded_a{};  // the slope as coded, so that rounding does not accumulate along the column
  std::array<double, Model::orders> worth{};
  for (std::size_t k = 0; k < Model::orders; ++k) {
    double whole = 0;
    worth[k] = code_functional(orders[k], weights, layout, k, column, block, whole) * weights.quantum_a;
    set(block, Model::functional_scale + k, column, worth[k]);
    for (std::size_t l = 0; l < levels.size(); ++l) {
      double power = 1;
      for (std::size_t order = 0; order < k; ++order) power *= stretch.z[l];
      coded_a[l] += power * whole * weights.quantum_a;
    }
  }
  const double reference_a = coded_a[solver.reference_level];
  double z = 1;
  for (std::size_t k = 0; k < Model::orders; ++k, z *= stretch.z[solver.reference_level])
    set(block, Model::activity_scale + k, column, z * worth[k] / (reference_a * solver.most_activity));

  // The base makes the expected currents themselves right, relative to each of them.
  Levels base_a{}, base_weight{};
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const double total_a = solver.solution.total_a[l] + solved.outside_a;
    base_a[l] = total_a - solver.activity[l] * coded_a[l];
    base_weight[l] = 1 / (total_a + 0.02 * solver.solution.total_a[levels.size() - 1]);
  }
  const auto base = PolynomialFit<Model::base_orders, mean_field_levels>(stretch.z, base_weight)(base_a);
  for (std::size_t k = 0; k < Model::base_orders; ++k) set(block, Model::base + k, column, base[k]);

  fit_shape(solved.shape, layout, weights, stretch, column, block);
  fit_noise(solver, column_of_tile, reference_a, column, block);
  set(block, Model::most_activity, column, solved.most_activity);
  set(block, Model::most_per_row, column, solved.bounds.driven_a);
  set(block, Model::most_leakage, column, solved.bounds.leakage_a);
  set(block, Model::least_current, column, solved.least_a);
  return true;
}

/// Fits a solved column with every set of weights. Returns false if the column has no model.
bool fit_sets(ColumnSolver& solver, const Stretch& stretch, std::size_t column, ColumnModel& model) {
  const SolvedColumn solved(solver, column);
  for (std::size_t k = 0; k < reference_levels.size(); ++k) {
    solver.reference_level = reference_levels[k];
    if (!fit_column(solver, solved, stretch, column, model.blocks[k][column / column_block])) return false;
  }
  return true;
}

/// Makes a block of columns without a model.
ColumnModelBlock empty_block(const LumpLayout& layout, std::size_t columns) {
  ColumnModelBlock block;
  const auto zeros = [](auto& pointer, std::size_t count) {
    using Value = std::remove_reference_t<decltype(pointer[0])>;
    pointer = hwy::AllocateAligned<Value>(count);
    std::fill_n(pointer.get(), count, Value{});
  };
  zeros(block.weights, layout.rows() * column_block);
  zeros(block.coefficients, (layout.lumps + 1) / 2 * Model::functionals * 64);
  zeros(block.parameters, Model::parameter_count * column_block);
  for (std::size_t c = 0; c < column_block; ++c) {
    set(block, Model::unsaturated, c, 1.0);
    set(block, Model::most_activity, c,
        c < columns ? -1.0 : 1.0);  // columns that only fill the block cause no fallback
  }
  return block;
}

/// Values that all columns of a tile share, found from a few of them. All columns use one stretch, so that
/// the remaining errors of the fits are alike on both sides of a differential pair.
struct TileFit {
  double limit = 1;  ///< activity of the highest level
  AverageColumn average;
  const Stretch* stretch = nullptr;
};

/// Solves up to four columns and calls `use` for each that has a solution.
template <typename Use>
void for_samples(ColumnSolver& solver, const Use& use) {
  const std::size_t columns = solver.tile.geometry().columns, samples = std::min<std::size_t>(4, columns);
  for (std::size_t k = 0; k < samples; ++k)
    if (solver.solve(k * columns / samples)) use();
}

TileFit fit_tile(const ProgrammedTile& tile, const LumpLayout& layout) {
  const std::size_t per_node = rows_per_node(layout), nodes = (layout.rows() + per_node - 1) / per_node;
  TileFit fit;
  // Levels beyond the domain would spoil the fits, so the least loaded column's domain limits the levels.
  for (int pass = 0; pass < 2; ++pass) {
    fit.average = average_column(tile, layout, nodes, activities(fit.limit));
    ColumnSolver solver(tile, layout, fit.limit, fit.average);
    double largest = 0;
    Levels slope_a{};
    for_samples(solver, [&] {
      largest = std::max(largest, trusted_activity(solver));
      for (std::size_t row = 0; row < layout.rows(); ++row)
        for (std::size_t l = 0; l < levels.size(); ++l) slope_a[l] += solver.weight_a(row, l);
    });
    fit.stretch = &smoothest(slope_a);
    if (pass > 0 || largest >= 1 || largest <= 0) break;
    fit.limit = std::min(1.0, 1.1 * largest);
  }
  return fit;
}

/// Collects the weights of the blocks, with the vectors to which they apply.
void collect_weights(double limit, ColumnModel& model) {
  const double rows = static_cast<double>(model.layout.rows());
  for (std::size_t k = 0; k < reference_levels.size(); ++k) {
    auto& list = model.weights.blocks.emplace_back();
    for (auto& block : model.blocks[k]) {
      // There may be millions of cells, so only one form is kept.
      if (matrix_tiles()) {
        block.packed.pack(block.weights.get(), model.layout.rows(), model.layout.lump_rows);
        block.weights.reset();
      }
      list.push_back({block.weights.get(), block.weights ? nullptr : &block.packed});
    }
    if (k + 1 < reference_levels.size())
      model.weights.below.push_back(static_cast<float>(
          rows * limit * std::sqrt(levels[reference_levels[k]] * levels[reference_levels[k + 1]])));
  }
}

}  // namespace

void ColumnModel::dismiss(std::size_t column) {
  for (auto& set_blocks : blocks)
    set(set_blocks[column / column_block], Model::most_activity, column % column_block, -1.0);
}

void ColumnModel::limit_shape(double share) {
  for (auto& set_blocks : blocks)
    for (auto& block : set_blocks)
      for (std::size_t column = 0; column < column_block; ++column)
        set(block, Model::most_shape, column, share);
}

void combine_chunk(const ColumnModel& model, const LumpChunk& chunk, ChunkSpace& space, bool noisy) {
  for (const auto& run : chunk.runs)
    combine_lumps(model.blocks[run.set][chunk.block], model.layout.lumps,
                  space.sums.get() + run.first * model.layout.lumps * column_block,
                  {chunk.order + run.first, run.count}, chunk.driven, space.i_a.get(),
                  noisy ? space.sigma_a.get() : nullptr);
}

ColumnModel make_column_model(const ProgrammedTile& tile, const LumpLayout& layout) {
  ColumnModel model;
  model.layout = layout;
  const std::size_t columns = tile.geometry().columns;
  model.blocks.resize(reference_levels.size());
  for (auto& blocks : model.blocks)
    for (std::size_t first = 0; first < columns; first += column_block)
      blocks.push_back(empty_block(layout, columns - first));
  const TileFit fit = fit_tile(tile, layout);
  std::atomic<std::size_t> without{0};
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, columns, 8), [&](const auto& range) {
    ColumnSolver solver(tile, layout, fit.limit, fit.average);
    for (std::size_t column = range.begin(); column < range.end(); ++column) {
      if (solver.solve(column) && fit_sets(solver, *fit.stretch, column, model)) continue;
      model.dismiss(column);
      ++without;
    }
  });
  model.exact_columns = without;
  collect_weights(fit.limit, model);
  return model;
}

}  // namespace irc::array
