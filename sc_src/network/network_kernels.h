// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc::network {

/// Destination of the step outputs of neighbouring pixels. The outputs of pixel p go to word p * step,
/// starting at bit `shift`.
struct FiredBits {
  std::uint64_t* words;
  std::size_t step, shift;
  std::uint64_t mask;  ///< which outputs exist
};

/// Computes the sums of one block of PackedWeights for one window, including the bias.
void count_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* window,
                 std::size_t words, std::int64_t* sums);
/// Computes those sums for many windows, which are `words` words apart. Sums above zero set their bits.
void fire_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* windows,
                std::size_t pixels, std::size_t words, const FiredBits& fired);

/// The kernel rows of a row of windows. Strip k of pixel p starts at inputs[k][p * step], is `length` long,
/// and is multiplied by the weights from row first_row[k] on.
template <typename T>
struct Strips {
  const T* const* inputs;
  const std::size_t* first_row;
  std::size_t count, length, step;
};

/// Computes sums[pixel * padded + output] = start[output] + sum over the window, in its order. T is float or
/// double.
template <typename T>
void dense_sums(const T* weights, std::size_t padded, const Strips<T>& strips, const T* start,
                std::size_t pixels, T* sums);
/// Sets bit o of each pixel's row of words if sums[o] + bias[o] > 0.
template <typename T>
void fire_sums(const T* sums, const T* bias, std::size_t outputs, std::size_t padded, std::size_t pixels,
               std::uint64_t* words, std::size_t words_per_pixel);

}  // namespace irc::network
