// SPDX-License-Identifier: Apache-2.0
// Property: the results of a random configuration have the same bits on every instruction set of this
// machine, forced by name.
#include <algorithm>
#include <sstream>
#include "support/catch.h"

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/instruction_set.h"
#include "irc/macro/macro.h"
#include "irc/network/reference.h"
#include "irc/platform/config.h"
#include "random_graph.h"

using namespace irc;

namespace {

using network::test::Draw;

constexpr std::uint64_t configurations = 8;

struct NoLimit {
  NoLimit() = default;
  NoLimit(const NoLimit&) = delete;
  NoLimit& operator=(const NoLimit&) = delete;
  ~NoLimit() { limit_instruction_set({}); }
};

/// Values of a configuration over most of their ranges. The engine is any but `auto`, which chooses among the
/// others.
std::vector<std::string> random_overrides(Draw& draw) {
  static constexpr const char* cards[] = {"default", "robust_28nm", "low_ratio"};
  static constexpr const char* mappings[] = {"ternary", "binary_differential", "binary_reference"};
  const auto one_of = [&](const auto& words) {
    return std::string(
        words[static_cast<std::size_t>(draw.between(0, static_cast<int>(std::size(words)) - 1))]);
  };
  const auto real = [&](double low, double high) {
    return std::to_string(low + (high - low) * draw.uniform());
  };
  const auto pairs = std::to_string(draw.between(2, 12));
  std::vector<std::string> out = {
      "array.rows=" + std::to_string(draw.between(16, 400)),
      "array.column_pairs=" + pairs,
      "array.amplifiers=" + pairs,
      "array.mapping=" + one_of(mappings),
      "array.v_wl_v=" + real(0.45, 0.9),
      "array.r_bl_ohm=" + real(0, 2),
      "array.r_sl_ohm=" + real(0, 2),
      "array.bias=source",
      "array.bias_rows=8",
      "nonidealities.all=" + std::string(draw.between(0, 1) == 0 ? "true" : "false")};
  if (draw.between(0, 1) == 0) out.push_back("array.source_line_ground=top");
  if (draw.between(0, 2) == 0) {
    out.insert(out.end(), {"sense.kind=multi_bit", "sense.bits=" + std::to_string(draw.between(2, 7)),
                           "sense.level_units=" + std::to_string(draw.between(1, 4))});
    std::replace(out.begin(), out.end(), std::string("array.bias=source"), std::string("array.bias=digital"));
  }
  out.push_back("technology.card=" + one_of(cards));
  return out;
}

struct Stimulus {
  std::size_t rows, columns;
  std::vector<array::CellState> states;
  std::size_t words, vectors;
  std::vector<std::uint64_t> word_lines;  ///< [vector][word]

  Stimulus(const macro::MacroConfig& config, Draw& draw, int most_vectors)
      : rows(config.geometry.rows),
        columns(2 * config.geometry.column_pairs),
        states(rows * columns),
        words(words_for(rows)),
        vectors(static_cast<std::size_t>(draw.between(1, most_vectors))),
        word_lines(vectors * words) {
    const double low = draw.uniform(), active = draw.uniform();
    for (auto& state : states) state = draw.uniform() < low ? array::CellState::lrs : array::CellState::hrs;
    for (std::size_t v = 0; v < vectors; ++v)
      for (std::size_t r = 0; r < rows; ++r)
        if (draw.uniform() < active) word_lines[v * words + r / 64] |= std::uint64_t{1} << (r % 64);
  }
};

/// The currents of a fresh tile, because a tile keeps what was prepared for an instruction set.
std::vector<double> currents(const array::ColumnEvaluator& evaluator, const macro::MacroConfig& config,
                             const Stimulus& in) {
  const array::ProgrammedTile tile({in.rows, in.columns}, in.states, config.card, config.conditions,
                                   config.nonidealities, {config.chip_seed, 0, 0, 0, 0});
  std::vector<double> out(in.vectors * in.columns);
  evaluator.evaluate(tile, {in.word_lines.data(), in.words, in.vectors, 5}, {0, in.rows}, out);
  return out;
}

/// The readouts of a macro with its amplifiers, for the first vectors.
std::vector<std::int32_t> readouts(const macro::MacroConfig& config, const Stimulus& in) {
  macro::Macro macro(config, 0);
  macro.trim();
  std::vector<std::uint8_t> cells((in.rows * in.columns + 7) / 8);
  for (std::size_t i = 0; i < in.states.size(); ++i)
    if (in.states[i] == array::CellState::lrs)
      cells[i / 8] = static_cast<std::uint8_t>(cells[i / 8] | 1u << (i % 8));
  macro.program({in.rows, 0, in.columns}, cells);
  const auto& g = config.geometry;
  const bool source = g.bias == mapping::BiasPlacement::source;
  std::vector<std::int32_t> out, one(g.amplifiers);
  const std::size_t outputs = config.reference_scheme() ? in.columns - 2 : g.column_pairs;
  for (std::size_t v = 0; v < std::min<std::size_t>(in.vectors, 8); ++v) {
    const std::span lines(in.word_lines.data() + v * in.words, in.words);
    for (std::size_t line = 0; line < outputs; line += g.amplifiers) {
      macro.read({lines, {0, in.rows}, v, 0}, {line, std::min(g.amplifiers, outputs - line), source}, one);
      out.insert(out.end(), one.begin(), one.end());
    }
  }
  return out;
}

}  // namespace

TEST_CASE("currents and readouts of random configurations have the same bits on every instruction set") {
  const NoLimit restore;
  for (std::uint64_t seed = 1; seed <= configurations; ++seed) {
    Draw draw(seed);
    auto overrides = random_overrides(draw);
    std::ostringstream said;
    for (const auto& setting : overrides) said << setting << " ";
    INFO("seed " << seed << ": " << said.str());
    for (const std::string name : {"ideal", "fast", "exact"}) {
      overrides.push_back("run.evaluator=" + name);
      const auto config = platform::load_config("robust.toml", overrides).accelerator(seed);
      overrides.pop_back();
      Draw bits(seed + 1000);
      const Stimulus in(config, bits, name == "exact" ? 5 : 40);
      limit_instruction_set({});
      const auto expected = currents(*config.evaluator, config, in);
      const auto expected_readouts = readouts(config, in);
      for (const auto& set : instruction_sets()) {
        INFO(name << " on " << set);
        limit_instruction_set(set);
        CHECK(currents(*config.evaluator, config, in) == expected);
        CHECK(readouts(config, in) == expected_readouts);
        limit_instruction_set({});
      }
    }
  }
}

TEST_CASE("random detectors have the same maps on every instruction set") {
  const NoLimit restore;
  for (std::uint64_t seed = 1; seed <= configurations; ++seed) {
    network::test::RandomOptions options;
    options.max_channels = 90;  // more than a word of channels
    options.real_stem = seed % 3 == 0;
    options.real_head = seed % 4 == 0;
    const auto graph = network::test::random_detector(seed, options);
    const auto picture = network::test::random_picture(graph.nodes.front().shape, seed);
    limit_instruction_set({});
    const auto expected = network::Reference(graph).run(picture);
    for (const auto& set : instruction_sets()) {
      INFO("seed " << seed << " on " << set);
      limit_instruction_set(set);
      const auto maps = network::Reference(graph).run(picture);
      CHECK(maps.head == expected.head);
      CHECK(maps.binary == expected.binary);
      limit_instruction_set({});
    }
  }
}
