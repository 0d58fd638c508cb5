// SPDX-License-Identifier: Apache-2.0
#include "fast/model_check.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "cell/cell_bounds.h"
#include "exact/exact_column.h"
#include "fast/held_out.h"
#include "irc/core/bits.h"
#include "irc/core/random.h"

namespace irc::array {
namespace {

/// How strictly a model is judged. A held-out vector is right if it deviates by at most `tolerance`, or by
/// `shaped_tolerance` if it drives only a part of the column, which leaves a margin to the bound of 5 % that
/// `irc validate engine --sweep` holds every vector to. If a sampled column deviates by more than
/// `suspicious`, all columns of the tile are checked.
struct Strictness {
  double tolerance, shaped_tolerance, suspicious;
};
/// Where one cell alone loads the wires noticeably, vectors differ more from each other than where many cells
/// share the load, and the held-out vectors represent the others less well.
constexpr Strictness usual = {0.012, 0.01, 0.009}, strict = {0.006, 0.008, 0.0025};
/// The drop at the far end of the wires, relative to the clamp voltage, that one of the cells causes that
/// carry the current. An expansion about the expected ladder needs many cells that share the drop, so it is
/// not tried above the first value. Above the second, the strict judgement applies, and above the third, all
/// columns are checked.
constexpr double most_cell_drop = 0.1, strict_cell_drop = 0.004, noticeable_cell_drop = 0.015;
/// The same for the drop that all cells together would cause if the load did not limit their currents. Above
/// the first value, even sparse vectors lose most of their current.
constexpr double most_drop = 30, strict_drop = 2, noticeable_drop = 1;
struct Load {
  double cell_drop = 0, drop = 0;
};
/// Limits of the shape's share of a current that are tried: the usual one first, then stricter ones, under
/// which the model hands unusual shapes over and serves the usual ones.
constexpr std::array<double, 4> shape_limits = {0.07, 0.03, 0.012, 0.005};
/// A full check of a tile that passes without suspicion would cost more than its preparation.
constexpr std::size_t columns_per_sample = 16, least_samples = 6, group_samples = 3;

/// The model's currents, [vector][columns of all blocks], without noise; NaN outside the model's domain.
std::vector<float> model_currents(const WordLineBatch& batch, IndexPool& pool, const ColumnModel& model) {
  const std::size_t width = model.blocks.front().size() * column_block;
  std::vector<float> out(batch.vectors * width);
  for_each_chunk(pool, batch, model.layout, model.weights,
                 [&](std::size_t, const LumpChunk& chunk, ChunkSpace& space) {
                   combine_chunk(model, chunk, space, false);
                   for (std::size_t v = 0; v < chunk.count; ++v)
                     std::copy_n(space.i_a.get() + v * column_block, column_block,
                                 out.data() + (chunk.first + v) * width + chunk.block * column_block);
                 });
  return out;
}

/// Dismisses every column whose current does not rise with uniform activity. The ramp takes the sums that a
/// vector with this share of every lump would have, so it also meets columns that no held-out vector checks.
class Ramp {
 public:
  Ramp(IndexPool& pool, const ProgrammedTile& tile) : pool_(pool), tile_(tile) {}

  void run(ColumnModel& model) const {
    const std::size_t blocks = model.blocks.front().size(), columns = tile_.geometry().columns;
    std::vector<char> wrong(blocks * column_block);
    const auto whole = whole_sums(model);
    tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t block) { run(model, whole, block, wrong); });
    for (std::size_t column = 0; column < columns; ++column)
      if (wrong[column] != 0) {
        model.dismiss(column);
        ++model.exact_columns;
      }
  }

 private:
  static constexpr std::size_t steps = 32;
  /// Neighbouring sets of weights do not agree better than this.
  static constexpr double slack = 0.005;

  /// The sums of every lump when all rows are driven, [set][block][lump][32].
  std::vector<std::uint16_t> whole_sums(const ColumnModel& model) const {
    const std::size_t blocks = model.blocks.front().size(), lumps = model.layout.lumps;
    std::vector<std::uint64_t> bits(words_for(tile_.geometry().rows), ~std::uint64_t{0});
    const std::uint32_t order = 0;
    auto index = pool_.take();
    index->prepare(model.layout, 1, 1);
    index->fill(bits.data(), bits.size(), {&order, 1}, 0, 1);
    auto sums = hwy::AllocateAligned<std::uint16_t>(max_lumps * column_block);
    std::vector<std::uint16_t> out;
    for (const auto& set : model.weights.blocks)
      for (std::size_t block = 0; block < blocks; ++block) {
        index->sum(set[block], 0, 1, sums.get());
        out.insert(out.end(), sums.get(), sums.get() + lumps * column_block);
      }
    pool_.give_back(std::move(index));
    return out;
  }

  void run(const ColumnModel& model, const std::vector<std::uint16_t>& whole, std::size_t block,
           std::vector<char>& wrong) const {
    const std::size_t lumps = model.layout.lumps, blocks = model.blocks.front().size();
    auto sums = hwy::AllocateAligned<std::uint16_t>(lumps * column_block);
    auto i_a = hwy::AllocateAligned<float>(column_block);
    std::array<float, column_block> before_a{};
    for (std::size_t step = 0; step < steps; ++step) {
      const double root = static_cast<double>(step + 1) / steps, share = root * root;
      const auto driven = static_cast<float>(share * static_cast<double>(model.layout.rows()));
      const std::size_t set = model.weights.set_of(driven);
      const std::uint16_t* all = whole.data() + (set * blocks + block) * lumps * column_block;
      for (std::size_t k = 0; k < lumps * column_block; ++k)
        sums[k] = static_cast<std::uint16_t>(share * all[k] + 0.5);
      const std::uint32_t vector = 0;
      combine_lumps(model.blocks[set][block], lumps, sums.get(), {&vector, 1}, &driven, i_a.get(), nullptr);
      for (std::size_t c = 0; c < column_block; ++c) {
        if (std::isnan(i_a[c])) continue;  // outside the domain
        if (!(double{i_a[c]} >= (1 - slack) * double{before_a[c]}) || !std::isfinite(i_a[c]))
          wrong[block * column_block + c] = 1;
        before_a[c] = i_a[c];
      }
    }
  }

  IndexPool& pool_;
  const ProgrammedTile& tile_;
};

/// Values of one column, [held-out vector].
using HeldOutValues = std::vector<double>;

/// The check of one model.
class ModelCheck {
 public:
  ModelCheck(const ProgrammedTile& tile, const ExactOptions& exact, IndexPool& pool, const Load& load,
             ColumnModel& model)
      : tile_(tile),
        exact_(without_noise(exact)),
        pool_(pool),
        load_(load),
        limits_(must_be_strict(tile, load, model) ? strict : usual),
        model_(model),
        vectors_(tile.geometry().rows, {model.layout.begin, model.layout.end}, is_loaded() ? 2 : 1),
        all_(vectors_.count()) {
    std::iota(all_.begin(), all_.end(), std::size_t{0});
  }

  void run() {
    const auto samples = sampled_columns();
    const auto truth = truth_of(samples);
    std::vector<HeldOutValues> deviations = choose_shape_limit(samples, truth);
    if (model_.trusted.empty()) return;
    const std::size_t columns = tile_.geometry().columns;
    if (samples.size() == columns || (!is_loaded() && !is_suspicious(deviations))) {
      for (std::size_t k = 0; k < samples.size(); ++k) judge(samples[k], deviations[k]);
      return;
    }
    std::vector<std::size_t> every(columns);
    std::iota(every.begin(), every.end(), std::size_t{0});
    deviations = deviations_of(every, truth_of(every));
    std::size_t wrong = 0;
    for (std::size_t column = 0; column < columns; ++column) wrong += !judge(column, deviations[column]);
    // Where most columns are wrong, the others are right by chance.
    if (2 * wrong > columns) model_.trusted = {};
  }

 private:
  /// A row group has little load of its own, but its cells see what the whole column's wires do to them.
  static bool must_be_strict(const ProgrammedTile& tile, const Load& load, const ColumnModel& model) {
    return model.layout.rows() < tile.geometry().rows || load.cell_drop > strict_cell_drop ||
           load.drop > strict_drop;
  }
  bool is_loaded() const { return load_.cell_drop > noticeable_cell_drop || load_.drop > noticeable_drop; }

  /// Noise is a sample of the current and no error of the model.
  static ExactOptions without_noise(ExactOptions options) {
    options.read_noise = false;
    return options;
  }

  /// The exact currents of one column, and the floor of its deviations.
  struct Truth {
    HeldOutValues i_a;
    double floor_a = 0;
  };

  /// Columns at equal distances. Row groups take different columns, so that together they cover the tile.
  std::vector<std::size_t> sampled_columns() const {
    const std::size_t columns = tile_.geometry().columns, rows = model_.layout.rows();
    const std::size_t tile_rows = tile_.geometry().rows;
    const std::size_t of_whole = std::max(least_samples, columns / columns_per_sample);
    const std::size_t samples =
        std::min(columns, std::max(group_samples, (of_whole * rows + tile_rows - 1) / tile_rows));
    const std::size_t first = model_.layout.begin / rows;
    std::vector<std::size_t> out(samples);
    for (std::size_t k = 0; k < samples; ++k) out[k] = (first + k * columns / samples) % columns;
    return out;
  }

  std::vector<Truth> truth_of(const std::vector<std::size_t>& columns) const {
    const RowRange rows{model_.layout.begin, model_.layout.end};
    std::vector<Truth> out(columns.size());
    tbb::parallel_for(std::size_t{0}, columns.size(), [&](std::size_t k) {
      out[k].i_a.resize(vectors_.count());
      evaluate_exact_column(tile_, columns[k], vectors_.batch(), rows, all_, exact_, out[k].i_a);
      out[k].floor_a = deviation_floor_a(tile_, columns[k], rows);
    });
    return out;
  }

  /// Deviations from the exact solver, negative outside the model's domain.
  std::vector<HeldOutValues> deviations_of(const std::vector<std::size_t>& columns,
                                           const std::vector<Truth>& truth) const {
    const std::size_t width = model_.blocks.front().size() * column_block;
    const auto found = model_currents(vectors_.batch(), pool_, model_);
    std::vector<HeldOutValues> out(columns.size(), HeldOutValues(vectors_.count()));
    for (std::size_t k = 0; k < columns.size(); ++k)
      for (std::size_t v = 0; v < vectors_.count(); ++v) {
        const double found_a = double{found[v * width + columns[k]]}, true_a = truth[k].i_a[v];
        out[k][v] =
            std::isnan(found_a) ? -1 : std::abs(found_a - true_a) / std::max(true_a, truth[k].floor_a);
      }
    return out;
  }

  /// Finds the limit of the shape's share with which the model serves the most vectors that are spread over
  /// the whole column, and sets it together with the trusted range. Returns the deviations under this limit.
  std::vector<HeldOutValues> choose_shape_limit(const std::vector<std::size_t>& samples,
                                                const std::vector<Truth>& truth) {
    std::size_t most_served = 0, spread = 0;
    for (std::size_t v = 0; v < vectors_.count(); ++v) spread += HeldOutVectors::part(v) == Part::everywhere;
    double best = shape_limits.front();
    for (const double limit : shape_limits) {
      model_.limit_shape(limit);
      const TrustedRange range = trusted_range(deviations_of(samples, truth));
      std::size_t served = 0;
      for (std::size_t v = 0; v < vectors_.count(); ++v)
        served += HeldOutVectors::part(v) == Part::everywhere && range.contains(vectors_.driven[v]);
      if (served > most_served) {
        most_served = served;
        best = limit;
      }
      if (served == spread || !has_shape(model_.layout.lumps)) break;
    }
    model_.limit_shape(best);
    auto deviations = deviations_of(samples, truth);
    model_.trusted = trusted_range(deviations);
    return deviations;
  }

  /// The longest run of driven-row counts over which no sampled column is wrong. It begins and ends with
  /// vectors that prove something.
  TrustedRange trusted_range(const std::vector<HeldOutValues>& deviations) const {
    std::vector<std::size_t> order = all_;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return vectors_.driven[a] < vectors_.driven[b]; });
    std::size_t best = 0, best_end = 0;
    for (std::size_t begin = 0; begin < order.size();) {
      std::size_t end = begin;
      while (end < order.size() && is_right(order[end], deviations)) ++end;
      if (end - begin > best_end - best) {
        best = begin;
        best_end = end;
      }
      begin = end + 1;
    }
    // With wrong vectors on both sides, the run is right by chance.
    if (best > 0 && best_end < order.size()) return {};
    // Next to a wrong vector, others of its kind would be wrong, too.
    if (best > 0) ++best;
    if (best_end < order.size() && best_end > 0) --best_end;
    while (best < best_end && !proves(order[best], deviations)) ++best;
    while (best < best_end && !proves(order[best_end - 1], deviations)) --best_end;
    if (best >= best_end) return {};
    TrustedRange out{vectors_.driven[order[best]], vectors_.driven[order[best_end - 1]]};
    // A wrong vector with as many driven rows as a right one makes this number untrusted.
    if (best > 0 && vectors_.driven[order[best - 1]] == out.least_driven) out.least_driven += 1;
    if (best_end < order.size() && vectors_.driven[order[best_end]] == out.most_driven) out.most_driven -= 1;
    return out;
  }

  /// Whether the model itself serves at least half of the sampled columns for a vector.
  bool proves(std::size_t vector, const std::vector<HeldOutValues>& deviations) const {
    std::size_t inside = 0;
    for (const auto& d : deviations) inside += d[vector] >= 0;
    return 2 * inside >= deviations.size();
  }

  /// Whether no sampled column is wrong for a held-out vector. One that is spread over the whole column must
  /// also prove something; shapes that the model hands over are left to it.
  bool is_right(std::size_t vector, const std::vector<HeldOutValues>& deviations) const {
    for (const auto& d : deviations)
      if (d[vector] > tolerance(vector)) return false;
    return HeldOutVectors::part(vector) != Part::everywhere || proves(vector, deviations);
  }

  bool is_suspicious(const std::vector<HeldOutValues>& deviations) const {
    for (const auto& d : deviations)
      for (const double deviation : d)
        if (deviation > limits_.suspicious) return true;
    return false;
  }

  /// Dismisses a column that is wrong within the trusted range, or that hands most of this range over itself,
  /// and returns false.
  bool judge(std::size_t column, const HeldOutValues& deviations) {
    double largest = 0;
    std::size_t inside = 0, all = 0;
    bool right = true;
    for (std::size_t v = 0; v < vectors_.count(); ++v) {
      if (!model_.trusted.contains(vectors_.driven[v])) continue;
      right = right && deviations[v] <= tolerance(v);
      largest = std::max(largest, deviations[v]);
      if (HeldOutVectors::part(v) != Part::everywhere) continue;
      ++all;
      inside += deviations[v] >= 0;
    }
    if (right && 2 * inside >= all) {
      model_.error = std::max(model_.error, largest);
      return true;
    }
    model_.dismiss(column);
    ++model_.exact_columns;
    return false;
  }

  double tolerance(std::size_t vector) const {
    return HeldOutVectors::part(vector) == Part::everywhere ? limits_.tolerance : limits_.shaped_tolerance;
  }

  const ProgrammedTile& tile_;
  ExactOptions exact_;
  IndexPool& pool_;
  Load load_;
  Strictness limits_;
  ColumnModel& model_;
  HeldOutVectors vectors_;
  std::vector<std::size_t> all_;
};

/// See `most_cell_drop` and `most_drop`.
Load load_of(const ProgrammedTile& tile, const LumpLayout& layout) {
  const auto& conditions = tile.conditions();
  const std::size_t columns = tile.geometry().columns, samples = std::min<std::size_t>(4, columns);
  const std::size_t source_rows =
      conditions.ground == SourceLineGround::top ? layout.end : tile.geometry().rows - layout.begin;
  const double path_ohm = conditions.r_clamp_ohm + static_cast<double>(layout.end) * conditions.r_bl_ohm +
                          static_cast<double>(source_rows) * conditions.r_sl_ohm;
  const double scale = path_ohm / conditions.v_bl_v / static_cast<double>(samples);
  Load out;
  for (std::size_t k = 0; k < samples; ++k) {
    const auto cells = unloaded_cells(tile, k * columns / samples, {layout.begin, layout.end});
    out.cell_drop += cells.carrying_a * scale;
    out.drop += cells.mean_a * static_cast<double>(layout.rows()) * scale;
  }
  return out;
}

}  // namespace

void check_model(const ProgrammedTile& tile, const ExactOptions& exact, IndexPool& pool, ColumnModel& model) {
  const Load load = load_of(tile, model.layout);
  if (load.cell_drop > most_cell_drop || load.drop > most_drop) return;
  Ramp(pool, tile).run(model);
  ModelCheck(tile, exact, pool, load, model).run();
}

}  // namespace irc::array
