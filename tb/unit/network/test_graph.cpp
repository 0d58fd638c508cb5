// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/network/reference.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;

namespace {

std::string message(const std::function<void(Graph&)>& damage) {
  Graph graph = random_detector(1, {.odd_geometry = false, .extras = false});
  damage(graph);
  try {
    finish(graph);
  } catch (const InputError& error) {
    return error.what();
  }
  return "(no error)";
}
Conv& conv(Graph& graph, NodeId id) {
  return std::get<Conv>(graph.nodes[id].op);
}

void check(const std::function<void(Graph&)>& damage, const std::vector<std::string>& parts) {
  const std::string text = message(damage);
  INFO(text);
  for (const auto& part : parts) CHECK(text.find(part) != std::string::npos);
}

/// The definition, written as literally as possible.
bool naive_bit(const Conv& c, const BinaryMap& in, int oy, int ox, std::size_t o) {
  int sum = c.bias[o];
  std::size_t w = o * c.rows();
  for (int ky = 0; ky < c.kernel_h; ++ky)
    for (int kx = 0; kx < c.kernel_w; ++kx)
      for (int i = 0; i < c.in_channels; ++i, ++w) {
        const int y = oy * c.stride_h + ky - c.pad_top, x = ox * c.stride_w + kx - c.pad_left;
        if (y < 0 || x < 0 || y >= in.shape.height || x >= in.shape.width) continue;
        if (in.bits.get(static_cast<std::size_t>(y * in.shape.width + x), static_cast<std::size_t>(i)))
          sum += c.weights[w];
      }
  return sum > 0;
}

}  // namespace

TEST_CASE("finish names what is wrong") {
  CHECK(message([](Graph&) {}) == "(no error)");
  check(
      [](Graph& g) {
        conv(g, 2).kind = WeightKind::ternary;
        conv(g, 2).weights[7] = 2;
      },
      {"'conv2'", "output 0, row 7 is 2", "-1, 0 or 1"});
  check([](Graph& g) { conv(g, 1).weights[0] = -128; }, {"'conv1'", "row 0 is -128", "-127 to 127"});
  check(
      [](Graph& g) {
        conv(g, 2).kind = WeightKind::binary;
        conv(g, 2).weights[0] = 0;
      },
      {"row 0 is 0", "-1 or 1"});
  check([](Graph& g) { conv(g, 2).weights.pop_back(); }, {"'conv2'", "'weights'", "expected"});
  check([](Graph& g) { conv(g, 2).bias.push_back(0); }, {"'bias'"});
  check([](Graph& g) { conv(g, 2).bias[0] = 1 << 24; }, {"2^24"});
  check([](Graph& g) { conv(g, 2).in_channels += 1; }, {"'conv2'", "input channels"});
  check([](Graph& g) { conv(g, 1).kind = WeightKind::ternary; },
        {"'conv1'", "input 'image' is not a {0,1} map"});
  check([](Graph& g) { g.nodes[2].inputs = {2}; }, {"'conv2'", "topological"});
  check([](Graph& g) { g.nodes[2].inputs = {99}; }, {"'conv2'", "topological"});
  check([](Graph& g) { g.nodes[2].inputs = {}; }, {"'conv2'", "has 0 inputs"});
  check([](Graph& g) { g.nodes[2].name = "conv1"; }, {"'conv1'", "unique"});
  check([](Graph& g) { g.nodes[2].name.clear(); }, {"node 2 has no name"});
  check([](Graph& g) { g.nodes.pop_back(); }, {"last node and has a step"});
  check([](Graph& g) { conv(g, 2).step = false; }, {"'conv2'", "only the last node"});
  check([](Graph& g) { g.detector.classes.pop_back(); }, {"7 channels", "2 classes + 4"});
  check([](Graph& g) { g.detector.stride = 0; }, {"stride is 0"});
  check([](Graph& g) { g.nodes[0].shape.channels = 1; }, {"'image'", "channels is 1"});
  check([](Graph& g) { g.nodes[0].shape.height = 1 << 20; }, {"'image'", "height is 1048576"});
  check([](Graph& g) { conv(g, 2).stride_h = 0; }, {"'conv2'", "vertical stride is 0"});
  check([](Graph& g) { conv(g, 2).pad_left = 3; }, {"'conv2'", "left pad is 3"});
  check(
      [](Graph& g) {
        g.nodes[2].op = Concat{};
        g.nodes[2].inputs = {0, 1};
      },
      {"'conv2'", "'image' is not"});
  check([](Graph& g) { g.nodes[2].op = MaxPool{100, 1}; }, {"kernel is 100"});
  check([](Graph& g) { g.nodes[2].op = MaxPool{50, 1}; }, {"does not fit"});
  check([](Graph& g) { g.nodes[2].op = Upsample{0}; }, {"factor is 0"});
  check([](Graph& g) { g.nodes.clear(); }, {"expected the input image"});
  check([](Graph& g) { conv(g, g.nodes.size() - 1).scale[0] = INFINITY; },
        {"'scale', value 0 is not finite"});
}

TEST_CASE("array rows equal the definition bit by bit") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Graph graph = random_detector(seed, {.height = 13, .width = 11, .max_channels = 70});
    const auto maps = Reference(graph).run(random_picture(graph.nodes[0].shape, seed));
    for (NodeId id = 2; id < graph.nodes.size(); ++id) {
      const auto* c = std::get_if<Conv>(&graph.nodes[id].op);
      if (c == nullptr || !c->step) continue;
      const BinaryMap &in = maps.binary[graph.nodes[id].inputs[0]], &out = maps.binary[id];
      std::size_t wrong = 0;
      for (int y = 0; y < out.shape.height; ++y)
        for (int x = 0; x < out.shape.width; ++x)
          for (std::size_t o = 0; o < static_cast<std::size_t>(c->out_channels); ++o)
            wrong += naive_bit(*c, in, y, x, o) !=
                     out.bits.get(static_cast<std::size_t>(y * out.shape.width + x), o);
      CHECK(wrong == 0);
      // The digital unit does the same arithmetic in another way.
      BinaryMap digital(out.shape);
      for (int y = 0; y < out.shape.height; ++y) digital_row(*c, dense_weights(*c), in, y, digital);
      CHECK(digital == out);
    }
  }
}

TEST_CASE("a picture of another shape is refused") {
  const Reference reference(random_detector(1));
  CHECK_THROWS_AS(reference.run(Picture({3, 10, 10})), InputError);
  CHECK_THROWS_AS(reference.run(Picture{}), InputError);
}

TEST_CASE("effective stride") {
  GraphBuilder build(1, {.height = 32, .width = 32});
  const NodeId a = build.conv(0, 4, WeightKind::int8, true);
  const Conv c = std::get<Conv>(build.graph().nodes[a].op);
  const NodeId b = build.upsample(build.pool(a, {2, 2}), 4);
  CHECK(effective_stride(build.graph(), 0).x == 1);
  CHECK(effective_stride(build.graph(), a).y == c.stride_h);
  CHECK(effective_stride(build.graph(), b).x == c.stride_w * 2 / 4.0);
}
