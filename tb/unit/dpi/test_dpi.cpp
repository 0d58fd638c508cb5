// SPDX-License-Identifier: Apache-2.0
// Tests the C interface: it gives the bits of bursts, and every misuse gets an error.
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>
#include "support/catch.h"

#include "irc/dpi/irc_dpi.h"
#include "irc/macro/macro.h"
#include "irc/platform/config.h"
#include "support/macro_case.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string one_bit = std::string(IRC_DPI_TESTS) + "/one_bit.toml";
const std::string multi_bit = std::string(IRC_DPI_TESTS) + "/multi_bit.toml";
constexpr std::uint64_t chip = 8;
constexpr std::size_t vectors = 5, rows = 90, outputs = 7;

std::vector<std::uint32_t> packed(const std::vector<std::uint64_t>& words) {
  std::vector<std::uint32_t> out;
  for (const auto word : words) {
    out.push_back(static_cast<std::uint32_t>(word));
    out.push_back(static_cast<std::uint32_t>(word >> 32));
  }
  return out;
}

std::vector<std::uint32_t> packed(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint32_t> out((bytes.size() + 3) / 4, 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i / 4] |= std::uint32_t{bytes[i]} << (8 * (i % 4));
  return out;
}

/// The expected result: a burst of all vectors, as [group][vector][output].
struct Expected {
  explicit Expected(const std::string& path, std::size_t index)
      : config(platform::load_config(path).accelerator(chip)),
        tile(tb::random_tile(config, rows, 3, outputs, 1)),
        lines(tb::random_word_lines(rows, vectors, 2)),
        groups(tb::row_groups(config, rows)) {
    macro::MacroCells cells(config, index);
    macro::MacroAmplifiers amplifiers(config, index);
    if (config.sense.trim.enabled) amplifiers.calibrate(macro::trim_common_units * config.unit_current_a);
    const auto& resident = cells.program(0, tile.extent, tile.cells);
    readouts.resize(groups.size() * vectors * outputs);
    std::vector<double> currents_a(vectors * tile.extent.columns);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      cells.evaluate(resident, {lines.data(), words_for(rows), vectors, 0}, g, groups[g], currents_a);
      macro::GroupReading reading{tile.extent, 0, currents_a, vectors, 0, outputs, 0, g, {}};
      if (source_bias() && g == 0) reading.bias_units = tile.bias;
      amplifiers.decide(reading, std::span(readouts).subspan(g * vectors * outputs), outputs);
    }
  }
  bool source_bias() const { return config.geometry.bias == mapping::BiasPlacement::source; }

  macro::MacroConfig config;
  tb::MacroTile tile;
  std::vector<std::uint64_t> lines;
  std::vector<array::RowRange> groups;
  std::vector<std::int32_t> readouts;
};

/// All readouts through the interface. It checks nothing, because several threads use it.
std::vector<std::int32_t> readouts_by_dpi(int handle, const Expected& e) {
  const int first = 3, amplifiers = static_cast<int>(e.config.geometry.amplifiers);
  std::vector<std::int32_t> out(e.readouts.size(), -99), step(e.config.geometry.amplifiers);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t g = 0; g < e.groups.size(); ++g) {
      auto words = packed(tb::lines_of_group(e.lines.data() + v * words_for(rows), rows, e.groups[g]));
      for (int o = 0; o < static_cast<int>(outputs); o += amplifiers) {
        const int count = std::min(amplifiers, static_cast<int>(outputs) - o);
        if (irc_dpi_evaluate(handle, words.data(), static_cast<int>(e.groups[g].begin),
                             static_cast<int>(e.groups[g].end - e.groups[g].begin), first + o, count,
                             e.source_bias() && g == 0, v, static_cast<int>(g), step.data()) != IRC_DPI_OK)
          return {};
        for (int i = 0; i < count; ++i)
          out[(g * vectors + v) * outputs + static_cast<std::size_t>(o + i)] =
              step[static_cast<std::size_t>((first + o + i) % amplifiers)];
      }
    }
  return out;
}

int opened(const std::string& config, int macro) {
  int handle = 0;
  INFO(irc_dpi_message(0));
  REQUIRE(irc_dpi_open(IRC_DPI_VERSION, config.c_str(), macro, chip, &handle) == IRC_DPI_OK);
  REQUIRE(handle > 0);
  return handle;
}

int prepared(const std::string& config, int macro, const Expected& e) {
  const int handle = opened(config, macro);
  const auto cells = packed(e.tile.cells);
  REQUIRE(irc_dpi_program(handle, 6, 14, rows, cells.data()) == IRC_DPI_OK);
  if (e.source_bias()) REQUIRE(irc_dpi_set_bias(handle, 3, outputs, e.tile.bias.data()) == IRC_DPI_OK);
  return handle;
}

}  // namespace

TEST_CASE("the C interface gives the readouts of bursts") {
  for (const auto& config : {one_bit, multi_bit}) {
    const Expected expected(config, 1);
    const int handle = prepared(config, 1, expected);
    CHECK(readouts_by_dpi(handle, expected) == expected.readouts);
    CHECK(irc_dpi_close(handle) == IRC_DPI_OK);
  }
}

TEST_CASE("row by row and packed are the same") {
  const Expected expected(multi_bit, 0);
  const int handle = opened(multi_bit, 0);
  for (std::size_t r = 0; r < rows; ++r) {
    std::uint32_t row = 0xffffc000;  // bits beyond the 14 columns are ignored
    for (std::size_t c = 0; c < 14; ++c) row |= std::uint32_t{expected.tile.cell(r, c)} << c;
    REQUIRE(irc_dpi_program_row(handle, static_cast<int>(r), 6, 14, &row, r + 1 == rows) == IRC_DPI_OK);
  }
  CHECK(readouts_by_dpi(handle, expected) == expected.readouts);
  const auto words = packed(tb::lines_of_group(expected.lines.data(), rows, expected.groups[0]));
  const int count = static_cast<int>(expected.groups[0].end);
  std::int32_t levels[4];
  std::uint32_t bits = 0;
  REQUIRE(irc_dpi_evaluate(handle, words.data(), 0, count, 3, 4, 0, 0, 0, levels) == IRC_DPI_OK);
  REQUIRE(irc_dpi_evaluate_packed(handle, words.data(), 0, count, 3, 4, 0, 0, 0, &bits) == IRC_DPI_OK);
  for (int a = 0; a < 4; ++a) CHECK(static_cast<std::int32_t>(bits >> (5 * a) << 27) >> 27 == levels[a]);
  irc_dpi_close(handle);
}

TEST_CASE("sizes and seeds are those of irc run") {
  const int handle = opened(multi_bit, 0);
  int sizes[5] = {};
  CHECK(irc_dpi_sizes(handle, sizes, sizes + 1, sizes + 2, sizes + 3, sizes + 4) == IRC_DPI_OK);
  CHECK(std::vector<int>(sizes, sizes + 5) == std::vector<int>{96, 12, 4, 5, 12});
  CHECK(irc_dpi_sizes(handle, nullptr, nullptr, nullptr, nullptr, nullptr) == IRC_DPI_OK);
  irc_dpi_close(handle);
  std::uint64_t seed = 0;
  CHECK(irc_dpi_chip_seed(1, 2, &seed) == IRC_DPI_OK);
  CHECK(seed == platform::chip_seed(1, 2));
  CHECK(irc_dpi_chip_seed(1, 2, nullptr) == IRC_DPI_BAD_ARGUMENT);
}

TEST_CASE("a wrong version is refused") {
  int handle = 5;
  CHECK(irc_dpi_version() == IRC_DPI_VERSION);
  CHECK(irc_dpi_open(IRC_DPI_VERSION + 1, one_bit.c_str(), 0, 1, &handle) == IRC_DPI_BAD_VERSION);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring("version 2") && ContainsSubstring("expected 1"));
}

TEST_CASE("a wrong configuration is refused, with file, line and key") {
  const auto path =
      std::filesystem::temp_directory_path() / ("irc_dpi_" + std::to_string(getpid()) + ".toml");
  std::ofstream(path) << "base = \"robust.toml\"\n[array]\nrows = -3\n";
  int handle = 5;
  CHECK(irc_dpi_open(IRC_DPI_VERSION, path.c_str(), 0, 1, &handle) == IRC_DPI_BAD_CONFIG);
  CHECK(handle == 0);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring(path.string() + ":3") && ContainsSubstring("array.rows") &&
                                     ContainsSubstring("-3"));
  std::ofstream(path) << "base = \"robust.toml\"\n[array]\nrowz = 3\n";
  CHECK(irc_dpi_open(IRC_DPI_VERSION, path.c_str(), 0, 1, &handle) == IRC_DPI_BAD_CONFIG);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring("rowz"));
  std::filesystem::remove(path);
  CHECK(irc_dpi_open(IRC_DPI_VERSION, path.c_str(), 0, 1, &handle) == IRC_DPI_BAD_CONFIG);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring(path.string()));
  CHECK(irc_dpi_open(IRC_DPI_VERSION, nullptr, 0, 1, &handle) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_open(IRC_DPI_VERSION, one_bit.c_str(), 0, 1, nullptr) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_open(IRC_DPI_VERSION, one_bit.c_str(), 2, 1, &handle) == IRC_DPI_BAD_ARGUMENT);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring("macro 2 found, expected 0 to 1"));
  CHECK(irc_dpi_open(IRC_DPI_VERSION, one_bit.c_str(), -1, 1, &handle) == IRC_DPI_BAD_ARGUMENT);
}

TEST_CASE("wrong rows, lines, cells and pointers are refused, and the handle goes on") {
  const Expected expected(one_bit, 1);
  const int handle = prepared(one_bit, 1, expected);
  std::vector<std::uint32_t> words(3, 0);
  std::int32_t readouts[4];
  const auto evaluate = [&](int first, int count, int line, int lines) {
    return irc_dpi_evaluate(handle, words.data(), first, count, line, lines, 0, 0, 0, readouts);
  };
  CHECK(evaluate(0, 90, 3, 4) == IRC_DPI_OK);
  CHECK(evaluate(0, 91, 3, 4) == IRC_DPI_BAD_ARGUMENT);
  CHECK_THAT(irc_dpi_message(handle),
             ContainsSubstring("rows [0, 91) found, expected rows within the tile's 90"));
  CHECK(evaluate(-1, 90, 3, 4) == IRC_DPI_BAD_ARGUMENT);
  CHECK_THAT(irc_dpi_message(handle), ContainsSubstring("row_first: -1 found"));
  CHECK(evaluate(0, 90, 0, 4) == IRC_DPI_BAD_ARGUMENT);
  CHECK(evaluate(0, 90, 3, 5) == IRC_DPI_BAD_ARGUMENT);
  words[1] = 1;
  CHECK(evaluate(0, 32, 3, 4) == IRC_DPI_BAD_ARGUMENT);
  CHECK_THAT(irc_dpi_message(handle), ContainsSubstring("word line 32"));
  CHECK(irc_dpi_evaluate(handle, nullptr, 0, 90, 3, 4, 0, 0, 0, readouts) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_evaluate(handle, words.data(), 0, 90, 3, 4, 0, 0, 0, nullptr) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_program(handle, 0, 2, 97, words.data()) == IRC_DPI_BAD_ARGUMENT);
  CHECK_THAT(irc_dpi_message(handle), ContainsSubstring("96 rows"));
  CHECK(irc_dpi_program(handle, 1, 2, 9, words.data()) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_program(handle, 0, 2, 9, nullptr) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_program_row(handle, 3, 0, 2, words.data(), 0) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_program_row(handle, 0, 0, 26, words.data(), 0) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_set_bias(handle, 11, 2, readouts) == IRC_DPI_BAD_ARGUMENT);
  CHECK(irc_dpi_set_bias(handle, 0, 2, nullptr) == IRC_DPI_BAD_ARGUMENT);
  CHECK(readouts_by_dpi(handle, expected) == expected.readouts);
  irc_dpi_close(handle);
}

TEST_CASE("handles that are not open are refused") {
  const int handle = opened(one_bit, 0);
  CHECK(std::string(irc_dpi_message(handle)).empty());
  CHECK(irc_dpi_close(handle) == IRC_DPI_OK);
  CHECK(irc_dpi_close(handle) == IRC_DPI_BAD_HANDLE);
  CHECK_THAT(irc_dpi_message(0), ContainsSubstring("handle " + std::to_string(handle) + " is not open"));
  CHECK_THAT(irc_dpi_message(handle), ContainsSubstring("is not open"));
  for (const int bad : {handle, 0, -4, 123456}) {
    std::uint32_t words[3] = {};
    std::int32_t readouts[4];
    CHECK(irc_dpi_evaluate(bad, words, 0, 1, 0, 1, 0, 0, 0, readouts) == IRC_DPI_BAD_HANDLE);
    CHECK(irc_dpi_program(bad, 0, 2, 1, words) == IRC_DPI_BAD_HANDLE);
    CHECK(irc_dpi_program_row(bad, 0, 0, 2, words, 1) == IRC_DPI_BAD_HANDLE);
    CHECK(irc_dpi_set_bias(bad, 0, 1, readouts) == IRC_DPI_BAD_HANDLE);
    CHECK(irc_dpi_sizes(bad, nullptr, nullptr, nullptr, nullptr, nullptr) == IRC_DPI_BAD_HANDLE);
  }
  CHECK(opened(one_bit, 0) != handle);
}

TEST_CASE("threads share the library and a handle") {
  const Expected shared(one_bit, 1), own(multi_bit, 0);
  const int handle = prepared(one_bit, 1, shared);
  std::vector<int> good(6, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      int mine = 0;
      const auto cells = packed(own.tile.cells);
      for (int times = 0; times < 3; ++times) {
        good[t] += readouts_by_dpi(handle, shared) == shared.readouts;
        good[t] += irc_dpi_open(IRC_DPI_VERSION, multi_bit.c_str(), 0, chip, &mine) == IRC_DPI_OK;
        good[t] += irc_dpi_program(mine, 6, 14, rows, cells.data()) == IRC_DPI_OK;
        good[t] += readouts_by_dpi(mine, own) == own.readouts;
        good[t] += irc_dpi_close(mine) == IRC_DPI_OK;
        // Each thread has its own message.
        good[t] += irc_dpi_close(-1 - static_cast<int>(t)) == IRC_DPI_BAD_HANDLE;
        good[t] +=
            irc_dpi_message(0) == "handle " + std::to_string(-1 - static_cast<int>(t)) + " is not open";
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(good == std::vector<int>(good.size(), 21));
  irc_dpi_close(handle);
}
