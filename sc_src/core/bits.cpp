// SPDX-License-Identifier: Apache-2.0
#include "irc/core/bits.h"

#include <algorithm>
#include <bit>

namespace irc {

void copy_bits(const std::uint64_t* source, std::size_t from, std::uint64_t* target, std::size_t to,
               std::size_t count) {
  while (count > 0) {
    const std::size_t take = std::min({count, 64 - from % 64, 64 - to % 64});
    const std::uint64_t mask = take == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << take) - 1;
    const std::uint64_t piece = (source[from / 64] >> (from % 64)) & mask;
    auto& word = target[to / 64];
    word = (word & ~(mask << (to % 64))) | (piece << (to % 64));
    from += take;
    to += take;
    count -= take;
  }
}

namespace {

/// Calls use(word index, mask) for the words that hold bits [begin, end).
template <typename Use>
void for_each_word(std::size_t begin, std::size_t end, const Use& use) {
  for (std::size_t bit = begin; bit < end;) {
    const std::size_t take = std::min(64 - bit % 64, end - bit);
    use(bit / 64, (~std::uint64_t{0} >> (64 - take)) << (bit % 64));
    bit += take;
  }
}

}  // namespace

void set_bits(std::uint64_t* words, std::size_t begin, std::size_t end) {
  for_each_word(begin, end, [&](std::size_t word, std::uint64_t mask) { words[word] |= mask; });
}

std::uint64_t count_bits(const std::uint64_t* words, std::size_t begin, std::size_t end) {
  const std::size_t first = (begin + 63) / 64, last = end / 64;  // whole words
  const auto count_parts = [&](std::size_t from, std::size_t to) {
    std::uint64_t ones = 0;
    for_each_word(from, to, [&](std::size_t word, std::uint64_t mask) {
      ones += static_cast<std::uint64_t>(std::popcount(words[word] & mask));
    });
    return ones;
  };
  if (first >= last) return count_parts(begin, end);
  return count_parts(begin, 64 * first) + count_ones({words + first, last - first}) +
         count_parts(64 * last, end);
}

}  // namespace irc
