// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/evaluator.h"
#include "lumps/tile_sums.h"

namespace irc::array {

/// Sums of cell weights over the driven rows, lump by lump. Both fast evaluators spend most of their time
/// here.
///
/// Weights are 16-bit integers, stored for 32 columns side by side. If the processor has no matrix tiles
/// (tile_sums.h), rows are processed in small groups. For each group and 32 columns a table of all partial
/// sums is built, and a vector adds the entry that its bits select. All sums are exact integers, so they do
/// not depend on the instruction set, the batch or the table size.
constexpr std::size_t column_block = 32;
constexpr std::size_t max_lumps = 16;

/// Position of a column among the 32 of its block. With this order, the interleaving of a lump pair puts the
/// columns in their natural order.
constexpr std::size_t block_position(std::size_t column) {
  const std::size_t half = column / 16, quad = column % 16 / 4;
  return 8 * quad + 4 * half + column % 4;
}

/// The rows [begin, end) of a tile in at most max_lumps lumps of equal length (the last may be shorter).
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
  /// The same weights for matrix tiles and one layout; null: packed when needed.
  const TileWeights* packed = nullptr;
};

/// Vectors in the order in which their sums are taken, for one layout. They are stored as offsets into
/// tables, or as words of one matrix tile of rows each.
class LumpIndex {
 public:
  /// Provides room for `capacity` vectors and keeps the memory it already has.
  /// \param longest  approximate number of vectors that are summed with the same weights
  void prepare(const LumpLayout& layout, std::size_t capacity, std::size_t longest);
  /// Fills the positions [first, first + count). Position p holds vector order[p] of the packed bits.
  void fill(const std::uint64_t* bits, std::size_t words_per_vector, std::span<const std::uint32_t> order,
            std::size_t first, std::size_t count);
  /// Sums one block of columns for the positions [first, first + count): out[lump][position][32].
  void sum(const LumpWeights& weights, std::size_t first, std::size_t count, std::uint16_t* out) const;

 private:
  void fill_offsets(const std::uint64_t* bits, std::size_t words_per_vector,
                    std::span<const std::uint32_t> vectors, std::size_t first);
  void fill_words(const std::uint64_t* bits, std::size_t words_per_vector,
                  std::span<const std::uint32_t> vectors, std::size_t first);

  LumpLayout layout_;
  bool tiles_ = false;     ///< true: words for matrix tiles; false: offsets
  std::size_t group_ = 0;  ///< rows per table, 2 to 6
  std::size_t steps_ = 0;  ///< per lump: matrix tiles of rows, or passes of eight tables
  std::size_t capacity_ = 0;
  std::size_t offsets_size_ = 0, words_size_ = 0;
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> offsets_;  ///< [lump][pass][position][8]
  hwy::AlignedFreeUniquePtr<std::uint64_t[]> words_;    ///< [lump][tile of rows][position]
};

}  // namespace irc::array
