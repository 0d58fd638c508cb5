// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/random.h"
#include "irc/device/cell.h"

namespace irc::array {

inline device::TechnologyCard default_card() {
  return device::load_card(IRC_CARDS_DIR "/default.toml");
}

inline device::Nonidealities without_read_noise() {
  device::Nonidealities out;
  out.read_noise = false;
  return out;
}

inline std::vector<CellState> random_states(TileGeometry g, double low_share = 0.35) {
  const CounterRandom random(7, Stream::test);
  std::vector<CellState> states(g.rows * g.columns);
  for (std::size_t i = 0; i < states.size(); ++i)
    states[i] = random.uniform(i) < low_share ? CellState::lrs : CellState::hrs;
  return states;
}

struct Vectors {
  std::size_t words, count;
  std::vector<std::uint64_t> bits;
  Vectors(std::size_t rows, std::size_t vectors, double density, std::uint64_t seed = 8)
      : words(words_for(rows)), count(vectors), bits(words * vectors) {
    const CounterRandom random(seed, Stream::test);
    for (std::size_t v = 0; v < vectors; ++v)
      for (std::size_t r = 0; r < rows; ++r)
        if (random.uniform(v * rows + r) < density) bits[v * words + r / 64] |= std::uint64_t{1} << (r % 64);
  }
  bool driven(std::size_t v, std::size_t row) const { return (bits[v * words + row / 64] >> (row % 64)) & 1; }
  WordLineBatch batch(std::size_t first = 0, std::size_t n = SIZE_MAX) const {
    return {bits.data() + first * words, words, n == SIZE_MAX ? count - first : n, first};
  }
};

inline std::vector<double> evaluate(const ColumnEvaluator& evaluator, const ProgrammedTile& tile,
                                    const WordLineBatch& batch) {
  std::vector<double> out(batch.vectors * tile.geometry().columns);
  evaluator.evaluate(tile, batch, {0, tile.geometry().rows}, out);
  return out;
}

}  // namespace irc::array
