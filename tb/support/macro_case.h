// SPDX-License-Identifier: Apache-2.0
// Configurations, tiles and word lines for tests that compare interfaces of a macro. The burst path is the
// reference of these comparisons.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/core/bits.h"
#include "irc/core/random.h"
#include "irc/macro/macro.h"
#include "irc/platform/config.h"

namespace irc::tb {

/// Small macros with every nonideality on.
struct MacroCase {
  std::string name;
  std::vector<std::string> overrides;
};

inline const std::vector<MacroCase>& macro_cases() {
  static const std::vector<MacroCase> cases = {
      {"one row group", {"array.amplifiers=12"}},
      {"row groups", {"array.rows_per_operation=32"}},
      {"column mux", {}},
      {"source bias", {"array.bias=source", "array.rows_per_operation=40"}},
      {"reference scheme", {"array.mapping=binary_reference", "array.bias=source"}},
      {"multi-bit", {"sense.kind=multi_bit", "sense.bits=5", "sense.level_units=2", "array.bias=digital"}},
  };
  return cases;
}

inline model::AcceleratorConfig macro_config(const MacroCase& c, std::uint64_t chip_seed) {
  std::vector<std::string> overrides = {
      "array.macros=2",    "array.rows=96",          "array.column_pairs=12",      "array.amplifiers=4",
      "array.bias_rows=8", "nonidealities.all=true", "timing.t_program_row_s=5e-9"};
  overrides.insert(overrides.end(), c.overrides.begin(), c.overrides.end());
  return platform::load_config("robust.toml", overrides).accelerator(chip_seed);
}

/// A tile with random cells, and with biases where they come from a source.
struct MacroTile {
  macro::TileExtent extent;
  std::vector<std::uint8_t> cells;
  std::vector<std::int32_t> bias;  ///< per output

  bool cell(std::size_t row, std::size_t column) const {
    const std::size_t bit = column * extent.rows + row;
    return ((cells[bit / 8] >> (bit % 8)) & 1) != 0;
  }
};

inline MacroTile random_tile(const macro::MacroConfig& config, std::size_t rows, std::size_t first_pair,
                             std::size_t outputs, std::uint64_t seed) {
  const std::size_t columns = config.reference_scheme() ? outputs + 2 : 2 * outputs;
  MacroTile tile{{rows, 2 * first_pair, columns}, std::vector<std::uint8_t>((rows * columns + 7) / 8), {}};
  const CounterRandom draws(seed, Stream::device_lrs);
  for (std::size_t i = 0; i < rows * columns; ++i)
    if ((draws.bits(i) & 1) != 0)
      tile.cells[i / 8] = static_cast<std::uint8_t>(tile.cells[i / 8] | 1u << (i % 8));
  for (std::size_t o = 0; o < outputs; ++o)
    tile.bias.push_back(static_cast<std::int32_t>(draws.fork(1).bits(o) % 9) - 4);
  return tile;
}

/// Word lines of some vectors as [vector][word]. About one row in four is driven.
inline std::vector<std::uint64_t> random_word_lines(std::size_t rows, std::size_t vectors,
                                                    std::uint64_t seed) {
  const std::size_t words = words_for(rows);
  std::vector<std::uint64_t> lines(vectors * words, 0);
  const CounterRandom draws(seed, Stream::read_noise);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t r = 0; r < rows; ++r)
      if ((draws.bits(v * rows + r) & 3) == 0) lines[v * words + r / 64] |= std::uint64_t{1} << (r % 64);
  return lines;
}

/// Rows of each group, divided as the word-line driver divides them.
inline std::vector<array::RowRange> row_groups(const macro::MacroConfig& config, std::size_t rows) {
  const std::size_t most =
      config.geometry.rows_per_operation == 0 ? rows : config.geometry.rows_per_operation;
  const std::size_t groups = (rows + most - 1) / most, per_group = (rows + groups - 1) / groups;
  std::vector<array::RowRange> out;
  for (std::size_t g = 0; g < groups; ++g)
    out.push_back({std::min(rows, g * per_group), std::min(rows, (g + 1) * per_group)});
  return out;
}

/// One vector's word lines, reduced to the rows of a group.
inline std::vector<std::uint64_t> lines_of_group(const std::uint64_t* words, std::size_t rows,
                                                 array::RowRange group) {
  std::vector<std::uint64_t> out(words_for(rows), 0);
  copy_bits(words, group.begin, out.data(), group.begin, group.end - group.begin);
  return out;
}

}  // namespace irc::tb
