// SPDX-License-Identifier: Apache-2.0
#include "irc/core/bits.h"

#include <algorithm>

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

}  // namespace irc
