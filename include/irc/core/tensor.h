// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "irc/core/bits.h"

namespace irc {

/// The shape of a feature map: channels × height × width.
struct Shape {
  int channels = 0;  ///< number of channels
  int height = 0;    ///< height in pixels
  int width = 0;     ///< width in pixels
  /// Number of pixels, height × width.
  std::size_t pixels() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
  /// Number of values, channels × height × width.
  std::size_t size() const { return pixels() * static_cast<std::size_t>(channels); }
  /// True if all three dimensions are equal.
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// A feature map of values 0 and 1, channel-last: a row of `bits` is a pixel (y * width + x), a column is a
/// channel.
struct BinaryMap {
  Shape shape;     ///< dimensions of the map
  BitMatrix bits;  ///< one row per pixel, one column per channel
  /// An empty map.
  BinaryMap() = default;
  /// A map of zeros.
  explicit BinaryMap(const Shape& s) : shape(s), bits(s.pixels(), static_cast<std::size_t>(s.channels)) {}
  /// True if shapes and bits are equal.
  friend bool operator==(const BinaryMap&, const BinaryMap&) = default;
};

/// A dense feature map, channel-last: the value at (y, x, c) has the index (y * width + x) * channels + c.
template <typename T>
struct DenseMap {
  Shape shape;            ///< dimensions of the map
  std::vector<T> values;  ///< all values, channel-last
  /// An empty map.
  DenseMap() = default;
  /// A map of value-initialised elements (zeros for numbers).
  explicit DenseMap(const Shape& s) : shape(s), values(s.size()) {}
  /// The value of channel `c` at row `y` and column `x`. Indices are not checked.
  T& at(int y, int x, int c) { return values[index(y, x, c)]; }
  /// The value of channel `c` at row `y` and column `x`, read-only.
  const T& at(int y, int x, int c) const { return values[index(y, x, c)]; }
  /// True if shapes and values are equal.
  friend bool operator==(const DenseMap&, const DenseMap&) = default;

 private:
  std::size_t index(int y, int x, int c) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
            static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(shape.channels) +
           static_cast<std::size_t>(c);
  }
};

/// An RGB image with 8 bits per channel, channel-last.
using Picture = DenseMap<std::uint8_t>;

}  // namespace irc
