// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc::array {

/// out[32] = sum over the listed rows of values[row][32]; integers, so any order is the same.
void sum_rows(const std::int64_t* values, const std::uint32_t* rows, std::size_t count, std::int64_t* out);

/// out[32] = number of bits set in vector[w] & masks[w][32], over all words.
void count_masked(const std::uint64_t* masks, const std::uint64_t* vector, std::size_t words,
                  std::int64_t* out);

}  // namespace irc::array
