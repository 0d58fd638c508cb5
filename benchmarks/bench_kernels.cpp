// SPDX-License-Identifier: Apache-2.0
// Measures the time of the ideal and fast evaluators by rows, bit lines and vectors, at the robust preset's
// working point.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/instruction_set.h"
#include "irc/core/random.h"

namespace {

using namespace irc;
using namespace irc::array;

ProgrammedTile make_tile(std::size_t rows, std::size_t columns, bool read_noise) {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.60;  // configs/robust.toml
  device::Nonidealities nonidealities;
  nonidealities.read_noise = read_noise;
  const CounterRandom random(1, Stream::test);
  std::vector<CellState> states(rows * columns);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] = random.uniform(i) < 0.27 ? CellState::lrs : CellState::hrs;
  return {{rows, columns}, states, card, conditions, nonidealities, {}};
}

/// Arguments: rows, bit lines, vectors, index in instruction_sets().
void evaluate(benchmark::State& state, const char* name, bool read_noise) {
  const auto sets = instruction_sets();
  const std::string& set = sets[static_cast<std::size_t>(state.range(3))];
  state.SetLabel(set);
  limit_instruction_set(set);
  const auto rows = static_cast<std::size_t>(state.range(0)),
             columns = static_cast<std::size_t>(state.range(1)),
             vectors = static_cast<std::size_t>(state.range(2));
  const auto tile = make_tile(rows, columns, read_noise);
  const CounterRandom random(2, Stream::test);
  std::vector<std::uint64_t> bits(words_for(rows) * vectors);
  for (auto& word : bits) {
    const auto index = static_cast<std::uint64_t>(&word - bits.data());
    word = random.bits(2 * index) & random.bits(2 * index + 1);
  }
  const WordLineBatch batch{bits.data(), words_for(rows), vectors, 0};
  const auto evaluator = make_evaluator(name);
  std::vector<double> currents_a(vectors * columns);
  evaluator->evaluate(tile, batch, {0, rows}, currents_a);
  for (auto _ : state) evaluator->evaluate(tile, batch, {0, rows}, currents_a);
  limit_instruction_set({});
  state.counters["MAC/s"] = benchmark::Counter(static_cast<double>(rows * columns * vectors),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "bit_lines", "vectors", "set"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int vectors : {16, 128, 1024, 4096}) b->Args({4608, 256, vectors, 0});
  for (const int rows : {144, 288, 576, 1152, 2304, 4608}) b->Args({rows, 256, 1024, 0});
  for (const int columns : {32, 64, 128, 512, 1024}) b->Args({1152, columns, 1024, 0});
  const auto sets = static_cast<int>(instruction_sets().size());
  for (int set = 1; set < sets; ++set) b->Args({4608, 256, 4096, set});
}

BENCHMARK_CAPTURE(evaluate, ideal, "ideal", false)->Apply(shapes);
BENCHMARK_CAPTURE(evaluate, fast, "fast", false)->Apply(shapes);
BENCHMARK_CAPTURE(evaluate, fast_with_read_noise, "fast", true)->Apply(shapes);

}  // namespace
