// SPDX-License-Identifier: Apache-2.0
#include "lump_sums.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "lump_sums-inl.h"
// Highway asks for this order.
// clang-format off
#include <hwy/foreach_target.h>
#include "lump_sums-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(lump_sums_kernel);
HWY_EXPORT(spread_bits_kernel);

namespace {

// Passes of six-row tables then end with a lump.
constexpr std::size_t lump_quantum = 48;

std::size_t passes_of(std::size_t rows, int group) {
  const auto per_pass = static_cast<std::size_t>(8 * group);
  return (rows + per_pass - 1) / per_pass;
}

std::size_t passes_per_lump(const LumpLayout& layout, int group) {
  return passes_of(layout.lump_rows, group);
}

}  // namespace

LumpLayout::LumpLayout(std::size_t first_row, std::size_t end_row) : begin(first_row), end(end_row) {
  const std::size_t quanta = (rows() + lump_quantum - 1) / lump_quantum;
  const std::size_t most = quanta <= 24 ? max_lumps / 2 : max_lumps;
  lump_rows = lump_quantum * std::max<std::size_t>(1, (quanta + most - 1) / most);
  lumps = (rows() + lump_rows - 1) / lump_rows;
}

void LumpIndex::prepare(const LumpLayout& layout, int group, std::size_t capacity) {
  layout_ = layout;
  group_ = group;
  capacity_ = capacity;
  const std::size_t size = layout.lumps * passes_per_lump(layout, group) * capacity * 8;
  if (size <= size_) return;
  data_ = hwy::AllocateAligned<std::uint16_t>(size);
  size_ = size;
}

void LumpIndex::fill(const std::uint64_t* bits, std::size_t words_per_vector, std::size_t first,
                     std::size_t count) {
  const auto per_pass = static_cast<std::size_t>(8 * group_);
  const std::size_t passes = passes_per_lump(layout_, group_);
  for (std::size_t lump = 0; lump < layout_.lumps; ++lump) {
    std::size_t p = lump * passes;
    for (std::size_t row = layout_.lump_begin(lump); row < layout_.lump_end(lump); row += per_pass, ++p)
      HWY_DYNAMIC_DISPATCH(spread_bits_kernel)
    (bits, words_per_vector, row, layout_.lump_end(lump) - row, static_cast<std::size_t>(group_), count,
     data_.get() + (p * capacity_ + first) * 8);
  }
}

int best_group(std::size_t vectors) {
  // A table of 2^g entries costs about as much as 2^g look-ups and saves g - 1 of g additions.
  int best = 2;
  double least = 1e300;
  for (int group = 2; group <= 6; ++group) {
    const double cost = (static_cast<double>(1 << group) + static_cast<double>(vectors)) / group;
    if (cost < least) {
      least = cost;
      best = group;
    }
  }
  return best;
}

void lump_sums(const LumpIndex& index, const std::uint16_t* weights, std::size_t count, std::uint16_t* out) {
  const LumpLayout& layout = index.layout();
  const auto group = static_cast<std::size_t>(index.group());
  const std::size_t passes = passes_per_lump(layout, index.group());
  thread_local hwy::AlignedFreeUniquePtr<std::uint16_t[]> table =
      hwy::AllocateAligned<std::uint16_t>(8 * 64 * column_block);
  for (std::size_t lump = 0; lump < layout.lumps; ++lump) HWY_DYNAMIC_DISPATCH(lump_sums_kernel)
  (weights + (layout.lump_begin(lump) - layout.begin) * column_block,
   layout.lump_end(lump) - layout.lump_begin(lump), group, index.pass(lump * passes), index.capacity() * 8,
   count, table.get(), out + lump * count * column_block);
}

}  // namespace irc::array
