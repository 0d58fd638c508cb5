// SPDX-License-Identifier: Apache-2.0
#include "lumps/lump_sums.h"

#include <algorithm>
#include <string>

#include "irc/core/error.h"
#include "irc/core/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "lumps/lump_sums-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "lumps/lump_sums-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(lump_sums_kernel);
HWY_EXPORT(spread_bits_kernel);

namespace {

// The last matrix tile of rows then ends with a lump.
constexpr std::size_t lump_quantum = tile_depth;

template <class T>
void reserve(hwy::AlignedFreeUniquePtr<T[]>& data, std::size_t& size, std::size_t wanted) {
  if (wanted <= size) return;
  data = hwy::AllocateAligned<T>(wanted);
  size = wanted;
}

/// The number of rows per table with the lowest cost for this number of vectors.
std::size_t best_group(std::size_t vectors) {
  // A table of 2^g entries costs about as much as 2^g look-ups and saves g - 1 of g additions.
  std::size_t best = 2;
  double least = 1e300;
  for (std::size_t group = 2; group <= 6; ++group) {
    const double cost =
        (static_cast<double>(1u << group) + static_cast<double>(vectors)) / static_cast<double>(group);
    if (cost < least) {
      least = cost;
      best = group;
    }
  }
  return best;
}

/// Returns `count` rows, starting at `row`, as the lower bits of a word.
std::uint64_t bits_from(const std::uint64_t* bits, std::size_t row, std::size_t count) {
  const std::size_t word = row / 64, shift = row % 64;
  std::uint64_t field = bits[word] >> shift;
  // If the last rows end in this word, there is no next word to read.
  if (shift + count > 64) field |= bits[word + 1] << (64 - shift);
  return count < 64 ? field & ((std::uint64_t{1} << count) - 1) : field;
}

}  // namespace

LumpLayout::LumpLayout(std::size_t first_row, std::size_t end_row) : begin(first_row), end(end_row) {
  // Sums of longer lumps would leave no bits for their cells.
  constexpr std::size_t most_rows = max_lumps * 16384;
  if (rows() > most_rows)
    throw InputError("array: " + std::to_string(rows()) + " rows driven at once, expected at most " +
                     std::to_string(most_rows));
  const std::size_t quanta = (rows() + lump_quantum - 1) / lump_quantum;
  const std::size_t most = quanta <= 18 ? 9 : max_lumps;
  lump_rows = lump_quantum * std::max<std::size_t>(1, (quanta + most - 1) / most);
  lumps = (rows() + lump_rows - 1) / lump_rows;
}

void LumpIndex::prepare(const LumpLayout& layout, std::size_t capacity, std::size_t longest) {
  layout_ = layout;
  capacity_ = capacity;
  tiles_ = matrix_tiles();
  group_ = tiles_ ? 0 : best_group(longest);
  const std::size_t rows_per_step = tiles_ ? tile_depth : 8 * group_;
  steps_ = (layout.lump_rows + rows_per_step - 1) / rows_per_step;
  const std::size_t entries = layout.lumps * steps_ * capacity;
  tiles_ ? reserve(words_, words_size_, entries) : reserve(offsets_, offsets_size_, entries * 8);
}

void LumpIndex::fill(const std::uint64_t* bits, std::size_t words_per_vector,
                     std::span<const std::uint32_t> order, std::size_t first, std::size_t count) {
  const auto vectors = order.subspan(first, count);
  tiles_ ? fill_words(bits, words_per_vector, vectors, first)
         : fill_offsets(bits, words_per_vector, vectors, first);
}

void LumpIndex::fill_offsets(const std::uint64_t* bits, std::size_t words_per_vector,
                             std::span<const std::uint32_t> vectors, std::size_t first) {
  for (std::size_t lump = 0; lump < layout_.lumps; ++lump) {
    std::uint16_t* out = offsets_.get() + (lump * steps_ * capacity_ + first) * 8;
    for (std::size_t row = layout_.lump_begin(lump); row < layout_.lump_end(lump); row += 8 * group_) {
      const std::size_t rows = layout_.lump_end(lump) - row;
      HWY_DYNAMIC_DISPATCH(spread_bits_kernel)
      (bits, words_per_vector, vectors.data(), vectors.size(), row, rows, group_, out);
      out += capacity_ * 8;
    }
  }
}

void LumpIndex::fill_words(const std::uint64_t* bits, std::size_t words_per_vector,
                           std::span<const std::uint32_t> vectors, std::size_t first) {
  constexpr std::size_t line = 8;  // vectors whose words share a cache line
  for (std::size_t v = 0; v < vectors.size(); v += line)
    for (std::size_t lump = 0; lump < layout_.lumps; ++lump) {
      std::uint64_t* out = words_.get() + lump * steps_ * capacity_ + first + v;
      for (std::size_t row = layout_.lump_begin(lump); row < layout_.lump_end(lump); row += tile_depth) {
        const std::size_t rows = std::min(tile_depth, layout_.lump_end(lump) - row);
        for (std::size_t k = 0; k < std::min(line, vectors.size() - v); ++k)
          out[k] = bits_from(bits + vectors[v + k] * words_per_vector, row, rows);
        out += capacity_;
      }
    }
}

void LumpIndex::sum(const LumpWeights& weights, std::size_t first, std::size_t count,
                    std::uint16_t* out) const {
  if (tiles_) {
    const TileWeights* packed = weights.packed;
    thread_local TileWeights made;
    if (packed == nullptr) {
      made.pack(weights.rows, layout_.rows(), layout_.lump_rows);
      packed = &made;
    }
    for (std::size_t lump = 0; lump < layout_.lumps; ++lump, out += count * column_block)
      packed->sum(lump, words_.get() + lump * steps_ * capacity_ + first, capacity_, count, out);
    return;
  }
  if (weights.rows == nullptr)
    throw InternalError("array: a tile was prepared for matrix tiles, and then they were forbidden");
  thread_local hwy::AlignedFreeUniquePtr<std::uint16_t[]> table =
      hwy::AllocateAligned<std::uint16_t>(8 * 64 * column_block);
  for (std::size_t lump = 0; lump < layout_.lumps; ++lump, out += count * column_block)
    HWY_DYNAMIC_DISPATCH(lump_sums_kernel)
  (weights.rows + lump * layout_.lump_rows * column_block, layout_.lump_end(lump) - layout_.lump_begin(lump),
   group_, offsets_.get() + (lump * steps_ * capacity_ + first) * 8, capacity_ * 8, count, table.get(), out);
}

}  // namespace irc::array
