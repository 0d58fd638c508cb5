// SPDX-License-Identifier: Apache-2.0
// Convolutions of the digital unit, computed one output row at a time.
#include <algorithm>
#include <cstdlib>

#include "irc/network/operators.h"
#include "network_kernels.h"

namespace irc::network {
namespace {

constexpr std::size_t lanes = 16;  // floats in the widest vector
constexpr std::int64_t exact_in_float = std::int64_t{1} << 24, largest_input = 255;

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// Largest magnitude that a sum, or any part of it, can reach.
std::int64_t reach(const Conv& conv) {
  std::int64_t largest = 0;
  const std::size_t rows = conv.rows();
  for (std::size_t o = 0; o < size(conv.out_channels); ++o) {
    std::int64_t sum = std::abs(std::int64_t{conv.bias[o]});
    for (std::size_t r = 0; r < rows; ++r)
      sum += std::abs(std::int64_t{conv.weights[o * rows + r]}) * largest_input;
    largest = std::max(largest, sum);
  }
  return largest;
}

template <typename T, typename Value>
std::vector<T> transposed(const std::vector<Value>& weights, std::size_t rows, std::size_t outputs,
                          std::size_t padded) {
  std::vector<T> out(rows * padded, T{0});
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t r = 0; r < rows; ++r) out[r * padded + o] = static_cast<T>(weights[o * rows + r]);
  return out;
}

/// Converts an input row to numbers and adds its padding.
template <typename T>
void convert_row(const Picture& in, std::size_t y, std::size_t left, std::vector<T>& out) {
  const std::size_t channels = size(in.shape.channels), length = size(in.shape.width) * channels;
  const std::uint8_t* from = in.values.data() + y * length;
  std::copy_n(from, length, out.begin() + static_cast<std::ptrdiff_t>(left * channels));
}

template <typename T>
void convert_row(const BinaryMap& in, std::size_t y, std::size_t left, std::vector<T>& out) {
  const std::size_t channels = size(in.shape.channels), width = size(in.shape.width);
  T* to = out.data() + left * channels;
  for (std::size_t x = 0; x < width; ++x) {
    const auto row = in.bits.row(y * width + x);
    for (std::size_t c = 0; c < channels; ++c) *to++ = static_cast<T>((row[c / 64] >> (c % 64)) & 1u);
  }
}

/// Sums of an output row, [pixel][padded output], with integer biases.
template <typename T, typename Map>
std::vector<T> row_sums(const Conv& conv, const std::vector<T>& weights, std::size_t padded, const Map& in,
                        int oy, std::size_t pixels) {
  const std::size_t channels = size(in.shape.channels);
  const std::size_t width = size(conv.pad_left + in.shape.width + conv.pad_right);
  std::vector<std::vector<T>> rows;
  std::vector<const T*> inputs;
  std::vector<std::size_t> first_row;
  rows.reserve(size(conv.kernel_h));
  for (int ky = 0; ky < conv.kernel_h; ++ky) {
    const int iy = oy * conv.stride_h - conv.pad_top + ky;
    if (iy < 0 || iy >= in.shape.height) continue;  // a row of padding adds nothing
    rows.emplace_back(width * channels, T{0});
    convert_row(in, size(iy), size(conv.pad_left), rows.back());
    inputs.push_back(rows.back().data());
    first_row.push_back(size(ky * conv.kernel_w) * channels);
  }
  std::vector<T> start(padded, T{0}), sums(pixels * padded);
  if (conv.kind != WeightKind::real)
    std::transform(conv.bias.begin(), conv.bias.end(), start.begin(),
                   [](auto b) { return static_cast<T>(b); });
  dense_sums<T>(weights.data(), padded,
                {inputs.data(), first_row.data(), inputs.size(), size(conv.kernel_w) * channels,
                 size(conv.stride_w) * channels},
                start.data(), pixels, sums.data());
  return sums;
}

/// The bias that is added last, which real weights have.
template <typename T>
std::vector<T> last_bias(const Conv& conv, std::size_t padded) {
  std::vector<T> bias(padded, T{0});
  if (conv.kind == WeightKind::real)
    std::transform(conv.real_bias.begin(), conv.real_bias.end(), bias.begin(),
                   [](float b) { return static_cast<T>(b); });
  return bias;
}

template <typename T, typename Map>
void step_row(const Conv& conv, const std::vector<T>& weights, std::size_t padded, const Map& in, int oy,
              BinaryMap& out) {
  const std::size_t width = size(out.shape.width);
  const auto sums = row_sums(conv, weights, padded, in, oy, width);
  fire_sums<T>(sums.data(), last_bias<T>(conv, padded).data(), size(conv.out_channels), padded, width,
               out.bits.row(size(oy) * width).data(), out.bits.words_per_row());
}

template <typename Map>
void step_row(const Conv& conv, const DenseWeights& weights, const Map& in, int oy, BinaryMap& out) {
  if (weights.wide.empty()) {
    step_row(conv, weights.single, weights.padded, in, oy, out);
  } else {
    step_row(conv, weights.wide, weights.padded, in, oy, out);
  }
}

template <typename T>
void head_row_of(const Conv& conv, const std::vector<T>& weights, std::size_t padded, const BinaryMap& in,
                 int oy, DenseMap<float>& out) {
  const auto sums = row_sums(conv, weights, padded, in, oy, size(out.shape.width));
  const auto bias = last_bias<T>(conv, padded);
  for (int ox = 0; ox < out.shape.width; ++ox)
    for (std::size_t o = 0; o < size(conv.out_channels); ++o) {
      const auto sum = static_cast<float>(sums[size(ox) * padded + o] + bias[o]);
      const float scaled = conv.scale[o] * sum;
      out.at(oy, ox, static_cast<int>(o)) = scaled + conv.offset[o];
    }
}

}  // namespace

DenseWeights dense_weights(const Conv& conv) {
  DenseWeights dense;
  dense.outputs = size(conv.out_channels);
  dense.padded = (dense.outputs + lanes - 1) / lanes * lanes;
  if (conv.kind == WeightKind::real) {
    dense.wide = transposed<double>(conv.real_weights, conv.rows(), dense.outputs, dense.padded);
  } else if (reach(conv) >= exact_in_float) {
    dense.wide = transposed<double>(conv.weights, conv.rows(), dense.outputs, dense.padded);
  } else {
    dense.single = transposed<float>(conv.weights, conv.rows(), dense.outputs, dense.padded);
  }
  return dense;
}

void digital_row(const Conv& conv, const DenseWeights& weights, const Picture& in, int oy, BinaryMap& out) {
  step_row(conv, weights, in, oy, out);
}
void digital_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy, BinaryMap& out) {
  step_row(conv, weights, in, oy, out);
}

void head_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy,
              DenseMap<float>& out) {
  if (weights.wide.empty()) {
    head_row_of(conv, weights.single, weights.padded, in, oy, out);
  } else {
    head_row_of(conv, weights.wide, weights.padded, in, oy, out);
  }
}

}  // namespace irc::network
