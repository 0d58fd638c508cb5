// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc::network {

/// Where the step outputs of neighbouring pixels go: those of pixel p to word p * step, from bit `shift` on.
struct FiredBits {
  std::uint64_t* words;
  std::size_t step, shift;
  std::uint64_t mask;  ///< outputs that exist
};

/// Sums of one block of PackedWeights, bias included, for one window.
void count_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* window,
                 std::size_t words, std::int64_t* sums);
/// The same for many windows, `words` words apart; sums above zero set their bits.
void fire_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* windows,
                std::size_t pixels, std::size_t words, const FiredBits& fired);

/// Kernel rows of a row of windows: strip k of pixel p is inputs[k][p * step ...], `length` long, and meets
/// the weights from row first_row[k] on.
template <typename T>
struct Strips {
  const T* const* inputs;
  const std::size_t* first_row;
  std::size_t count, length, step;
};

/// sums[pixel * padded + output] = start[output] + sum over the window, in its order. T: float, double.
template <typename T>
void dense_sums(const T* weights, std::size_t padded, const Strips<T>& strips, const T* start,
                std::size_t pixels, T* sums);
/// Bit o of each pixel's word row says whether sums[o] + bias[o] > 0.
template <typename T>
void fire_sums(const T* sums, const T* bias, std::size_t outputs, std::size_t padded, std::size_t pixels,
               std::uint64_t* words, std::size_t words_per_pixel);

}  // namespace irc::network
