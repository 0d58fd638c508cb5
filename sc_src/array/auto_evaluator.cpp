// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "derived.h"
#include "exact/exact_column.h"
#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/core/random.h"
#include "prepare_once.h"

namespace irc::array {
namespace {

constexpr std::size_t probe_vectors = 16, probe_columns = 4;
/// Fractions of driven rows between which the probes alternate: two that are typical of binary activations,
/// and two that load the column as much as a vector can.
constexpr std::size_t probe_kinds = 4;
constexpr double probe_activities[probe_kinds] = {0.1, 0.3, 0.6, 1.0};

/// The word lines of the probes. They are the same for every tile with this number of rows.
std::vector<std::uint64_t> probe_bits(std::size_t rows) {
  const CounterRandom random(rows, Stream::probe);
  const std::size_t words = words_for(rows);
  std::vector<std::uint64_t> bits(words * probe_vectors);
  for (std::size_t v = 0; v < probe_vectors; ++v)
    for (std::size_t row = 0; row < rows; ++row)
      if (random.uniform(v * rows + row) < probe_activities[v % probe_kinds])
        bits[v * words + row / 64] |= std::uint64_t{1} << (row % 64);
  return bits;
}

class AutoEvaluator final : public ColumnEvaluator {
 public:
  AutoEvaluator(double accuracy_budget, const ExactOptions& exact)
      : budget_(accuracy_budget),
        options_(exact),
        ideal_(make_ideal_evaluator()),
        fast_(make_fast_evaluator(exact)),
        exact_(make_exact_evaluator(exact)) {}
  std::string_view name() const override { return "auto"; }

  EvaluationStats evaluate(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                           std::span<double> currents_a) const override {
    const auto* chosen = tile.derived().of<Choices>().of(
        rows, [&](const ColumnEvaluator*& choice) { choice = &choose(tile, rows); });
    return chosen->evaluate(tile, batch, rows, currents_a);
  }

 private:
  using Choices = ByRange<const ColumnEvaluator*>;

  /// Returns the cheapest evaluator whose probes are within the budget.
  const ColumnEvaluator& choose(const ProgrammedTile& tile, RowRange rows) const {
    if (rows.begin == rows.end) return *ideal_;
    const auto bits = probe_bits(tile.geometry().rows);
    const WordLineBatch probes{bits.data(), words_for(tile.geometry().rows), probe_vectors, 0};
    const std::size_t columns = tile.geometry().columns, samples = std::min(probe_columns, columns);
    std::vector<std::size_t> vectors(probe_vectors);
    for (std::size_t v = 0; v < probe_vectors; ++v) vectors[v] = v;
    std::vector<std::vector<double>> truth_a(samples, std::vector<double>(probe_vectors));
    for (std::size_t k = 0; k < samples; ++k)
      evaluate_exact_column(tile, k * columns / samples, probes, rows, vectors, options_, truth_a[k]);
    std::vector<double> found_a(probe_vectors * columns);
    for (const auto* evaluator : {ideal_.get(), fast_.get()}) {
      evaluator->evaluate(tile, probes, rows, found_a);
      double square[probe_kinds] = {};
      for (std::size_t k = 0; k < samples; ++k)
        for (std::size_t v = 0; v < probe_vectors; ++v) {
          const double error = found_a[v * columns + k * columns / samples] / truth_a[k][v] - 1;
          square[v % probe_kinds] += error * error;
        }
      // Every activity must be within the budget by itself. In a column without any current the deviation is
      // NaN, which fails the test, so the exact solver takes it.
      const double most = budget_ * budget_ * static_cast<double>(samples * probe_vectors / probe_kinds);
      if (std::all_of(std::begin(square), std::end(square), [&](double sum) { return sum <= most; }))
        return *evaluator;
    }
    return *exact_;
  }

  double budget_;
  ExactOptions options_;
  std::unique_ptr<ColumnEvaluator> ideal_, fast_, exact_;
};

}  // namespace

std::unique_ptr<ColumnEvaluator> make_auto_evaluator(double accuracy_budget, const ExactOptions& exact) {
  if (!(accuracy_budget > 0))
    throw InputError("auto evaluator: accuracy budget " + std::to_string(accuracy_budget) +
                     ", expected a relative error above 0");
  return std::make_unique<AutoEvaluator>(accuracy_budget, exact);
}

}  // namespace irc::array
