// SPDX-License-Identifier: Apache-2.0
// Single vectors and mux steps must give the same readouts as bursts, and wrong operations are refused.
#include <memory>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/macro/macro.h"
#include "support/macro_case.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;
using macro::TileExtent;

namespace {

constexpr std::uint64_t chip = 77, first_read = 1000;
constexpr std::size_t vectors = 9;

/// Readouts by the burst path: [group][vector][output].
std::vector<std::int32_t> burst_readouts(const macro::MacroConfig& config, macro::MacroCells& cells,
                                         macro::MacroAmplifiers& amplifiers, const tb::MacroTile& tile,
                                         const std::vector<std::uint64_t>& lines) {
  const auto& resident = cells.program(5, tile.extent, tile.cells);
  const auto groups = tb::row_groups(config, tile.extent.rows);
  const std::size_t outputs = tile.bias.size();
  std::vector<std::int32_t> out(groups.size() * vectors * outputs);
  std::vector<double> currents_a(vectors * tile.extent.columns);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    cells.evaluate(resident, {lines.data(), words_for(tile.extent.rows), vectors, first_read}, g, groups[g],
                   currents_a);
    macro::GroupReading reading{
        tile.extent, resident.programming_count(), currents_a, vectors, 0, outputs, first_read, g, {}};
    if (config.geometry.bias == mapping::BiasPlacement::source && g == 0) reading.bias_units = tile.bias;
    amplifiers.decide(reading, std::span(out).subspan(g * vectors * outputs), outputs);
  }
  return out;
}

/// The same readouts, vector by vector and step by step.
std::vector<std::int32_t> stepped_readouts(macro::Macro& macro, const tb::MacroTile& tile,
                                           const std::vector<std::uint64_t>& lines) {
  const auto& config = macro.config();
  const auto groups = tb::row_groups(config, tile.extent.rows);
  const std::size_t outputs = tile.bias.size(), amplifiers = config.geometry.amplifiers;
  const std::size_t first = macro.amplifiers().first_line(tile.extent);
  std::vector<std::int32_t> out(groups.size() * vectors * outputs), step(amplifiers);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto driven =
          tb::lines_of_group(lines.data() + v * words_for(tile.extent.rows), tile.extent.rows, groups[g]);
      for (std::size_t o = 0; o < outputs; o += amplifiers) {
        const std::size_t count = std::min(amplifiers, outputs - o);
        const bool bias = config.geometry.bias == mapping::BiasPlacement::source && g == 0;
        macro.read({driven, groups[g], first_read + v, g}, {first + o, count, bias}, step);
        for (std::size_t i = 0; i < count; ++i)
          out[(g * vectors + v) * outputs + o + i] = step[(first + o + i) % amplifiers];
      }
    }
  return out;
}

void program_by_rows(macro::Macro& macro, const tb::MacroTile& tile) {
  for (std::size_t r = 0; r < tile.extent.rows; ++r) {
    std::vector<std::uint64_t> cells(words_for(tile.extent.columns), 0);
    for (std::size_t c = 0; c < tile.extent.columns; ++c)
      if (tile.cell(r, c)) cells[c / 64] |= std::uint64_t{1} << (c % 64);
    macro.program_row({r, tile.extent.first_column, tile.extent.columns, cells, r + 1 == tile.extent.rows});
  }
}

std::string refusal(const std::function<void()>& use) {
  try {
    use();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("steps give the readouts of bursts") {
  for (const auto& c : tb::macro_cases()) {
    INFO(c.name);
    const auto config = tb::macro_config(c, chip);
    const auto tile = tb::random_tile(config, 90, 3, 7, 1);
    const auto lines = tb::random_word_lines(90, vectors, 2);
    macro::MacroCells cells(config, 1);
    macro::MacroAmplifiers amplifiers(config, 1);
    macro::Macro stepped(config, 1);
    if (config.sense.trim.enabled) amplifiers.calibrate(macro::trim_common_units * config.unit_current_a);
    stepped.trim();
    if (config.geometry.bias == mapping::BiasPlacement::source)
      stepped.set_bias(stepped.amplifiers().first_line(tile.extent), tile.bias);
    // The tile is programmed twice, by rows and as a whole, because cells change with every programming.
    for (int times = 0; times < 2; ++times) {
      if (times == 0) {
        program_by_rows(stepped, tile);
      } else {
        stepped.program(tile.extent, tile.cells);
      }
      const auto expected = burst_readouts(config, cells, amplifiers, tile, lines);
      CHECK(stepped_readouts(stepped, tile, lines) == expected);
      CHECK(std::count(expected.begin(), expected.end(), expected.front()) <
            static_cast<std::ptrdiff_t>(expected.size()));
    }
  }
}

TEST_CASE("decisions as bits are decisions as levels") {
  const auto config = tb::macro_config(tb::macro_cases()[2], chip);
  const auto tile = tb::random_tile(config, 90, 3, 7, 1);
  const auto lines = tb::random_word_lines(90, vectors, 2);
  macro::MacroCells cells(config, 0);
  macro::MacroAmplifiers amplifiers(config, 0);
  const auto levels = burst_readouts(config, cells, amplifiers, tile, lines);
  std::vector<double> currents_a(vectors * tile.extent.columns);
  const auto* resident = cells.find(5);
  REQUIRE(resident != nullptr);
  cells.evaluate(*resident, {lines.data(), words_for(90), vectors, first_read}, 0, {0, 90}, currents_a);
  std::vector<std::uint64_t> bits(vectors, 0);
  amplifiers.decide({tile.extent, 0, currents_a, vectors, 0, 7, first_read, 0, {}}, {bits, 1, 0});
  for (std::size_t i = 0; i < levels.size(); ++i)
    CHECK(static_cast<std::int32_t>((bits[i / 7] >> (i % 7)) & 1) == levels[i]);
}

TEST_CASE("a tile evicts those that share its bit lines, no others") {
  const auto config = tb::macro_config(tb::macro_cases()[0], chip);
  macro::Macro macro(config, 0);
  const auto left = tb::random_tile(config, 20, 0, 4, 1), right = tb::random_tile(config, 20, 8, 4, 2);
  const auto middle = tb::random_tile(config, 30, 3, 2, 3);
  macro.program(left.extent, left.cells);
  macro.program(right.extent, right.cells);
  CHECK(macro.tile_of_line(3) != nullptr);
  CHECK(macro.tile_of_line(4) == nullptr);
  macro.program(middle.extent, middle.cells);
  CHECK(macro.tile_of_line(0) == nullptr);
  CHECK(macro.tile_of_line(4)->extent == middle.extent);
  CHECK(macro.tile_of_line(11)->extent == right.extent);
  CHECK(macro.tile_of_line(12) == nullptr);
}

TEST_CASE("cells and rows that do not fit are refused") {
  const auto config = tb::macro_config(tb::macro_cases()[0], chip);
  macro::Macro macro(config, 0);
  const std::vector<std::uint64_t> row{0xff};
  const auto say = [&](std::size_t r, std::size_t first, std::size_t columns, bool last = false) {
    return refusal([&] { macro.program_row({r, first, columns, row, last}); });
  };
  CHECK_THAT(say(1, 0, 8), ContainsSubstring("row 1 programmed, expected row 0"));
  CHECK_THAT(say(0, 1, 8), ContainsSubstring("bit line 1"));
  CHECK_THAT(say(0, 0, 9), ContainsSubstring("pairs of columns"));
  CHECK_THAT(say(0, 20, 8), ContainsSubstring("24 bit lines"));
  CHECK(say(0, 0, 8).empty());
  CHECK_THAT(say(0, 0, 8), ContainsSubstring("not complete"));
  CHECK(say(0, 0, 8).empty());
  CHECK_THAT(refusal([&] {
               macro.program({1, 8, 2}, std::vector<std::uint8_t>(1));
             }),
             ContainsSubstring("row by row"));
  CHECK_THAT(say(1, 2, 8), ContainsSubstring("as in row 0"));
  CHECK(say(0, 0, 8, true).empty());
  CHECK_FALSE(macro.programming());
  CHECK_THAT(refusal([&] {
               macro.program({97, 0, 2}, std::vector<std::uint8_t>(25));
             }),
             ContainsSubstring("96 rows"));
  CHECK_THAT(refusal([&] {
               macro.program({4, 0, 2}, std::vector<std::uint8_t>(2));
             }),
             ContainsSubstring("expected 1"));
  CHECK(refusal([&] { macro.program({4, 0, 2}, std::vector<std::uint8_t>(1)); }).empty());
  CHECK_THAT(refusal([&] { macro.set_bias(0, std::vector<std::int32_t>{1}); }),
             ContainsSubstring("array.bias is not \"source\""));
  CHECK_THAT(refusal([&] { macro::Macro(config, 2); }), ContainsSubstring("macro 2 found"));
}

TEST_CASE("reads outside of what is programmed and enabled are refused") {
  const auto config = tb::macro_config(tb::macro_cases()[2], chip);
  macro::Macro macro(config, 0);
  const auto tile = tb::random_tile(config, 20, 2, 6, 1);
  macro.program(tile.extent, tile.cells);
  const std::vector<std::uint64_t> lines{0xf0};
  std::vector<std::int32_t> readouts(4);
  const auto say = [&](array::RowRange rows, macro::MuxStep step, std::uint64_t read = 0,
                       std::uint64_t group = 0) {
    return refusal([&] { macro.read({lines, rows, read, group}, step, readouts); });
  };
  CHECK(say({0, 20}, {2, 4, false}).empty());
  CHECK(say({4, 8}, {6, 2, false}).empty());
  CHECK_THAT(say({5, 20}, {2, 4, false}), ContainsSubstring("word line 4 is driven"));
  CHECK_THAT(say({0, 7}, {2, 4, false}), ContainsSubstring("word line 7 is driven"));
  CHECK_THAT(say({0, 21}, {2, 4, false}), ContainsSubstring("the tile's 20"));
  CHECK_THAT(say({8, 8}, {2, 4, false}), ContainsSubstring("rows [8, 8)"));
  CHECK_THAT(say({0, 20}, {1, 4, false}), ContainsSubstring("a programmed tile"));
  CHECK_THAT(say({0, 20}, {6, 4, false}), ContainsSubstring("lines [2, 8)"));
  CHECK_THAT(say({0, 20}, {2, 5, false}), ContainsSubstring("1 to 4"));
  CHECK_THAT(say({0, 20}, {2, 0, false}), ContainsSubstring("1 to 4"));
  CHECK_THAT(say({0, 20}, {2, 4, true}), ContainsSubstring("bias sources are on"));
  CHECK_THAT(say({0, 20}, {2, 4, false}, std::uint64_t{1} << 40), ContainsSubstring("2^40"));
  CHECK_THAT(say({0, 20}, {2, 4, false}, 0, 1u << 19), ContainsSubstring("2^19"));
  readouts.resize(3);
  CHECK_THAT(say({0, 20}, {2, 3, false}), ContainsSubstring("one per amplifier"));
}

TEST_CASE("pins refuse working points of layers, which they cannot tell apart") {
  auto config = tb::macro_config(tb::macro_cases().front(), chip);
  CHECK_NOTHROW(macro::Macro(config, 0));
  config.sense.layers[3] = {1e-6, 0};
  CHECK_THROWS_WITH(macro::Macro(config, 0), ContainsSubstring("sense.layers"));
}

TEST_CASE("a layer's injected bias is what its readouts are charged for") {
  auto config = tb::macro_config(tb::macro_cases().front(), chip);
  config.sense.layers[3] = {1e-6, 0};
  macro::MacroAmplifiers amplifiers(config, 0);
  CHECK(amplifiers.common_bias_a(10, 3) == Approx(20e-6));
  CHECK(amplifiers.common_bias_a(10, 4) == Approx(20 * config.sense.injected_bias_a));
  amplifiers.set_layers({{4, {2e-6, 0}}});
  amplifiers.change_chip(chip + 1);  // the layers' registers survive a change of chip
  CHECK(amplifiers.common_bias_a(10, 4) == Approx(40e-6));
  CHECK(amplifiers.common_bias_a(10, 3) == Approx(20 * config.sense.injected_bias_a));
  CHECK(amplifiers.bank().bias_plus_a(0, 4) == Approx(2e-6).epsilon(0.5));
}
