// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/mapping/compiler.h"
#include "layers.h"

using namespace irc::mapping;
using irc::network::Conv;
using irc::network::WeightKind;
namespace mt = irc::mapping::test;

namespace {

Conv layer(WeightKind kind, bool step) {
  mt::Draw draw(static_cast<std::uint64_t>(kind) * 2 + step);
  Conv conv;
  conv.kernel_h = 2;
  conv.kernel_w = 3;
  conv.in_channels = 5;
  conv.out_channels = 4;
  conv.kind = kind;
  conv.step = step;
  for (std::size_t i = 0; i < conv.rows() * 4; ++i) {
    if (kind == WeightKind::real) conv.real_weights.push_back(static_cast<float>(draw.uniform()));
    if (kind == WeightKind::int8) conv.weights.push_back(static_cast<std::int8_t>(draw.between(-127, 127)));
    if (kind == WeightKind::ternary) conv.weights.push_back(static_cast<std::int8_t>(draw.between(-1, 1)));
    if (kind == WeightKind::binary) conv.weights.push_back(draw.between(0, 1) != 0 ? 1 : -1);
  }
  for (int o = 0; o < 4; ++o) {
    if (kind == WeightKind::real) {
      conv.real_bias.push_back(static_cast<float>(draw.uniform()));
    } else {
      conv.bias.push_back(draw.between(-100000, 100000));
    }
    if (step) continue;
    conv.scale.push_back(static_cast<float>(draw.uniform()));
    conv.offset.push_back(static_cast<float>(draw.uniform()));
  }
  return conv;
}

bool same(const Conv& a, const Conv& b) {
  return a.kernel_h == b.kernel_h && a.kernel_w == b.kernel_w && a.in_channels == b.in_channels &&
         a.out_channels == b.out_channels && a.kind == b.kind && a.step == b.step && a.weights == b.weights &&
         a.real_weights == b.real_weights && a.bias == b.bias && a.real_bias == b.real_bias &&
         a.scale == b.scale && a.offset == b.offset;
}

}  // namespace

TEST_CASE("parameter blocks come back as they went") {
  for (const auto kind : {WeightKind::ternary, WeightKind::binary, WeightKind::int8, WeightKind::real})
    for (const bool step : {false, true}) {
      CAPTURE(static_cast<int>(kind), step);
      const auto conv = layer(kind, step);
      const auto block = encode_parameters(conv);
      // A header of 8 bytes, weights, biases, and scale and offset of a head (docs/registers.md).
      const std::size_t weight_bytes = kind == WeightKind::real ? 4 : 1;
      REQUIRE(block.size() == 8 + 120 * weight_bytes + 4 * 4 + (step ? 0 : 4 * 8));
      Conv back = layer(WeightKind::real, false);  // old contents must disappear
      REQUIRE(decode_parameters(block, back));
      CHECK(same(conv, back));
    }
}

TEST_CASE("the layout of a parameter block") {
  Conv conv;
  conv.kernel_h = 1;
  conv.kernel_w = 2;
  conv.in_channels = 1;
  conv.out_channels = 1;
  conv.kind = WeightKind::int8;
  conv.step = false;
  conv.weights = {-2, 3};
  conv.bias = {-1};
  conv.scale = {1.0f};
  conv.offset = {-2.0f};
  CHECK(encode_parameters(conv) == std::vector<std::uint8_t>{2,    0,    1,    2,    1,    0,    1, 0,
                                                             0xfe, 3,    0xff, 0xff, 0xff, 0xff, 0, 0,
                                                             0x80, 0x3f, 0,    0,    0,    0xc0});
}

TEST_CASE("malformed parameter blocks are refused") {
  for (const auto kind : {WeightKind::ternary, WeightKind::binary, WeightKind::int8, WeightKind::real})
    for (const bool step : {false, true}) {
      const auto block = encode_parameters(layer(kind, step));
      Conv conv;
      for (std::size_t length = 0; length < block.size(); ++length) {
        CAPTURE(length);
        REQUIRE_FALSE(decode_parameters(std::span(block).first(length), conv));
      }
      auto longer = block;
      longer.resize(block.size() + 1);
      CHECK_FALSE(decode_parameters(longer, conv));
    }
  const auto refuses = [](WeightKind kind, std::size_t at, std::uint8_t value) {
    auto block = encode_parameters(layer(kind, true));
    block[at] = value;
    Conv conv;
    return !decode_parameters(block, conv);
  };
  CHECK(refuses(WeightKind::int8, 0, 4));     // kind
  CHECK(refuses(WeightKind::int8, 1, 2));     // step
  CHECK(refuses(WeightKind::int8, 1, 0));     // a head without scale and offset
  CHECK(refuses(WeightKind::int8, 2, 0));     // kernel height
  CHECK(refuses(WeightKind::int8, 3, 0));     // kernel width
  CHECK(refuses(WeightKind::int8, 4, 0));     // input channels
  CHECK(refuses(WeightKind::int8, 6, 0));     // output channels
  CHECK(refuses(WeightKind::int8, 8, 0x80));  // -128
  CHECK(refuses(WeightKind::ternary, 8, 2));
  CHECK(refuses(WeightKind::binary, 8, 0));
  CHECK_FALSE(refuses(WeightKind::ternary, 8, 0));
  CHECK_FALSE(refuses(WeightKind::int8, 8, 2));
}

TEST_CASE("sizes whose product overflows are refused") {
  // 255 * 255 * 65535 * 65535 weights, and sizes whose 32-bit product is small.
  Conv conv;
  const std::vector<std::uint8_t> huge = {2, 1, 255, 255, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};
  CHECK_FALSE(decode_parameters(huge, conv));
  std::vector<std::uint8_t> wraps = {2, 1, 128, 128, 0x00, 0x80, 0x08, 0x00};
  wraps.resize(8 + 64);
  CHECK_FALSE(decode_parameters(wraps, conv));
}
