// SPDX-License-Identifier: Apache-2.0
#include "irc/network/operators.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace irc::network {
namespace {

std::size_t pixel(const Shape& shape, int y, int x) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) + static_cast<std::size_t>(x);
}
std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// One kernel row of a window inside the map: input row, first input column, and where it lands.
struct Strip {
  int iy, ix;
  std::size_t position;  ///< in pixels of the window
  std::size_t count;     ///< pixels
};

/// Calls `use` for each kernel row's part that lies inside the map, top to bottom.
template <typename Use>
void for_each_strip(const Conv& conv, const Shape& in, int oy, int ox, const Use& use) {
  const int top = oy * conv.stride_h - conv.pad_top, left = ox * conv.stride_w - conv.pad_left;
  const int first = std::max(0, -left), last = std::min(conv.kernel_w, in.width - left);
  if (first >= last) return;
  for (int ky = std::max(0, -top); ky < conv.kernel_h && top + ky < in.height; ++ky)
    use(Strip{top + ky, left + first, size(ky * conv.kernel_w + first), size(last - first)});
}

/// The unrolled window as small integers, for the digital unit.
using Window = std::vector<std::int16_t>;

void unroll_values(const Conv& conv, const Picture& in, int oy, int ox, Window& window) {
  std::fill(window.begin(), window.end(), std::int16_t{0});
  const std::size_t channels = size(in.shape.channels);
  for_each_strip(conv, in.shape, oy, ox, [&](const Strip& s) {
    const auto* from = in.values.data() + pixel(in.shape, s.iy, s.ix) * channels;
    std::copy(from, from + s.count * channels, window.data() + s.position * channels);
  });
}

void unroll_values(const Conv& conv, const BinaryMap& in, int oy, int ox, Window& window) {
  std::fill(window.begin(), window.end(), std::int16_t{0});
  const std::size_t channels = size(in.shape.channels);
  for_each_strip(conv, in.shape, oy, ox, [&](const Strip& s) {
    for (std::size_t p = 0; p < s.count; ++p) {
      const auto row = in.bits.row(pixel(in.shape, s.iy, s.ix) + p);
      auto* to = window.data() + (s.position + p) * channels;
      for (std::size_t c = 0; c < channels; ++c)
        to[c] = static_cast<std::int16_t>((row[c / 64] >> (c % 64)) & 1u);
    }
  });
}

std::int32_t integer_sum(const Conv& conv, std::size_t output, const Window& window) {
  const std::int8_t* w = conv.weights.data() + output * window.size();
  std::int32_t sum = conv.bias[output];
  for (std::size_t r = 0; r < window.size(); ++r) sum += std::int32_t{w[r]} * std::int32_t{window[r]};
  return sum;
}

double real_sum(const Conv& conv, std::size_t output, const Window& window) {
  const float* w = conv.real_weights.data() + output * window.size();
  double sum = 0;
  for (std::size_t r = 0; r < window.size(); ++r) sum += double{w[r]} * double{static_cast<float>(window[r])};
  return sum + double{conv.real_bias[output]};
}

template <typename Map>
void step_row(const Conv& conv, const Map& in, int oy, BinaryMap& out) {
  Window window(conv.rows());
  for (int ox = 0; ox < out.shape.width; ++ox) {
    unroll_values(conv, in, oy, ox, window);
    const std::size_t p = pixel(out.shape, oy, ox);
    for (std::size_t o = 0; o < size(conv.out_channels); ++o)
      out.bits.set(
          p, o,
          conv.kind == WeightKind::real ? real_sum(conv, o, window) > 0 : integer_sum(conv, o, window) > 0);
  }
}

using CountFunction = std::int32_t (*)(const std::uint64_t*, const std::uint64_t*, const std::uint64_t*,
                                       std::size_t);

[[gnu::always_inline]] inline std::int32_t count_words(const std::uint64_t* plus, const std::uint64_t* minus,
                                                       const std::uint64_t* bits, std::size_t words) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < words; ++i)
    sum += std::popcount(bits[i] & plus[i]) - std::popcount(bits[i] & minus[i]);
  return sum;
}

std::int32_t count_portable(const std::uint64_t* plus, const std::uint64_t* minus, const std::uint64_t* bits,
                            std::size_t words) {
  return count_words(plus, minus, bits, words);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The x86-64 baseline lacks POPCNT; the count is the same, only faster.
[[gnu::target("popcnt")]] std::int32_t count_popcnt(const std::uint64_t* plus, const std::uint64_t* minus,
                                                    const std::uint64_t* bits, std::size_t words) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < words; ++i)
    sum += __builtin_popcountll(bits[i] & plus[i]) - __builtin_popcountll(bits[i] & minus[i]);
  return sum;
}
CountFunction count_function() {
  return __builtin_cpu_supports("popcnt") ? count_popcnt : count_portable;
}
#else
CountFunction count_function() {
  return count_portable;
}
#endif

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

PackedWeights pack_weights(const Conv& conv) {
  const std::size_t rows = conv.rows(), outputs = size(conv.out_channels);
  PackedWeights packed{BitMatrix(outputs, rows), BitMatrix(outputs, rows)};
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t r = 0; r < rows; ++r) {
      const int w = conv.weights[o * rows + r];
      if (w > 0) packed.plus.set(o, r, true);
      if (w < 0) packed.minus.set(o, r, true);
    }
  return packed;
}

std::int32_t packed_sum(const PackedWeights& weights, std::size_t output,
                        std::span<const std::uint64_t> bits) {
  static const CountFunction count = count_function();
  return count(weights.plus.row(output).data(), weights.minus.row(output).data(), bits.data(), bits.size());
}

void array_row(const Conv& conv, const PackedWeights& weights, const BinaryMap& in, int oy, BinaryMap& out) {
  std::vector<std::uint64_t> bits(words_for(conv.rows()));
  for (int ox = 0; ox < out.shape.width; ++ox) {
    unroll_window(conv, in, oy, ox, bits);
    const std::size_t p = pixel(out.shape, oy, ox);
    for (std::size_t o = 0; o < size(conv.out_channels); ++o)
      out.bits.set(p, o, packed_sum(weights, o, bits) + conv.bias[o] > 0);
  }
}

void digital_row(const Conv& conv, const Picture& in, int oy, BinaryMap& out) {
  step_row(conv, in, oy, out);
}
void digital_row(const Conv& conv, const BinaryMap& in, int oy, BinaryMap& out) {
  step_row(conv, in, oy, out);
}

void head_row(const Conv& conv, const BinaryMap& in, int oy, DenseMap<float>& out) {
  Window window(conv.rows());
  for (int ox = 0; ox < out.shape.width; ++ox) {
    unroll_values(conv, in, oy, ox, window);
    for (std::size_t o = 0; o < size(conv.out_channels); ++o) {
      const float sum = conv.kind == WeightKind::real ? static_cast<float>(real_sum(conv, o, window))
                                                      : static_cast<float>(integer_sum(conv, o, window));
      const float scaled = conv.scale[o] * sum;
      out.at(oy, ox, static_cast<int>(o)) = scaled + conv.offset[o];
    }
  }
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
