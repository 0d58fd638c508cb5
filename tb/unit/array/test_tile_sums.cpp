// SPDX-License-Identifier: Apache-2.0
// Compares sums by matrix tiles with plain sums. tile_sums.cpp is compiled into this test once more,
// optimised for size, because compilers treat the memory of tile instructions differently then.
#include <algorithm>
#include <cstdint>
#include <vector>
#include "support/catch.h"
#include "support/skip.h"

#include "irc/core/instruction_set.h"
#include "irc/core/random.h"
#include "lumps/tile_sums.h"

using namespace irc;
using namespace irc::array;

namespace {

constexpr std::size_t columns = 32;

struct Weights {
  std::size_t rows;
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> values;
  Weights(std::size_t count, std::uint32_t most)
      : rows(count), values(hwy::AllocateAligned<std::uint16_t>(count * columns)) {
    const CounterRandom random(count, Stream::test);
    for (std::size_t i = 0; i < rows * columns; ++i)
      values[i] = static_cast<std::uint16_t>(random.below(most + 1, i));
  }
};

/// Words of 64 rows, [tile of rows][vector], with a third of the bits set.
std::vector<std::uint64_t> words_of(std::size_t rows, std::size_t count) {
  const CounterRandom random(rows + count, Stream::test);
  std::vector<std::uint64_t> words((rows + 63) / 64 * count);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t v = 0; v < count; ++v)
      if (random.uniform(row * count + v) < 0.3)
        words[row / 64 * count + v] |= std::uint64_t{1} << (row % 64);
  return words;
}

std::size_t wrong_sums(std::size_t rows, std::size_t lump_rows, std::uint32_t most, std::size_t count) {
  const Weights weights(rows, most);
  TileWeights tiles;
  tiles.pack(weights.values.get(), rows, lump_rows);
  std::size_t wrong = 0;
  for (std::size_t lump = 0, begin = 0; begin < rows; ++lump, begin += lump_rows) {
    const std::size_t of_lump = std::min(lump_rows, rows - begin);
    const auto words = words_of(of_lump, count);
    const auto sums = hwy::AllocateAligned<std::uint16_t>(count * columns);
    tiles.sum(lump, words.data(), count, count, sums.get());
    for (std::size_t v = 0; v < count; ++v)
      for (std::size_t c = 0; c < columns; ++c) {
        std::uint32_t plain = 0;
        for (std::size_t row = 0; row < of_lump; ++row)
          if ((words[row / 64 * count + v] >> (row % 64)) & 1)
            plain += weights.values[(begin + row) * columns + c];
        wrong += sums[v * columns + c] != plain;
      }
  }
  return wrong;
}

}  // namespace

TEST_CASE("sums by matrix tiles are the plain sums, also when compiled for size") {
  if (!matrix_tiles()) tb::skip_test("no matrix tiles on this machine");
  for (const std::size_t count : {1, 15, 16, 17, 50})
    for (const std::size_t rows : {1, 63, 64, 65, 320, 700}) {
      INFO(count << " vectors, " << rows << " rows");
      CHECK(wrong_sums(rows, 320, 255, count) == 0);  // one byte per weight
      CHECK(wrong_sums(rows, 320, 500, count) == 0);  // two bytes per weight
      CHECK(wrong_sums(rows, 64, 1000, count) == 0);
    }
}

TEST_CASE("nothing is summed for no vectors") {
  if (!matrix_tiles()) tb::skip_test("no matrix tiles on this machine");
  const Weights weights(70, 9);
  TileWeights tiles;
  tiles.pack(weights.values.get(), 70, 64);
  std::uint16_t untouched = 77;
  tiles.sum(1, nullptr, 0, 0, &untouched);
  CHECK(untouched == 77);
}
