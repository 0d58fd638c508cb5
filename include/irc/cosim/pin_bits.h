// SPDX-License-Identifier: Apache-2.0
// Access to parts of packed pin vectors, for any type of pin.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <systemc>

namespace irc::cosim {

/// The lowest `width` bits set; 1 <= width <= 64.
constexpr std::uint64_t low_bits(std::size_t width) {
  return ~std::uint64_t{0} >> (64 - width);
}

/// Bits [first, first + width) of a pin vector; 1 <= width <= 64.
inline std::uint64_t get_bits(std::uint64_t pins, std::size_t first, std::size_t width) {
  return pins >> first & low_bits(width);
}
/// The same for pins wider than 64 bits.
inline std::uint64_t get_bits(const sc_dt::sc_bv_base& pins, std::size_t first, std::size_t width) {
  const auto digit = [&](std::size_t i) {
    return i < static_cast<std::size_t>(pins.size()) ? std::uint64_t{pins.get_word(static_cast<int>(i))} : 0;
  };
  const std::size_t i = first / 32, shift = first % 32;
  std::uint64_t bits = digit(i) >> shift | digit(i + 1) << (32 - shift);
  if (shift + width > 64) bits |= digit(i + 2) << (64 - shift);
  return bits & low_bits(width);
}

/// Bits [first, first + width) of a pin vector as 64-bit words, for any width.
template <typename Pins>
void get_words(const Pins& pins, std::size_t first, std::size_t width, std::span<std::uint64_t> words) {
  for (std::size_t bit = 0; bit < width; bit += 64)
    words[bit / 64] = get_bits(pins, first + bit, width - bit < 64 ? width - bit : 64);
}

/// Sets bits [first, first + width) of a pin vector; 1 <= width <= 32.
template <typename Integer>
void set_bits(Integer& pins, std::size_t first, std::size_t width, std::uint32_t value) {
  const std::uint64_t mask = low_bits(width) << first;
  pins = static_cast<Integer>((std::uint64_t{pins} & ~mask) | (std::uint64_t{value} << first & mask));
}
/// The same for pins wider than 64 bits.
template <int Width>
void set_bits(sc_dt::sc_bv<Width>& pins, std::size_t first, std::size_t width, std::uint32_t value) {
  const std::size_t i = first / 32, shift = first % 32;
  const auto change = [&](std::size_t word, std::uint64_t mask, std::uint64_t bits) {
    const auto old = std::uint64_t{pins.get_word(static_cast<int>(word))};
    pins.set_word(static_cast<int>(word), static_cast<sc_dt::sc_digit>((old & ~mask) | (bits & mask)));
  };
  const std::uint64_t mask = low_bits(width) << shift, bits = std::uint64_t{value} << shift;
  change(i, mask & 0xffffffff, bits);
  if (mask >> 32 != 0) change(i + 1, mask >> 32, bits >> 32);
}

}  // namespace irc::cosim
