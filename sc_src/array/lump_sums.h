// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "irc/array/evaluator.h"

namespace irc::array {

/// Sums of cell weights over the driven rows, lump by lump: what both fast evaluators spend their time on.
///
/// Weights are 16-bit integers, 32 columns side by side. Rows are taken in small groups; of each group and 32
/// columns a table of all partial sums is made, and a vector adds the entry that its bits name. All sums are
/// exact integers: instruction set, batch and table size cannot be seen in them.
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

/// Vectors as table offsets for one layout and group size.
class LumpIndex {
 public:
  /// Room for `capacity` vectors; keeps what memory it has. \param group  rows per table, 2 to 6
  void prepare(const LumpLayout& layout, int group, std::size_t capacity);
  /// Fills vectors [first, first + count) from packed bits.
  void fill(const std::uint64_t* bits, std::size_t words_per_vector, std::size_t first, std::size_t count);
  /// Offsets of one pass (8 tables), [vector][8].
  const std::uint16_t* pass(std::size_t pass) const { return data_.get() + pass * capacity_ * 8; }
  std::size_t capacity() const { return capacity_; }
  const LumpLayout& layout() const { return layout_; }
  int group() const { return group_; }

 private:
  LumpLayout layout_;
  int group_ = 0;
  std::size_t capacity_ = 0, size_ = 0;
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> data_;
};

/// Rows per table that cost least for so many vectors.
int best_group(std::size_t vectors);

/// Sums of one block of 32 columns: out[lump][vector][32], for the first `count` vectors of the index.
/// \param weights  [row of the layout][32]
void lump_sums(const LumpIndex& index, const std::uint16_t* weights, std::size_t count, std::uint16_t* out);

}  // namespace irc::array
