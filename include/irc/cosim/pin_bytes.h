// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bitset>
#include <cstdint>

#include "irc/cosim/pins.h"

namespace irc::cosim {

/// Widest AXI data bus in bytes (IHI 0022, A3.1: 1024 bits).
inline constexpr unsigned max_bus_bytes = 128;

/// One bit per byte lane; bit i is lane i.
using LaneMask = std::bitset<max_bus_bytes>;

/// Splits a pin of `Width` bits, a multiple of 8, into Width / 8 bytes: byte i is bits [8i +: 8].
template <int Width>
void pin_to_bytes(const PinVector<Width>& pin, std::uint8_t* bytes) {
  static_assert(Width % 8 == 0 && (Width <= 64 || Width % 32 == 0));
  if constexpr (Width <= 64) {
    for (int i = 0; i < Width / 8; ++i) bytes[i] = static_cast<std::uint8_t>(pin >> (8 * i));
  } else {
    for (int word = 0; word < Width / 32; ++word) {
      const sc_dt::sc_digit bits = pin.get_word(word);
      for (int i = 0; i < 4; ++i) bytes[4 * word + i] = static_cast<std::uint8_t>(bits >> (8 * i));
    }
  }
}

/// The inverse of `pin_to_bytes`.
template <int Width>
PinVector<Width> bytes_to_pin(const std::uint8_t* bytes) {
  static_assert(Width % 8 == 0 && (Width <= 64 || Width % 32 == 0));
  PinVector<Width> pin{};
  if constexpr (Width <= 64) {
    std::uint64_t bits = 0;
    for (int i = 0; i < Width / 8; ++i) bits |= std::uint64_t{bytes[i]} << (8 * i);
    pin = static_cast<PinVector<Width>>(bits);
  } else {
    for (int word = 0; word < Width / 32; ++word) {
      sc_dt::sc_digit bits = 0;
      for (int i = 0; i < 4; ++i) bits |= sc_dt::sc_digit{bytes[4 * word + i]} << (8 * i);
      pin.set_word(word, bits);
    }
  }
  return pin;
}

/// The lanes that a strobe pin of `Width` bits, 2..128, enables.
template <int Width>
LaneMask pin_to_lanes(const PinVector<Width>& pin) {
  if constexpr (Width <= 64) {
    return LaneMask(pin);
  } else {
    LaneMask lanes;
    for (int word = 0; word < Width / 32; ++word) lanes |= LaneMask(pin.get_word(word)) << (32 * word);
    return lanes;
  }
}

/// The inverse of `pin_to_lanes`; lanes from `Width` on are dropped.
template <int Width>
PinVector<Width> lanes_to_pin(const LaneMask& lanes) {
  PinVector<Width> pin{};
  constexpr int words = (Width + 31) / 32;
  for (int word = 0; word < words; ++word) {
    const auto bits = static_cast<std::uint32_t>(((lanes >> (32 * word)) & LaneMask(0xffff'ffff)).to_ulong());
    if constexpr (Width <= 32) {
      pin = bits & static_cast<std::uint32_t>((std::uint64_t{1} << Width) - 1);
    } else if constexpr (Width <= 64) {
      pin |= std::uint64_t{bits} << (32 * word);
    } else {
      pin.set_word(word, bits);
    }
  }
  return pin;
}

}  // namespace irc::cosim
