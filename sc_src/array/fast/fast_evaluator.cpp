// SPDX-License-Identifier: Apache-2.0
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "batch.h"
#include "derived.h"
#include "exact/exact_column.h"
#include "fast/column_model.h"
#include "fast/finish.h"
#include "fast/model_check.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "lumps/lump_batch.h"
#include "prepare_once.h"

namespace irc::array {
namespace {

/// What the engine keeps with a tile.
struct FastModels {
  ByRange<ColumnModel> of_rows;
  // The columns' exact currents without any driven row, which no row group changes.
  std::once_flag off_once;
  std::vector<float> off_a;  ///< [column], filled up to whole blocks
};

struct Outside {
  std::size_t column, vector;
};

/// The result of one chunk of one block.
struct ChunkResult {
  double current_sum_a = 0;
  std::vector<Outside> outside;
};

class FastEvaluator final : public ColumnEvaluator {
 public:
  explicit FastEvaluator(const ExactOptions& fallback)
      : fallback_(fallback), exact_(make_exact_evaluator(fallback)), ideal_(make_ideal_evaluator()) {}
  std::string_view name() const override { return "fast"; }

  EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                           std::span<double> currents_a) const override {
    const auto& conditions = tile.conditions();
    // Without wires and clamp resistance the ideal sum is exact.
    if (conditions.r_bl_ohm == 0 && conditions.r_sl_ohm == 0 && conditions.r_clamp_ohm == 0)
      return ideal_->evaluate(tile, batch, rows, currents_a);
    check_batch(tile, batch, rows, currents_a);
    if (rows.begin == rows.end || batch.vectors == 0) return exact_->evaluate(tile, batch, rows, currents_a);
    const ColumnModel& model = model_of(tile, rows);
    if (model.trusted.empty()) return evaluate_exactly(tile, batch, rows, currents_a);
    const float* off_a = off_currents(tile);
    std::vector<ChunkResult> results(chunk_tasks(batch.vectors, model.blocks.front().size()));
    for_each_chunk(pool_, batch, model.layout, model.weights,
                   [&](std::size_t task, const LumpChunk& chunk, ChunkSpace& space) {
                     finish_chunk(tile, model, batch, chunk, space, off_a, currents_a, results[task]);
                   });
    EvaluationStats stats;
    // The vectors of each column that are outside the domain.
    std::vector<std::vector<std::size_t>> outside(tile.geometry().columns);
    for (const auto& result : results) {
      stats.current_sum_a += result.current_sum_a;
      stats.fallback_vectors += result.outside.size();
      for (const auto& place : result.outside) outside[place.column].push_back(place.vector);
    }
    stats.evaluated_by.engine_error = model.error;
    stats.evaluated_by.exact = stats.fallback_vectors;
    stats.evaluated_by.fast = batch.vectors * tile.geometry().columns - stats.fallback_vectors;
    if (stats.fallback_vectors > 0)
      stats.current_sum_a += evaluate_outside(tile, batch, rows, outside, currents_a);
    return stats;
  }

 private:
  const ColumnModel& model_of(const ProgrammedTile& tile, RowRange rows) const {
    return tile.derived().of<FastModels>().of_rows.of(rows, [&](ColumnModel& model) {
      model = make_column_model(tile, LumpLayout(rows.begin, rows.end));
      check_model(tile, fallback_, pool_, model);
    });
  }

  /// What the columns draw without any driven row, from the exact solver.
  const float* off_currents(const ProgrammedTile& tile) const {
    auto& models = tile.derived().of<FastModels>();
    prepare_once(models.off_once, [&] {
      const std::size_t columns = tile.geometry().columns, rows = tile.geometry().rows;
      models.off_a.assign((columns + column_block - 1) / column_block * column_block, 0.0f);
      if (!tile.nonidealities().off_leakage) return;
      const std::vector<std::uint64_t> none(words_for(rows));
      std::vector<double> off_a(columns);
      ExactOptions options = fallback_;
      options.read_noise = false;
      make_exact_evaluator(options)->evaluate(tile, {none.data(), none.size(), 1, 0}, {0, rows}, off_a);
      std::transform(off_a.begin(), off_a.end(), models.off_a.begin(),
                     [](double i_a) { return static_cast<float>(i_a); });
    });
    return models.off_a.data();
  }

  /// The model was right for no held-out vector, so the exact solver computes everything.
  EvaluationStats evaluate_exactly(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                                   std::span<double> currents_a) const {
    EvaluationStats stats = exact_->evaluate(tile, batch, rows, currents_a);
    stats.fallback_vectors = batch.vectors * tile.geometry().columns;
    return stats;
  }

  /// Passes the vectors outside the domain to the exact solver. Returns the sum of their currents.
  double evaluate_outside(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                          const std::vector<std::vector<std::size_t>>& outside,
                          std::span<double> currents_a) const {
    std::vector<double> sum_a(outside.size());
    tbb::parallel_for(std::size_t{0}, outside.size(), [&](std::size_t column) {
      const auto& vectors = outside[column];
      if (vectors.empty()) return;
      std::vector<double> found_a(vectors.size());
      sum_a[column] =
          evaluate_exact_column(tile, column, batch, rows, vectors, fallback_, found_a).current_sum_a;
      for (std::size_t v = 0; v < vectors.size(); ++v)
        currents_a[vectors[v] * outside.size() + column] = found_a[v];
    });
    return std::accumulate(sum_a.begin(), sum_a.end(), 0.0);
  }

  static void finish_chunk(const ProgrammedTile& tile, const ColumnModel& model, const WordLineBatch& batch,
                           const LumpChunk& chunk, ChunkSpace& space, const float* off_a,
                           std::span<double> currents_a, ChunkResult& result) {
    const bool noisy = has_read_noise(tile);
    combine_chunk(model, chunk, space, noisy);
    for (std::size_t v = 0; v < chunk.count; ++v)
      if (chunk.driven[v] == 0)
        std::copy_n(off_a + chunk.block * column_block, column_block, space.i_a.get() + v * column_block);
      else if (!model.trusted.contains(chunk.driven[v]))
        std::fill_n(space.i_a.get() + v * column_block, column_block,
                    std::numeric_limits<float>::quiet_NaN());
    const std::size_t columns = tile.geometry().columns, column = chunk.block * column_block;
    const std::size_t width = std::min(column_block, columns - column);
    alignas(64) double sums_a[column_block] = {};
    bool complete = true;
    for (std::size_t v = 0; v < chunk.count; v += step_vectors) {
      FinishBlock part{space.i_a.get() + v * column_block,
                       nullptr,
                       nullptr,
                       std::min(step_vectors, chunk.count - v),
                       width,
                       currents_a.data() + (chunk.first + v) * columns + column,
                       columns};
      if (noisy) {
        block_normals(tile, chunk.block, batch.first_read + chunk.first + v, part.vectors,
                      space.normals.get());
        part.sigma_a = space.sigma_a.get() + v * column_block;
        part.normals = space.normals.get();
      }
      complete = finish_currents(part, sums_a) && complete;
    }
    for (std::size_t c = 0; c < width; ++c) result.current_sum_a += sums_a[c];
    if (complete) return;
    for (std::size_t v = 0; v < chunk.count; ++v)
      for (std::size_t c = 0; c < width; ++c)
        if (std::isnan(space.i_a[v * column_block + c]))
          result.outside.push_back({column + c, chunk.first + v});
  }

  ExactOptions fallback_;
  std::unique_ptr<ColumnEvaluator> exact_, ideal_;
  mutable IndexPool pool_;
};

}  // namespace

std::unique_ptr<ColumnEvaluator> make_fast_evaluator(const ExactOptions& fallback) {
  return std::make_unique<FastEvaluator>(fallback);
}

}  // namespace irc::array
