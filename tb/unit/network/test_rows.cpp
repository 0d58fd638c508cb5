// SPDX-License-Identifier: Apache-2.0
// Compares output rows computed in vectors with the definition, one weight after the other, on every
// instruction set.

#include <string>
#include <vector>
#include "support/catch.h"

#include "irc/core/instruction_set.h"
#include "irc/network/operators.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using network::test::Draw;

namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

BinaryMap random_map(const Shape& shape, Draw& draw) {
  BinaryMap map(shape);
  for (std::size_t p = 0; p < map.bits.rows(); ++p)
    for (std::size_t c = 0; c < map.bits.columns(); ++c) map.bits.set(p, c, draw.uniform() < 0.4);
  return map;
}

Conv random_conv(int channels, int outputs, WeightKind kind, bool step, Draw& draw) {
  Conv conv;
  conv.kernel_h = draw.between(1, 4);
  conv.kernel_w = draw.between(1, 4);
  conv.stride_h = draw.between(1, 2);
  conv.stride_w = draw.between(1, 3);
  conv.pad_top = draw.between(0, conv.kernel_h - 1);
  conv.pad_bottom = draw.between(0, conv.kernel_h - 1);
  conv.pad_left = draw.between(0, conv.kernel_w - 1);
  conv.pad_right = draw.between(0, conv.kernel_w - 1);
  conv.in_channels = channels;
  conv.out_channels = outputs;
  conv.kind = kind;
  conv.step = step;
  const int largest = kind == WeightKind::int8 ? 127 : 1;
  for (std::size_t i = 0; i < conv.rows() * size(outputs); ++i) {
    conv.weights.push_back(static_cast<std::int8_t>(draw.between(-largest, largest)));
    if (kind == WeightKind::real) conv.real_weights.push_back(static_cast<float>(draw.uniform() - 0.5));
  }
  for (int o = 0; o < outputs; ++o) {
    conv.bias.push_back(draw.between(-3, 3));
    conv.real_bias.push_back(static_cast<float>(draw.uniform() - 0.5));
    conv.scale.push_back(static_cast<float>(draw.uniform()));
    conv.offset.push_back(static_cast<float>(draw.uniform()));
  }
  return conv;
}

Shape output_shape(const Conv& conv, const Shape& in) {
  return {conv.out_channels, (in.height + conv.pad_top + conv.pad_bottom - conv.kernel_h) / conv.stride_h + 1,
          (in.width + conv.pad_left + conv.pad_right - conv.kernel_w) / conv.stride_w + 1};
}

int value(const BinaryMap& map, int y, int x, int c) {
  return map.bits.get(size(y * map.shape.width + x), size(c)) ? 1 : 0;
}
int value(const Picture& map, int y, int x, int c) {
  return map.at(y, x, c);
}

/// The sum of one output as documented: integers, or double in window order with the bias last.
template <typename Map>
double plain_sum(const Conv& conv, const Map& in, int oy, int ox, int output) {
  double sum = 0;
  std::size_t w = size(output) * conv.rows();
  for (int ky = 0; ky < conv.kernel_h; ++ky)
    for (int kx = 0; kx < conv.kernel_w; ++kx)
      for (int c = 0; c < conv.in_channels; ++c, ++w) {
        const int y = oy * conv.stride_h - conv.pad_top + ky, x = ox * conv.stride_w - conv.pad_left + kx;
        const bool inside = y >= 0 && y < in.shape.height && x >= 0 && x < in.shape.width;
        const double weight = conv.kind == WeightKind::real ? double{conv.real_weights[w]}
                                                            : static_cast<double>(conv.weights[w]);
        sum += weight * (inside ? value(in, y, x, c) : 0);
      }
  return sum +
         (conv.kind == WeightKind::real ? double{conv.real_bias[size(output)]} : conv.bias[size(output)]);
}

template <typename Map>
std::size_t step_errors(const Conv& conv, const Map& in, const BinaryMap& out) {
  std::size_t errors = 0;
  for (int y = 0; y < out.shape.height; ++y)
    for (int x = 0; x < out.shape.width; ++x)
      for (int o = 0; o < out.shape.channels; ++o)
        errors += (value(out, y, x, o) != 0) != (plain_sum(conv, in, y, x, o) > 0);
  return errors;
}

template <typename Check>
void on_every_target(const Check& check) {
  for (const auto& set : instruction_sets()) {
    limit_instruction_set(set);
    INFO(set);
    check();
  }
  limit_instruction_set({});
}

/// A map with unused bits that are set. The operators must clear them.
BinaryMap dirty_map(const Shape& shape) {
  BinaryMap map(shape);
  for (auto& word : map.bits.words()) word = ~std::uint64_t{0};
  return map;
}

}  // namespace

TEST_CASE("rows of array layers fire where their sums are positive") {
  on_every_target([] {
    Draw draw(1);
    for (const int channels : {1, 5, 16, 64, 70, 192})
      for (const int outputs : {1, 8, 13, 70}) {
        const auto in = random_map({channels, draw.between(4, 9), draw.between(4, 11)}, draw);
        const auto conv = random_conv(channels, outputs, WeightKind::ternary, true, draw);
        auto out = dirty_map(output_shape(conv, in.shape));
        const auto weights = pack_weights(conv);
        const int half = out.shape.height / 2;
        array_rows(conv, weights, in, 0, half, out);
        array_rows(conv, weights, in, half, out.shape.height, out);
        INFO(channels << " channels, " << outputs << " outputs");
        CHECK(step_errors(conv, in, out) == 0);
        CHECK(count_ones(out.bits.words()) <= out.shape.size());
        if (outputs % 64 != 0) CHECK((out.bits.row(0).back() >> (outputs % 64)) == 0);
        std::vector<std::uint64_t> window(words_for(conv.rows()));
        unroll_window(conv, in, 1, 1, window);
        const auto sums = packed_sums(weights, window);
        REQUIRE(sums.size() == size(outputs));
        for (int o = 0; o < outputs; ++o)
          CHECK(static_cast<double>(sums[size(o)]) == plain_sum(conv, in, 1, 1, o));
      }
  });
}

TEST_CASE("rows of digital layers are exact for integers and in order for real weights") {
  on_every_target([] {
    Draw draw(2);
    for (const auto kind : {WeightKind::int8, WeightKind::real, WeightKind::ternary})
      for (const int outputs : {1, 15, 16, 17, 70}) {
        const Shape shape{3, draw.between(4, 9), draw.between(4, 40)};
        const auto picture = network::test::random_picture(shape, size(outputs));
        const auto conv = random_conv(3, outputs, kind, true, draw);
        auto out = dirty_map(output_shape(conv, shape));
        const auto weights = dense_weights(conv);
        for (int y = 0; y < out.shape.height; ++y) digital_row(conv, weights, picture, y, out);
        INFO(outputs << " outputs, kind " << static_cast<int>(kind));
        CHECK(step_errors(conv, picture, out) == 0);
        const auto map = random_map(shape, draw);
        for (int y = 0; y < out.shape.height; ++y) digital_row(conv, weights, map, y, out);
        CHECK(step_errors(conv, map, out) == 0);
      }
  });
}

TEST_CASE("integer sums that leave a float's exact range stay exact") {
  Draw draw(4);
  auto conv = random_conv(3, 2, WeightKind::int8, true, draw);
  conv.kernel_h = conv.kernel_w = 30;  // 2700 rows x 127 x 255 = 87 million
  conv.stride_h = conv.stride_w = 1;
  conv.pad_top = conv.pad_bottom = conv.pad_left = conv.pad_right = 0;
  conv.weights.assign(conv.rows() * 2, 127);
  Picture picture({3, 30, 30});
  std::fill(picture.values.begin(), picture.values.end(), std::uint8_t{255});
  conv.bias = {-127 * 255 * 2700 + 1, -127 * 255 * 2700};
  CHECK(dense_weights(conv).single.empty());
  BinaryMap out({2, 1, 1});
  digital_row(conv, dense_weights(conv), picture, 0, out);
  CHECK(out.bits.get(0, 0));
  CHECK_FALSE(out.bits.get(0, 1));
}

TEST_CASE("heads round once to float, then scale and shift") {
  on_every_target([] {
    Draw draw(3);
    for (const auto kind : {WeightKind::int8, WeightKind::real})
      for (const int outputs : {7, 25}) {
        const auto in = random_map({100, 5, 13}, draw);
        const auto conv = random_conv(100, outputs, kind, false, draw);
        DenseMap<float> out(output_shape(conv, in.shape));
        const auto weights = dense_weights(conv);
        for (int y = 0; y < out.shape.height; ++y) head_row(conv, weights, in, y, out);
        std::size_t errors = 0;
        for (int y = 0; y < out.shape.height; ++y)
          for (int x = 0; x < out.shape.width; ++x)
            for (int o = 0; o < outputs; ++o) {
              const auto sum = static_cast<float>(plain_sum(conv, in, y, x, o));
              const float scaled = conv.scale[size(o)] * sum;
              errors += out.at(y, x, o) != scaled + conv.offset[size(o)];
            }
        CHECK(errors == 0);
      }
  });
}

TEST_CASE("rows of windows are the windows one by one, whole and in part") {
  Draw draw(5);
  for (const int channels : {1, 7, 16, 63, 64, 65, 128}) {
    const auto in = random_map({channels, draw.between(4, 9), draw.between(4, 11)}, draw);
    const auto conv = random_conv(channels, 1, WeightKind::ternary, true, draw);
    const Shape out = output_shape(conv, in.shape);
    const std::size_t rows = conv.rows();
    std::vector<std::uint64_t> window(words_for(rows));
    WindowRows unroller(conv, in);
    for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, rows}, {rows / 3, rows - 1}}) {
      const std::size_t words = words_for(end - begin) + 1;
      for (int y = 0; y < out.height; ++y) {
        std::vector<std::uint64_t> bits(size(out.width) * words, ~std::uint64_t{0});
        unroller.unroll(y, out.width, begin, end, bits.data(), words);
        std::size_t errors = 0;
        for (int x = 0; x < out.width; ++x) {
          unroll_window(conv, in, y, x, window);
          const std::uint64_t* row = bits.data() + size(x) * words;
          for (std::size_t i = 0; i < 64 * words; ++i) {
            const std::size_t from = begin + i;
            const bool expected = i < end - begin && ((window[from / 64] >> (from % 64)) & 1) != 0;
            errors += (((row[i / 64] >> (i % 64)) & 1) != 0) != expected;
          }
        }
        CHECK(errors == 0);
      }
    }
  }
}
