// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/evaluator.h"
#include "tile_sums.h"

namespace irc::array {

/// Sums of cell weights over the driven rows, lump by lump: what both fast evaluators spend their time on.
///
/// Weights are 16-bit integers, 32 columns side by side. Where the processor has no matrix tiles
/// (tile_sums.h), rows are taken in small groups; of each group and 32 columns a table of all partial sums is
/// made, and a vector adds the entry that its bits name. All sums are exact integers: instruction set, batch
/// and table size cannot be seen in them.
constexpr std::size_t column_block = 32;
constexpr std::size_t max_lumps = 16;

/// Position of a column among the 32 of its block: neighbours in a lump pair's interleaving come out in
/// order.
constexpr std::size_t block_position(std::size_t column) {
  const std::size_t half = column / 16, quad = column % 16 / 4;
  return 8 * quad + 4 * half + column % 4;
}

/// Rows [begin, end) of a tile in at most max_lumps lumps of equal length (the last may be shorter).
struct LumpLayout {
  std::size_t begin = 0, end = 0, lump_rows = 0, lumps = 0;
  LumpLayout() = default;
  LumpLayout(std::size_t first_row, std::size_t end_row);
  std::size_t rows() const { return end - begin; }
  std::size_t lump_begin(std::size_t lump) const { return begin + lump * lump_rows; }
  std::size_t lump_end(std::size_t lump) const {
    return lump + 1 < lumps ? begin + (lump + 1) * lump_rows : end;
  }
};

/// Weights of one block of 32 columns.
struct LumpWeights {
  const std::uint16_t* rows = nullptr;  ///< [row of the layout][32]
  const TileWeights* packed =
      nullptr;  ///< the same for matrix tiles and one layout; null: packed when needed
};

/// Vectors in the order in which sums are taken, for one layout: offsets into tables, or words of one tile of
/// rows each.
class LumpIndex {
 public:
  /// Room for `capacity` vectors; keeps what memory it has.
  /// \param longest  vectors that will be summed with the same weights, about
  void prepare(const LumpLayout& layout, std::size_t capacity, std::size_t longest);
  /// Fills places [first, first + count): place p holds vector order[p] of the packed bits.
  void fill(const std::uint64_t* bits, std::size_t words_per_vector, std::span<const std::uint32_t> order,
            std::size_t first, std::size_t count);
  /// Sums of one block of columns for the places [first, first + count): out[lump][place][32].
  void sum(const LumpWeights& weights, std::size_t first, std::size_t count, std::uint16_t* out) const;

 private:
  void fill_offsets(const std::uint64_t* bits, std::size_t words_per_vector,
                    std::span<const std::uint32_t> vectors, std::size_t first);
  void fill_words(const std::uint64_t* bits, std::size_t words_per_vector,
                  std::span<const std::uint32_t> vectors, std::size_t first);

  LumpLayout layout_;
  bool tiles_ = false;     ///< words for tiles, not offsets
  std::size_t group_ = 0;  ///< rows per table, 2 to 6
  std::size_t steps_ = 0;  ///< of a lump: tiles of rows, or passes of eight tables
  std::size_t capacity_ = 0;
  std::size_t offsets_size_ = 0, words_size_ = 0;
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> offsets_;  ///< [lump][pass][place][8]
  hwy::AlignedFreeUniquePtr<std::uint64_t[]> words_;    ///< [lump][tile of rows][place]
};

}  // namespace irc::array
