// SPDX-License-Identifier: Apache-2.0
#include "irc/array/state_currents.h"

#include <algorithm>
#include <array>
#include <bit>

#include "irc/core/bits.h"

namespace irc::array {
namespace {

using device::CellState;

std::size_t index(CellState state) {
  return state == CellState::lrs ? 1 : 0;
}

/// Counters for 64 lanes as bit planes: plane b holds bit b of each lane's count.
constexpr std::size_t counter_planes = 11, counter_limit = 2047;

/// Adds the bits of `word` to the counters of its lanes.
void add(std::array<std::uint64_t, counter_planes>& counters, std::uint64_t word) {
  for (auto& plane : counters) {
    if (word == 0) return;
    const std::uint64_t carry = plane & word;
    plane ^= word;
    word = carry;
  }
}

/// Adds three words bit by bit, giving sum and carry.
void full_adder(std::uint64_t& sum, std::uint64_t& carry, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t half = a ^ b;
  carry = (a & b) | (half & sum);
  sum ^= half;
}

/// Adds eight words: full adders first, then one ripple of the carry of weight eight.
void add_eight(std::array<std::uint64_t, counter_planes>& c, const std::array<std::uint64_t, 8>& w) {
  std::uint64_t twos_a, twos_b, twos_c, twos_d, fours_a, fours_b, eights;
  full_adder(c[0], twos_a, w[0], w[1]);
  full_adder(c[0], twos_b, w[2], w[3]);
  full_adder(c[0], twos_c, w[4], w[5]);
  full_adder(c[0], twos_d, w[6], w[7]);
  full_adder(c[1], fours_a, twos_a, twos_b);
  full_adder(c[1], fours_b, twos_c, twos_d);
  full_adder(c[2], eights, fours_a, fours_b);
  for (std::size_t plane = 3; plane < counter_planes && eights != 0; ++plane) {
    const std::uint64_t carry = c[plane] & eights;
    c[plane] ^= eights;
    eights = carry;
  }
}

/// The rows of a word that are within the range.
std::uint64_t range_mask(std::size_t word, RowRange rows) {
  const std::size_t first = 64 * word;
  std::uint64_t mask = ~std::uint64_t{0};
  if (rows.begin > first) mask = rows.begin >= first + 64 ? 0 : mask << (rows.begin - first);
  if (rows.end < first + 64) mask &= rows.end <= first ? 0 : ~std::uint64_t{0} >> (first + 64 - rows.end);
  return mask;
}

/// Counts how often the vectors [begin, end), at most counter_limit of them, drive each row of a word.
std::array<std::uint64_t, counter_planes> driven(const WordLineBatch& batch, std::size_t word,
                                                 std::size_t begin, std::size_t end) {
  std::array<std::uint64_t, counter_planes> counters{};
  const auto at = [&](std::size_t v) { return batch.bits[v * batch.words_per_vector + word]; };
  std::size_t v = begin;
  for (; v + 8 <= end; v += 8)
    add_eight(counters, {at(v), at(v + 1), at(v + 2), at(v + 3), at(v + 4), at(v + 5), at(v + 6), at(v + 7)});
  for (; v < end; ++v) add(counters, at(v));
  return counters;
}

}  // namespace

StateCurrents::StateCurrents(const ProgrammedTile& tile)
    : rows_(tile.geometry().rows), words_(words_for(rows_)), columns_(tile.geometry().columns) {
  std::vector<std::uint32_t> low(rows_, 0);
  for (std::size_t c = 0; c < columns_; ++c) {
    const auto states = tile.states(c);
    for (std::size_t r = 0; r < rows_; ++r) low[r] += static_cast<std::uint32_t>(index(states[r]));
  }
  plane_count_ = static_cast<std::size_t>(std::bit_width(columns_));
  planes_.assign(plane_count_ * words_, 0);
  for (std::size_t r = 0; r < rows_; ++r) {
    lrs_cells_ += low[r];
    for (std::size_t b = 0; b < plane_count_; ++b)
      planes_[b * words_ + r / 64] |= std::uint64_t{(low[r] >> b) & 1u} << (r % 64);
  }
  // The sample is every n-th cell of the tile. n is odd, so that the walk covers rows and columns evenly. If
  // a state is so rare that one walk does not meet enough of its cells, further walks start one cell later
  // each, until every cell has been visited.
  const auto& conditions = tile.conditions();
  const std::size_t cells = rows_ * columns_, step = std::max<std::size_t>(1, cells / (4 * sample)) | 1;
  const auto low_cells = static_cast<std::size_t>(lrs_cells_);
  const std::array<std::size_t, 2> wanted = {std::min(sample, cells - low_cells),
                                             std::min(sample, low_cells)};
  std::array<std::size_t, 2> taken{};
  const auto take = [&](std::size_t i) {
    const std::size_t column = i / rows_, row = i % rows_;
    const CellState state = tile.states(column)[row];
    const std::size_t s = index(state);
    if (taken[s] == wanted[s]) return;
    ++taken[s];
    const device::CellParameters cell{tile.r_ohm(column)[row], tile.v_t_v(column)[row], state};
    on_a_[s] += device::solve_cell(tile.card(), cell, tile.v_bl_v(column), 0, conditions.v_wl_v).i_a;
    if (tile.nonidealities().off_leakage)
      off_a_[s] += device::solve_cell(tile.card(), cell, tile.v_bl_v(column), 0, conditions.v_wl_off_v).i_a;
  };
  for (std::size_t start = 0; start < step; ++start)
    for (std::size_t i = start; i < cells && taken != wanted; i += step) take(i);
  for (const std::size_t s : {0, 1}) {
    if (taken[s] == 0) continue;
    on_a_[s] /= static_cast<double>(taken[s]);
    off_a_[s] /= static_cast<double>(taken[s]);
  }
}

// If a row is driven n times, its low cells conduct n * low times. Summed over rows, this is the sum over
// pairs of bit planes of 2^(i + j) times the number of rows that have both bits set.
StateSplit StateCurrents::unloaded(const WordLineBatch& batch, RowRange rows) const {
  std::uint64_t driven_rows = 0, driven_lrs = 0;
  for (std::size_t w = rows.begin / 64; w < std::min(words_, words_for(rows.end)); ++w) {
    const std::uint64_t mask = range_mask(w, rows);
    for (std::size_t begin = 0; begin < batch.vectors; begin += counter_limit) {
      const auto counters = driven(batch, w, begin, std::min(batch.vectors, begin + counter_limit));
      for (std::size_t i = 0; i < counter_planes; ++i) {
        const std::uint64_t lanes = counters[i] & mask;
        if (lanes == 0) continue;
        driven_rows += static_cast<std::uint64_t>(std::popcount(lanes)) << i;
        for (std::size_t j = 0; j < plane_count_; ++j)
          driven_lrs += static_cast<std::uint64_t>(std::popcount(lanes & planes_[j * words_ + w])) << (i + j);
      }
    }
  }
  const auto vectors = static_cast<double>(batch.vectors), lrs_on = static_cast<double>(driven_lrs);
  const double hrs_on = static_cast<double>(driven_rows) * static_cast<double>(columns_) - lrs_on;
  const double lrs_off = vectors * lrs_cells_ - lrs_on;
  const double hrs_off =
      vectors * (static_cast<double>(rows_) * static_cast<double>(columns_) - lrs_cells_) - hrs_on;
  return {lrs_on * on_a_[1], hrs_on * on_a_[0], lrs_off * off_a_[1] + hrs_off * off_a_[0]};
}

StateSplit StateCurrents::split(const WordLineBatch& batch, RowRange rows, double total_a) const {
  StateSplit parts = unloaded(batch, rows);
  const double whole_a = parts.total_a();
  if (!(whole_a > 0)) return {total_a, 0, 0};
  parts.hrs_a *= total_a / whole_a;
  parts.off_a *= total_a / whole_a;
  parts.lrs_a = total_a - parts.hrs_a - parts.off_a;
  return parts;
}

}  // namespace irc::array
