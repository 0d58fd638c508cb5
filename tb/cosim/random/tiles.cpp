// SPDX-License-Identifier: Apache-2.0
// The tiles of a random program: row pieces, places, cells and biases.
#include "program_builder.h"

#include <cstring>
#include <limits>
#include <numeric>

namespace irc::tb::random {

/// Largest number of outputs of one macro.
int Builder::capacity() const {
  const int pairs = static_cast<int>(g_.column_pairs);
  return g_.scheme == mapping::WeightScheme::binary_reference ? 2 * pairs - 2 : pairs;
}

/// Heights of row pieces, which are seldom equal.
std::vector<int> Builder::cut(int rows) {
  const int most = static_cast<int>(g_.rows), least = ceil_div(rows, most);
  const int pieces = std::min(rows, draws_.range(least, std::max(least, draws_.chance(0.4) ? 3 : 1)));
  std::vector<int> heights(static_cast<std::size_t>(pieces), rows / pieces);
  for (int i = 0; i < rows % pieces; ++i) ++heights[static_cast<std::size_t>(i)];
  for (std::size_t i = 1; i < heights.size(); ++i) {
    const int room = std::min(most - heights[i], heights[i - 1] - 1);
    const int moved = room > 0 ? draws_.range(0, room) : 0;
    heights[i] += moved;
    heights[i - 1] -= moved;
  }
  return heights;
}

/// Places row pieces of some outputs, each in a macro that has room. Returns false where there is none.
bool Builder::place(std::vector<TileRecord>& tiles, std::vector<int>& used, int output_begin, int outputs,
                    const std::vector<int>& cuts, int weight_rows) {
  const int columns = static_cast<int>(mapping::tile_columns(static_cast<std::size_t>(outputs), g_));
  const int pairs = ceil_div(columns, 2);
  auto room = used;
  std::vector<TileRecord> pieces;
  int row = 0;
  for (const int rows : cuts) {
    std::vector<std::size_t> macros(room.size());
    std::iota(macros.begin(), macros.end(), std::size_t{0});
    draws_.shuffle(macros);
    const auto found = std::find_if(macros.begin(), macros.end(), [&](std::size_t m) {
      return room[m] + pairs <= static_cast<int>(g_.column_pairs);
    });
    if (found == macros.end()) return false;
    TileRecord t;
    t.tile = next_tile_++;
    t.macro = half(static_cast<int>(*found));
    t.first_pair = half(room[*found]);
    t.row_begin = static_cast<std::uint32_t>(row);
    t.rows = static_cast<std::uint32_t>(rows);
    t.weight_rows = static_cast<std::uint32_t>(weight_rows);
    t.output_begin = half(output_begin);
    t.outputs = half(outputs);
    t.columns = half(columns);
    t.row_pieces = half(static_cast<int>(cuts.size()));
    t.cells_bytes = static_cast<std::uint32_t>((rows * columns + 7) / 8);
    room[*found] += pairs;
    row += rows;
    pieces.push_back(t);
  }
  used = room;
  tiles.insert(tiles.end(), pieces.begin(), pieces.end());
  return true;
}

/// Makes tiles for outputs from `output_begin` on, as many as there is room for.
std::vector<TileRecord> Builder::pass(int output_begin, int outputs, int weight_rows, int layer_rows) {
  std::vector<int> used(g_.macros);
  for (int& pairs : used)
    pairs = draws_.chance(0.3) ? draws_.range(0, static_cast<int>(g_.column_pairs) / 2) : 0;
  const auto cuts = cut(layer_rows);
  std::vector<TileRecord> tiles;
  for (int done = 0; done < outputs;) {
    const int piece = draws_.range(1, std::min(outputs - done, capacity()));
    if (!place(tiles, used, output_begin + done, piece, cuts, weight_rows)) {
      if (piece == 1 || draws_.chance(0.3)) break;
      outputs = done + piece - 1;
      continue;
    }
    done += piece;
  }
  if (tiles.empty()) throw Unlucky{};
  draws_.shuffle(tiles);
  fill(tiles);
  return tiles;
}

std::vector<std::uint8_t> Builder::cells(const TileRecord& t) {
  std::vector<std::uint8_t> bytes(t.cells_bytes, 0);
  const int dense = draws_.range(1, 9);
  for (std::uint32_t column = 0; column < t.columns; ++column)
    for (std::uint32_t row = 0; row < t.rows; ++row) {
      bool low = draws_.chance(dense / 10.0);
      // One reference column is all low, the other all high.
      if (g_.scheme == mapping::WeightScheme::binary_reference && column >= t.outputs)
        low = column == t.outputs;
      const std::uint32_t bit = column * t.rows + row;
      if (low) bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | 1u << bit % 8);
    }
  return bytes;
}

std::vector<std::uint8_t> Builder::biases(const TileRecord& t, bool zero) {
  std::vector<std::uint8_t> bytes(std::size_t{t.outputs} * 4, 0);
  for (std::size_t o = 0; o < t.outputs && !zero; ++o) {
    std::int32_t value = draws_.range(-12, 12);
    if (g_.bias == BiasPlacement::digital && draws_.chance(0.02))
      value = draws_.chance(0.5) ? std::numeric_limits<std::int32_t>::max()
                                 : std::numeric_limits<std::int32_t>::min();
    std::memcpy(&bytes[o * 4], &value, 4);
  }
  return bytes;
}

/// Puts cells and biases into memory.
void Builder::fill(std::vector<TileRecord>& tiles) {
  const bool adds_up =
      !g_.one_bit_readout || std::any_of(tiles.begin(), tiles.end(), [&](const TileRecord& t) {
        return t.row_pieces > 1 || (g_.rows_per_operation != 0 && t.rows > g_.rows_per_operation);
      });
  for (auto& t : tiles) {
    t.cells_memory = store(cells(t));
    if (g_.bias == BiasPlacement::array ? draws_.chance(0.1) : t.row_begin == 0 || draws_.chance(0.5))
      t.bias_memory = store(biases(t, g_.bias == BiasPlacement::digital && !adds_up));
  }
}

}  // namespace irc::tb::random
