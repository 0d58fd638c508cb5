// SPDX-License-Identifier: Apache-2.0
// Writes the input of tb_macro.sv: a tile, word lines, and the readouts of the burst path.
//   make_vectors <configuration> <folder>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "irc/core/error.h"
#include "irc/macro/macro.h"
#include "irc/platform/config.h"
#include "support/macro_case.h"

using namespace irc;

namespace {

constexpr std::uint64_t chip = 21, first_read = 500;
constexpr std::size_t vectors = 8, rows = 90, first_pair = 3, outputs = 7, macro_number = 1;

std::string hex(std::uint64_t value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

/// Hexadecimal digits of packed words, most significant first.
std::string hex(const std::vector<std::uint64_t>& words, std::size_t bits) {
  std::string text;
  for (std::size_t digit = (bits + 3) / 4; digit-- > 0;)
    text += hex(words[digit / 16] >> (4 * (digit % 16)) & 0xf, 1);
  return text;
}

class Vectors {
 public:
  Vectors(macro::MacroConfig config, std::filesystem::path folder)
      : config_(std::move(config)),
        folder_(std::move(folder)),
        tile_(tb::random_tile(config_, rows, first_pair, outputs, 3)),
        lines_(tb::random_word_lines(rows, vectors, 4)),
        cells_(config_, macro_number),
        amplifiers_(config_, macro_number) {
    if (config_.sense.trim.enabled) amplifiers_.calibrate(macro::trim_common_units * config_.unit_current_a);
    cells_.program(0, tile_.extent, tile_.cells);
  }

  void write() {
    write_tile();
    std::ofstream steps(folder_ / "steps.hex"), expected(folder_ / "expected.hex");
    const auto groups = tb::row_groups(config_, rows);
    std::vector<std::vector<std::int32_t>> readouts;
    for (std::size_t g = 0; g < groups.size(); ++g) readouts.push_back(burst(g, groups[g]));
    for (std::size_t v = 0; v < vectors; ++v)
      for (std::size_t g = 0; g < groups.size(); ++g)
        for (std::size_t o = 0; o < outputs; o += config_.geometry.amplifiers)
          write_step(steps, expected, {v, g, o}, groups[g], readouts[g]);
    write_sizes();
  }

 private:
  struct Step {
    std::size_t vector, group, output;
  };
  bool source_bias() const { return config_.geometry.bias == mapping::BiasPlacement::source; }
  std::size_t first_line() const { return amplifiers_.first_line(tile_.extent); }

  /// Readouts [vector][output] of a row group, with all vectors in one burst.
  std::vector<std::int32_t> burst(std::size_t group, array::RowRange range) {
    std::vector<double> currents_a(vectors * tile_.extent.columns);
    const auto& resident = *cells_.find(0);
    cells_.evaluate(resident, {lines_.data(), words_for(rows), vectors, first_read}, group, range,
                    currents_a);
    macro::GroupReading reading{tile_.extent, 0, currents_a, vectors, 0, outputs, first_read, group, {}};
    if (source_bias() && group == 0) reading.bias_units = tile_.bias;
    std::vector<std::int32_t> out(vectors * outputs);
    amplifiers_.decide(reading, out, outputs);
    return out;
  }

  void write_step(std::ostream& steps, std::ostream& expected, const Step& s, array::RowRange range,
                  const std::vector<std::int32_t>& readouts) {
    const std::size_t amplifiers = config_.geometry.amplifiers, width = config_.level_bits();
    const std::size_t count = std::min(amplifiers, outputs - s.output), line = first_line() + s.output;
    std::vector<std::uint64_t> levels(words_for(amplifiers * width), 0);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t b = 0; b < width; ++b) {
        const std::size_t at = (line + i) % amplifiers * width + b;
        const auto value = static_cast<std::uint32_t>(readouts[s.vector * outputs + s.output + i]);
        levels[at / 64] |= std::uint64_t{value >> b & 1} << (at % 64);
      }
    expected << hex(levels, amplifiers * width) << '\n';
    const auto driven = tb::lines_of_group(lines_.data() + s.vector * words_for(rows), rows, range);
    steps << hex(source_bias() && s.group == 0, 4) << hex(s.output == 0, 4) << hex(count, 4) << hex(line, 4)
          << hex(range.end - range.begin, 4) << hex(range.begin, 4) << hex(s.group, 4)
          << hex(first_read + s.vector, 12) << hex(driven, config_.geometry.rows) << '\n';
    ++steps_;
  }

  void write_tile() const {
    std::ofstream file(folder_ / "rows.hex"), biases(folder_ / "biases.hex");
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<std::uint64_t> cells(words_for(2 * config_.geometry.column_pairs), 0);
      for (std::size_t c = 0; c < tile_.extent.columns; ++c)
        if (tile_.cell(r, c)) cells[c / 64] |= std::uint64_t{1} << (c % 64);
      file << hex(cells, 2 * config_.geometry.column_pairs) << '\n';
    }
    for (const auto bias : tile_.bias) biases << hex(static_cast<std::uint32_t>(bias), 8) << '\n';
  }

  void write_sizes() const {
    std::ofstream file(folder_ / "sizes.vh");
    const auto& g = config_.geometry;
    const auto define = [&](const char* name, std::uint64_t value) {
      file << "`define " << name << ' ' << value << '\n';
    };
    define("ROWS", g.rows), define("COLUMN_PAIRS", g.column_pairs), define("AMPLIFIERS", g.amplifiers);
    define("LEVEL_BITS", config_.level_bits()), define("SEED", chip);
    define("FIRST", tile_.extent.first_column), define("COLUMNS", tile_.extent.columns);
    define("TILE_ROWS", rows), define("OUTPUTS", outputs), define("FIRST_LINE", first_line());
    define("SOURCE_BIAS", source_bias() ? 1 : 0), define("STEPS", steps_);
  }

  macro::MacroConfig config_;
  std::filesystem::path folder_;
  tb::MacroTile tile_;
  std::vector<std::uint64_t> lines_;
  macro::MacroCells cells_;
  macro::MacroAmplifiers amplifiers_;
  std::size_t steps_ = 0;
};

}  // namespace

// The platform library needs libsystemc, which provides main().
extern "C" int sc_main(int argc, char* argv[]) try {
  if (argc != 3) {
    std::cerr << "make_vectors <configuration> <folder>\n";
    return 2;
  }
  std::filesystem::create_directories(argv[2]);
  Vectors(platform::load_config(argv[1]).accelerator(chip), argv[2]).write();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "make_vectors: " << error.what() << '\n';
  return 1;
}
