// SPDX-License-Identifier: Apache-2.0
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "batch.h"
#include "column_model.h"
#include "derived.h"
#include "exact_column.h"
#include "irc/array/evaluator.h"
#include "irc/core/error.h"

namespace irc::array {
namespace {

/// Vectors whose sums of one block of columns stay in the second-level cache.
constexpr std::size_t chunk_vectors = 1024;
/// Vectors indexed at once.
constexpr std::size_t batch_vectors = 4 * chunk_vectors;

/// Bits set in [begin, end).
std::size_t count_driven(const std::uint64_t* words, std::size_t begin, std::size_t end) {
  std::size_t count = 0;
  for (std::size_t bit = begin; bit < end;) {
    const std::size_t take = std::min<std::size_t>(64 - bit % 64, end - bit);
    const std::uint64_t mask = take == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << take) - 1;
    count += static_cast<std::size_t>(std::popcount((words[bit / 64] >> (bit % 64)) & mask));
    bit += take;
  }
  return count;
}

/// What one thread needs for one chunk of one block; kept between calls.
struct Workspace {
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> sums =
      hwy::AllocateAligned<std::uint16_t>(max_lumps * chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> i_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> sigma_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
};

Workspace& workspace() {
  thread_local Workspace space;
  return space;
}

struct Outside {
  std::size_t column, vector;
};

/// What came of one chunk of one block.
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
    // Without wires and clamp the sum is all there is.
    if (conditions.r_bl_ohm == 0 && conditions.r_sl_ohm == 0 && conditions.r_clamp_ohm == 0)
      return ideal_->evaluate(tile, batch, rows, currents_a);
    check_batch(tile, batch, rows, currents_a);
    EvaluationStats stats;
    if (rows.begin == rows.end || batch.vectors == 0) return exact_->evaluate(tile, batch, rows, currents_a);
    const ColumnModel& model = model_of(tile, rows);
    for (std::size_t first = 0; first < batch.vectors; first += batch_vectors) {
      WordLineBatch part = batch;
      part.bits += first * batch.words_per_vector;
      part.vectors = std::min(batch_vectors, batch.vectors - first);
      part.first_read += first;
      evaluate_part(tile, model, part, rows, currents_a.subspan(first * tile.geometry().columns), stats);
    }
    return stats;
  }

 private:
  static const ColumnModel& model_of(const ProgrammedTile& tile, RowRange rows) {
    FastModels& models = tile.derived().fast;
    FastModels::Entry* entry = nullptr;
    {
      const std::lock_guard lock(models.mutex);
      auto& place = models.entries[{rows.begin, rows.end}];
      if (!place) place = std::make_unique<FastModels::Entry>();
      entry = place.get();
    }
    std::call_once(entry->once,
                   [&] { entry->model = make_column_model(tile, LumpLayout(rows.begin, rows.end)); });
    return entry->model;
  }

  void evaluate_part(const ProgrammedTile& tile, const ColumnModel& model, const WordLineBatch& batch,
                     RowRange rows, std::span<double> currents_a, EvaluationStats& stats) const {
    const LumpLayout& layout = model.layout;
    const std::size_t chunks = (batch.vectors + chunk_vectors - 1) / chunk_vectors;
    LumpIndex index(layout, best_group(std::min(batch.vectors, chunk_vectors)), batch.vectors);
    std::vector<float> driven(batch.vectors);
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, batch.vectors, 128), [&](const auto& range) {
      const std::uint64_t* bits = batch.bits + range.begin() * batch.words_per_vector;
      index.fill(bits, batch.words_per_vector, range.begin(), range.size());
      for (std::size_t v = range.begin(); v < range.end(); ++v)
        driven[v] = static_cast<float>(
            count_driven(batch.bits + v * batch.words_per_vector, layout.begin, layout.end));
    });
    std::vector<ChunkResult> results(chunks * model.blocks.size());
    tbb::parallel_for(std::size_t{0}, results.size(), [&](std::size_t task) {
      const std::size_t block = task / chunks, first = task % chunks * chunk_vectors;
      evaluate_chunk(tile, model, block, batch, index, driven, first,
                     std::min(chunk_vectors, batch.vectors - first), currents_a, results[task]);
    });
    std::vector<std::vector<std::size_t>> outside(tile.geometry().columns);  // vectors of each column
    for (const auto& result : results) {
      stats.current_sum_a += result.current_sum_a;
      stats.fallback_vectors += result.outside.size();
      for (const auto& place : result.outside) outside[place.column].push_back(place.vector);
    }
    stats.current_sum_a += evaluate_outside(tile, batch, rows, outside, currents_a);
  }

  /// Hands what the model does not cover to the exact solver; returns the sum of its currents.
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

  void evaluate_chunk(const ProgrammedTile& tile, const ColumnModel& model, std::size_t block,
                      const WordLineBatch& batch, const LumpIndex& index, const std::vector<float>& driven,
                      std::size_t first, std::size_t count, std::span<double> currents_a,
                      ChunkResult& result) const {
    Workspace& space = workspace();
    const bool noisy = has_read_noise(tile);
    lump_sums(index, model.blocks[block].weights.get(), first, count, space.sums.get());
    combine_lumps(model.blocks[block], model.layout.lumps, space.sums.get(), count, driven.data() + first,
                  space.i_a.get(), noisy ? space.sigma_a.get() : nullptr);
    const std::size_t columns = tile.geometry().columns, column = block * column_block;
    const std::size_t width = std::min(column_block, columns - column);
    for (std::size_t v = 0; v < count; ++v) {
      double* out = currents_a.data() + (first + v) * columns + column;
      for (std::size_t c = 0; c < width; ++c) {
        double current_a = space.i_a[v * column_block + c];
        if (noisy)
          current_a += double{space.sigma_a[v * column_block + c]} *
                       tile.read_noise_normal(column + c, batch.first_read + first + v);
        if (std::isnan(current_a)) {
          result.outside.push_back({column + c, first + v});
          continue;
        }
        out[c] = current_a;
        result.current_sum_a += current_a;
      }
    }
  }

  ExactOptions fallback_;
  std::unique_ptr<ColumnEvaluator> exact_, ideal_;
};

}  // namespace

std::unique_ptr<ColumnEvaluator> make_fast_evaluator(const ExactOptions& fallback) {
  return std::make_unique<FastEvaluator>(fallback);
}

}  // namespace irc::array
