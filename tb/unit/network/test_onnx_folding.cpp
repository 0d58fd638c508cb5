// SPDX-License-Identifier: Apache-2.0
// What the reader folds into a layer: batch norm, scales, quantisers, heads.
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/network/onnx.h"
#include "irc/network/reference.h"
#include "onnx_compare.h"
#include "onnx_edit.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;

TEST_CASE("batch norm folds to an integer bias, also on a threshold and with negative gamma") {
  for (const float delta : {0.0f, 0.3f, 0.97f})
    check_steps(
        [&](Edit& e, const std::string& n, const Conv& c) {
          // (g / sqrt(v + eps)) (s S - m) + beta > 0 with m = s (delta - bias) + beta sqrt(v + eps) / g and s
          // = sign(g).
          Floats gamma, beta, mean, variance, weights = e.floats(n + "/weight");
          for (std::size_t o = 0; o < c.bias.size(); ++o) {
            const double g = (o % 2 == 0 ? 1.0 : -1.0) * (0.3 + 0.1 * static_cast<double>(o % 7));
            const double v = 0.5 + static_cast<double>(o % 5);
            // A threshold exactly on an integer stays there only if no float is rounded.
            const double b = delta == 0 ? 0 : 0.125 * static_cast<double>(o % 3);
            const double s = g > 0 ? 1 : -1;
            gamma.push_back(static_cast<float>(g));
            variance.push_back(static_cast<float>(v));
            beta.push_back(static_cast<float>(b));
            mean.push_back(static_cast<float>(s * (double{delta} - c.bias[o]) + b * std::sqrt(v + 1e-3) / g));
            if (s < 0)
              for (std::size_t i = o * c.rows(); i < (o + 1) * c.rows(); ++i) weights[i] = -weights[i];
          }
          e.set_floats(n + "/weight", weights);
          e.maker(n + "/sum").mutable_input()->RemoveLast();
          const std::int64_t k = c.out_channels;
          auto bn =
              Edit::make("BatchNormalization",
                         {n + "/sum", e.constant(n + "/g", {k}, gamma), e.constant(n + "/be", {k}, beta),
                          e.constant(n + "/m", {k}, mean), e.constant(n + "/v", {k}, variance)},
                         n + "/bn");
          Edit::real(bn, "epsilon", 1e-3f);
          e.replace_step(n, {bn, Edit::make("Greater", {n + "/bn", e.constant(n + "/t", {}, {0})}, n + "/b"),
                             Edit::cast(n + "/b", n)});
        },
        {}, {true});
}

TEST_CASE("batch norm with gamma = 0 is a constant channel") {
  const Graph graph = random_detector(5);
  const std::string n = steps(graph, true).front();
  const Conv& c = conv_of(graph, n);
  Edit e(graph);
  const auto k = static_cast<std::size_t>(c.out_channels);
  Floats gamma(k, 0), beta(k, 0), one(k, 1);
  beta[0] = 0.5f;
  const std::int64_t d = c.out_channels;
  e.replace_step(
      n,
      {Edit::make("BatchNormalization",
                  {n + "/sum", e.constant(n + "/g", {d}, gamma), e.constant(n + "/be", {d}, beta),
                   e.constant(n + "/m", {d}, one), e.constant(n + "/v", {d}, one)},
                  n + "/bn"),
       Edit::make("Greater", {n + "/bn", e.constant(n + "/t", {}, {0})}, n + "/b"), Edit::cast(n + "/b", n)});
  const Graph back = e.read();
  const auto maps = Reference(back).run(random_picture(graph.nodes[0].shape, 5));
  for (NodeId id = 0; id < back.nodes.size(); ++id) {
    if (back.nodes[id].name != n) continue;
    const BinaryMap& map = maps.binary[id];
    for (std::size_t p = 0; p < map.shape.pixels(); ++p)
      for (std::size_t o = 0; o < k; ++o) REQUIRE(map.bits.get(p, o) == (o == 0));
  }
}

TEST_CASE("weights scaled per output are ternary or binary with the scale folded") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Graph graph = random_detector(seed);
    Edit e(graph, {true});
    for (const auto& n : steps(graph, true)) {
      const Conv& c = conv_of(graph, n);
      Floats w = e.floats(n + "/weight"), b = e.floats(n + "/bias");
      for (std::size_t o = 0; o < b.size(); ++o) {
        const float s = 0.037f * static_cast<float>(1 + o % 9);
        for (std::size_t i = o * c.rows(); i < (o + 1) * c.rows(); ++i) w[i] *= s;
        b[o] *= s;
      }
      e.set_floats(n + "/weight", w);
      e.set_floats(n + "/bias", b);
      e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                         Edit::cast(n + "/b", n)});
    }
    CHECK(same(e.read(), graph));
  }
}

TEST_CASE("quantisers of weights give ternary and binary layers") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Graph graph = random_detector(seed);
    Edit e(graph, {true});
    for (const auto& n : steps(graph, true)) {
      const Conv& c = conv_of(graph, n);
      const std::string q = n + "/quantised", s = e.constant(n + "/ws", {}, {0.25f});
      Floats w = e.floats(n + "/weight");
      for (std::size_t i = 0; i < w.size(); ++i)
        w[i] *= i % 2 == 0 ? 0.2f : 0.3f;  // rounds to 0 or +-1 times 1/4
      e.set_floats(n + "/weight", w);
      onnx::NodeProto node;
      if (c.kind == WeightKind::binary) {
        node = Edit::make("BipolarQuant", {n + "/weight", s}, q);
        node.set_domain("qonnx.custom_op.general");
      } else {
        node =
            Edit::make("IntQuant",
                       {n + "/weight", s, e.constant(n + "/wz", {}, {0}), e.constant(n + "/wb", {}, {2})}, q);
        node.set_domain("qonnx.custom_op.general");
        Edit::integer(node, "narrow", 1);
        Edit::integer(node, "signed", 1);
      }
      auto conv = e.maker(n + "/sum");
      conv.set_input(1, q);
      Floats b = e.floats(n + "/bias");
      for (auto& v : b) v *= 0.25f;
      e.set_floats(n + "/bias", b);
      e.replace({n + "/sum"}, {node, conv});
      e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                         Edit::cast(n + "/b", n)});
    }
    CHECK(same(e.read(), graph));
  }
}

TEST_CASE("DequantizeLinear of a stem is an int8 layer") {
  const Graph graph = random_detector(4);
  const std::string n = steps(graph).front();
  Edit e(graph);
  auto node =
      Edit::make("DequantizeLinear", {n + "/weight", e.constant(n + "/ws", {}, {0.5f})}, n + "/weight_float");
  e.replace({n + "/weight_float"}, {node});
  Floats b = e.floats(n + "/bias");
  for (auto& v : b) v *= 0.5f;
  e.set_floats(n + "/bias", b);
  e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                     Edit::cast(n + "/b", n)});
  CHECK(same(e.read(), graph));
}

TEST_CASE("a picture scaled to 0..1 folds into the stem") {
  const Graph graph = random_detector(4);
  const std::string n = steps(graph).front();
  Edit e(graph);
  Floats b = e.floats(n + "/bias");
  for (auto& v : b) v /= 256;
  e.set_floats(n + "/bias", b);
  auto conv = e.maker(n + "/sum");
  conv.set_input(0, "small");
  e.replace({n + "/sum"}, {Edit::make("Div", {"image", e.constant("d", {}, {256})}, "small"), conv});
  e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                     Edit::cast(n + "/b", n)});
  CHECK(same(e.read(), graph));
}

TEST_CASE("activations of -1 and +1 are exact without padding and refused with it") {
  const auto polar = [](const Graph& graph) {
    Edit e(graph);
    for (const auto& n : steps(graph)) {
      const Conv& c = conv_of(graph, n);
      auto sign = Edit::make("Sign", {n + "/shifted"}, n);
      e.replace_step(n, {Edit::make("Sub", {n + "/sum", "half"}, n + "/shifted"), sign});
      if (n == steps(graph).front()) continue;
      // The sum of w (2 b - 1) plus (2 bias + the sum of w) is 2 (the sum of w b + bias).
      Floats b = e.floats(n + "/bias");
      for (std::size_t o = 0; o < b.size(); ++o) {
        int total = 0;
        for (std::size_t i = o * c.rows(); i < (o + 1) * c.rows(); ++i) total += c.weights[i];
        b[o] = 2 * b[o] + static_cast<float>(total);
      }
      e.set_floats(n + "/bias", b);
    }
    return e;
  };
  const auto plain = [](bool padded) {
    GraphBuilder build(7, {.height = 12, .width = 12});
    NodeId at = build.conv(0, 8, WeightKind::int8, true);
    at = build.conv(at, 9, WeightKind::ternary, true);
    at = build.conv(at, 5, WeightKind::binary, true);
    build.conv(at, 7, WeightKind::int8, false);
    Graph g = build.finished();
    for (auto& node : g.nodes)
      if (auto* c = std::get_if<Conv>(&node.op)) c->pad_top = c->pad_left = c->pad_bottom = c->pad_right = 0;
    if (padded) std::get<Conv>(g.nodes[2].op).pad_right = std::get<Conv>(g.nodes[2].op).kernel_w - 1;
    finish(g);
    return g;
  };
  const Graph graph = plain(false);
  const Graph back = polar(graph).read();
  for (NodeId id = 1; id + 1 < graph.nodes.size(); ++id) {
    const auto &a = std::get<Conv>(graph.nodes[id].op), &b = std::get<Conv>(back.nodes[id].op);
    CHECK(a.weights == b.weights);
    CHECK(a.bias == b.bias);
  }
  // The head reads 2 b - 1, so y = scale (2 sum - total + bias) + offset.
  const Picture picture = random_picture(graph.nodes[0].shape, 1);
  const auto ours = Reference(graph).run(picture), theirs = Reference(back).run(picture);
  const Conv& head = std::get<Conv>(graph.nodes.back().op);
  const auto bits = static_cast<std::size_t>(head.in_channels);
  for (std::size_t p = 0; p < graph.nodes.back().shape.pixels(); ++p)
    for (std::size_t o = 0; o < 7; ++o) {
      double sum = head.bias[o];
      for (std::size_t i = 0; i < bits; ++i)
        sum += head.weights[o * bits + i] * (ours.binary[3].bits.get(p, i) ? 1 : -1);
      CHECK(theirs.head.values[p * 7 + o] == Approx(head.scale[o] * sum + head.offset[o]).epsilon(1e-5));
    }
  if (std::get<Conv>(plain(true).nodes[2].op).pad_right > 0)
    CHECK_THROWS_AS(polar(plain(true)).read(), InputError);
}

TEST_CASE("heads side by side are one head") {
  const Graph graph = random_detector(9);
  const std::string n = graph.nodes.back().name;
  const Conv& c = std::get<Conv>(graph.nodes.back().op);
  Edit e(graph);
  const auto conv = e.maker(n + "/sum");
  const auto k = static_cast<std::size_t>(c.in_channels);
  const std::string weights = e.initialiser(n + "/weight").raw_data();
  const Floats bias = e.floats(n + "/bias"), scale = e.floats(n + "/scale"), offset = e.floats(n + "/offset");
  std::vector<onnx::NodeProto> nodes;
  for (const auto& [part, from, to] :
       {std::tuple{"/a", std::size_t{0}, std::size_t{3}}, {"/b", std::size_t{3}, bias.size()}}) {
    const std::string p = n + part;
    const auto count = static_cast<std::int64_t>(to - from);
    const auto slice = [&, from = from, to = to](const Floats& v) {
      return Floats(v.begin() + static_cast<std::ptrdiff_t>(from),
                    v.begin() + static_cast<std::ptrdiff_t>(to));
    };
    auto& w = *e.graph().add_initializer();
    w.set_name(p + "w");
    w.set_data_type(onnx::TensorProto::INT8);
    for (const std::int64_t d : {count, static_cast<std::int64_t>(k), std::int64_t{1}, std::int64_t{1}})
      w.add_dims(d);
    w.set_raw_data(weights.substr(from * k, (to - from) * k));
    auto one = conv;
    one.set_name("");
    one.set_input(1, p + "wf");
    one.set_input(2, e.constant(p + "bias", {count}, slice(bias)));
    one.set_output(0, p + "sum");
    nodes.push_back(Edit::cast(p + "w", p + "wf"));
    nodes.push_back(one);
    nodes.push_back(
        Edit::make("Mul", {p + "sum", e.constant(p + "s", {1, count, 1, 1}, slice(scale))}, p + "m"));
    nodes.push_back(
        Edit::make("Add", {p + "m", e.constant(p + "o", {count, 1, 1}, slice(offset))}, p + "out"));
  }
  auto concat = Edit::make("Concat", {n + "/aout", n + "/bout"}, n);
  concat.set_name(n);
  Edit::integer(concat, "axis", 1);
  nodes.push_back(concat);
  e.replace({n + "/weight_float", n + "/sum", n + "/scaled", n}, nodes);
  CHECK(same(e.read(), graph));
}

TEST_CASE("what the head does not need is dropped, names are kept unique") {
  const Graph graph = random_detector(6);
  Edit e(graph);
  const std::string n = steps(graph).front();
  // A second step on the first sum, which nothing uses.
  *e.graph().add_node() = Edit::make("Greater", {n + "/sum", e.constant("t", {}, {7})}, "unused");
  CHECK(same(e.read(), graph));
}

TEST_CASE("SAME padding and default attributes") {
  GraphBuilder build(3, {.height = 16, .width = 16, .odd_geometry = false});
  NodeId at = build.conv(0, 4, WeightKind::int8, true);
  build.conv(at, 7, WeightKind::int8, false);
  Graph graph = build.finished();
  Conv& c = std::get<Conv>(graph.nodes[1].op);
  c.stride_h = c.stride_w = 2;
  graph.detector.stride = 2;
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER"}) {
    // The output size is 8, so 7 * 2 + 3 - 16 = 1 pixel of padding, below for UPPER and above for LOWER.
    const bool upper = std::string(mode) == "SAME_UPPER";
    c.pad_top = c.pad_left = upper ? 0 : 1;
    c.pad_bottom = c.pad_right = upper ? 1 : 0;
    finish(graph);
    Edit e(graph);
    auto& node = e.maker(graph.nodes[1].name + "/sum");
    auto& attributes = *node.mutable_attribute();
    for (int i = attributes.size(); i-- > 0;)
      if (attributes[i].name() != "strides") attributes.DeleteSubrange(i, 1);
    Edit::text(node, "auto_pad", mode);
    CHECK(same(e.read(), graph));
  }
}
