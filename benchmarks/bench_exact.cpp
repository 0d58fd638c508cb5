// SPDX-License-Identifier: Apache-2.0
// Measures the time of the exact solver per column and vector at the robust preset's working point, in one
// thread.
#include <benchmark/benchmark.h>

#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/random.h"

namespace {

using namespace irc;
using namespace irc::array;

constexpr std::size_t columns = 4, vectors = 64;

ProgrammedTile make_tile(std::size_t rows) {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.60;  // configs/robust.toml
  const CounterRandom random(1, Stream::test);
  std::vector<CellState> states(rows * columns);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] = random.uniform(i) < 0.3 ? CellState::lrs : CellState::hrs;
  return {{rows, columns}, states, card, conditions, {}, {}};
}

std::vector<std::uint64_t> make_vectors(std::size_t rows, double activity) {
  const CounterRandom random(2, Stream::test);
  std::vector<std::uint64_t> bits(words_for(rows) * vectors);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t row = 0; row < rows; ++row)
      if (random.uniform(v * rows + row) < activity)
        bits[v * words_for(rows) + row / 64] |= std::uint64_t{1} << (row % 64);
  return bits;
}

/// Arguments: rows, percent of rows driven.
void exact(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto tile = make_tile(rows);
  const auto bits = make_vectors(rows, 0.01 * static_cast<double>(state.range(1)));
  ExactOptions options;
  options.parallel = false;
  const auto evaluator = make_exact_evaluator(options);
  std::vector<double> currents_a(vectors * columns);
  EvaluationStats stats;
  const WordLineBatch batch{bits.data(), words_for(rows), vectors, 0};
  evaluator->evaluate(tile, batch, {0, rows}, currents_a);  // prepares the columns' starting points
  for (auto _ : state) stats = evaluator->evaluate(tile, batch, {0, rows}, currents_a);
  constexpr auto pairs = static_cast<double>(columns * vectors);
  state.counters["per_column_and_vector"] =
      benchmark::Counter(pairs, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["newton_iterations"] = static_cast<double>(stats.newton_iterations) / pairs;
}

BENCHMARK(exact)
    ->ArgNames({"rows", "percent"})
    ->ArgsProduct({{1152, 4608}, {18}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(exact)
    ->ArgNames({"rows", "percent"})
    ->ArgsProduct({{4608}, {2, 10, 30, 60, 100}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
