// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "irc/core/bits.h"

namespace irc {

/// Channels × height × width of a feature map.
struct Shape {
  int channels = 0;
  int height = 0;
  int width = 0;
  std::size_t pixels() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
  std::size_t size() const { return pixels() * static_cast<std::size_t>(channels); }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// A binary feature map, channel-last: row = pixel (y * width + x), column = channel; {0,1}.
struct BinaryMap {
  Shape shape;
  BitMatrix bits;
  BinaryMap() = default;
  explicit BinaryMap(const Shape& s) : shape(s), bits(s.pixels(), static_cast<std::size_t>(s.channels)) {}
  friend bool operator==(const BinaryMap&, const BinaryMap&) = default;
};

/// A dense feature map, channel-last: value(y, x, c) at (y * width + x) * channels + c.
template <typename T>
struct DenseMap {
  Shape shape;
  std::vector<T> values;
  DenseMap() = default;
  explicit DenseMap(const Shape& s) : shape(s), values(s.size()) {}
  T& at(int y, int x, int c) { return values[index(y, x, c)]; }
  const T& at(int y, int x, int c) const { return values[index(y, x, c)]; }
  friend bool operator==(const DenseMap&, const DenseMap&) = default;

 private:
  std::size_t index(int y, int x, int c) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
            static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(shape.channels) +
           static_cast<std::size_t>(c);
  }
};

/// An RGB picture, 8 bit per channel, channel-last.
using Picture = DenseMap<std::uint8_t>;

}  // namespace irc
