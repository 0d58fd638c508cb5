// SPDX-License-Identifier: Apache-2.0
#include "irc/network/operators.h"

#include <algorithm>

namespace irc::network {
namespace {

std::size_t pixel(const Shape& shape, int y, int x) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) + static_cast<std::size_t>(x);
}
std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// The part of a kernel row that is inside the map: input row, first input column, and its position in the
/// window.
struct Strip {
  int iy, ix;
  std::size_t position;  ///< in pixels of the window
  std::size_t count;     ///< in pixels
};

/// Calls `use` for the part of each kernel row that is inside the map, from top to bottom.
template <typename Use>
void for_each_strip(const Conv& conv, const Shape& in, int oy, int ox, const Use& use) {
  const int top = oy * conv.stride_h - conv.pad_top, left = ox * conv.stride_w - conv.pad_left;
  const int first = std::max(0, -left), last = std::min(conv.kernel_w, in.width - left);
  if (first >= last) return;
  for (int ky = std::max(0, -top); ky < conv.kernel_h && top + ky < in.height; ++ky)
    use(Strip{top + ky, left + first, size(ky * conv.kernel_w + first), size(last - first)});
}

}  // namespace

void unroll_window(const Conv& conv, const BinaryMap& in, int oy, int ox, std::span<std::uint64_t> bits) {
  std::fill(bits.begin(), bits.end(), std::uint64_t{0});
  const std::size_t channels = size(in.shape.channels);
  for_each_strip(conv, in.shape, oy, ox, [&](const Strip& s) {
    for (std::size_t p = 0; p < s.count; ++p)
      copy_bits(in.bits.row(pixel(in.shape, s.iy, s.ix) + p).data(), 0, bits.data(),
                (s.position + p) * channels, channels);
  });
}

void max_pool_row(const MaxPool& pool, const BinaryMap& in, int oy, BinaryMap& out) {
  for (int ox = 0; ox < out.shape.width; ++ox) {
    auto to = out.bits.row(pixel(out.shape, oy, ox));
    std::fill(to.begin(), to.end(), std::uint64_t{0});
    for (int ky = 0; ky < pool.kernel; ++ky)
      for (int kx = 0; kx < pool.kernel; ++kx) {
        const auto from = in.bits.row(pixel(in.shape, oy * pool.stride + ky, ox * pool.stride + kx));
        for (std::size_t w = 0; w < to.size(); ++w) to[w] |= from[w];
      }
  }
}

void upsample_row(const Upsample& upsample, const BinaryMap& in, int oy, BinaryMap& out) {
  for (int ox = 0; ox < out.shape.width; ++ox) {
    const auto from = in.bits.row(pixel(in.shape, oy / upsample.factor, ox / upsample.factor));
    std::copy(from.begin(), from.end(), out.bits.row(pixel(out.shape, oy, ox)).begin());
  }
}

void concat_row(std::span<const BinaryMap* const> in, int oy, BinaryMap& out) {
  for (int ox = 0; ox < out.shape.width; ++ox) {
    const std::size_t p = pixel(out.shape, oy, ox);
    std::size_t channel = 0;
    for (const BinaryMap* map : in) {
      copy_bits(map->bits.row(p).data(), 0, out.bits.row(p).data(), channel, size(map->shape.channels));
      channel += size(map->shape.channels);
    }
  }
}

}  // namespace irc::network
