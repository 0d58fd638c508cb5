// SPDX-License-Identifier: Apache-2.0
// Private to the macro: the numbers that name the random draws of an operation, and how large its parts may
// be so that no two operations get the same number.
#pragma once
#include <cstdint>

namespace irc::macro {

/// Reads of one row group, and row groups of a tile.
inline constexpr std::uint64_t most_reads = std::uint64_t{1} << 40, most_groups = std::uint64_t{1} << 19;

/// Names the read noise of the cells. Each row group of a vector is a separate read.
constexpr std::uint64_t cell_read(std::uint64_t read, std::uint64_t group) {
  return read + group * most_reads;
}

/// Names the noise of a decision. Sixteen times the reads of a group lie between groups, and the largest
/// group still fits into 64 bits.
constexpr std::uint64_t decision_index(std::uint64_t read, std::uint64_t group) {
  return read + (group << 44);
}
static_assert(decision_index(most_reads - 1, 0) < decision_index(0, 1),
              "reads of two groups have no name in common");
static_assert(decision_index(0, most_groups - 1) >> 44 == most_groups - 1,
              "the last group fits into 64 bits");

/// Names what an amplifier reads: one of the lines of its mux, with the line's programming count.
constexpr std::uint64_t place_of(std::uint64_t programming_count, std::uint64_t mux_position) {
  return programming_count << 16 | mux_position;
}

}  // namespace irc::macro
