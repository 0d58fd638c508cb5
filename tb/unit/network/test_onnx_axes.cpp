// SPDX-License-Identifier: Apache-2.0
// Scales and zero points along every axis, in square shapes where a wrong axis has the right length. The
// expected weights are computed here, index by index, from ONNX's rule: dimensions are aligned at the right.
#include <cmath>

#include "onnx_compare.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr int channels = 8, size = 8;

/// A stem of 8 channels, and a head of 8 outputs with a kernel of 8x8 on a map of 8 channels and 8x8 pixels:
/// every axis of its weights [8, 8, 8, 8] and of its map [1, 8, 8, 8] has the same length.
struct Square {
  Graph graph;
  Edit e;
  Floats weights;  ///< of the head, in ONNX's order

  Square() : graph(made()), e(graph, {true}), weights(e.floats("head/weight")) {}

  static Graph made() {
    GraphBuilder build(21, {.height = size, .width = size, .classes = 4, .odd_geometry = false});
    build.conv(0, channels, WeightKind::int8, true);
    Graph g = build.graph();
    auto& stem = std::get<Conv>(g.nodes[1].op);
    stem.stride_h = stem.stride_w = 1;
    g.nodes[1].shape = {channels, size, size};
    Draw draw(77);
    Conv head;
    head.in_channels = head.out_channels = channels;
    head.kernel_h = head.kernel_w = size;
    head.kind = WeightKind::real;
    head.step = false;
    for (std::size_t i = 0; i < 8u * 8 * 8 * 8; ++i)
      head.real_weights.push_back(static_cast<float>(draw.between(-40, 40)));
    head.real_bias.assign(channels, 0);
    head.scale.assign(channels, 1);
    head.offset.assign(channels, 0);
    Node node;
    node.name = "head";
    node.op = head;
    node.inputs = {1};
    g.nodes.push_back(node);
    g.detector.stride = 1;
    finish(g);
    return g;
  }

  float at(int o, int i, int y, int x) const {
    return weights[static_cast<std::size_t>(((o * channels + i) * size + y) * size + x)];
  }
  /// Makes `node` compute the head's weights from the initialiser.
  void insert(onnx::NodeProto node) {
    auto conv = e.maker("head/sum");
    node.set_output(0, "quantised");
    conv.set_input(1, "quantised");
    e.replace({"head/sum"}, {node, conv});
    e.graph().clear_quantization_annotation();
  }
  /// The real values that the head's weights have after reading.
  void expect(const std::function<double(int, int, int, int)>& value) {
    const Graph back = e.read();
    const auto& head = std::get<Conv>(back.nodes.back().op);
    double worst = 0;
    for (int o = 0; o < channels; ++o)
      for (int i = 0; i < channels; ++i)
        for (int y = 0; y < size; ++y)
          for (int x = 0; x < size; ++x) {
            const auto k = static_cast<std::size_t>(((o * size + y) * size + x) * channels + i);
            const double w = head.kind == WeightKind::real ? double{head.real_weights[k]} : head.weights[k];
            const double scale = double{head.scale[static_cast<std::size_t>(o)]};
            worst = std::max(worst, std::abs(w * scale - value(o, i, y, x)));
          }
    CHECK(worst < 1e-5);
  }
  std::string refused() const { return refusal(e); }
};

Floats eight() {
  return {0.5f, 1, 2, 4, 0.25f, 8, 0.125f, 16};
}

/// The element of a scale of `dims` for the weight [o, i, y, x].
float element(const Floats& scale, const Dims& dims, int o, int i, int y, int x) {
  const int index[4] = {o, i, y, x};
  std::size_t at = 0;
  for (std::size_t d = 0; d < dims.size(); ++d)
    at = at * static_cast<std::size_t>(dims[d]) +
         static_cast<std::size_t>(dims[d] == 1 ? 0 : index[4 - dims.size() + d]);
  return scale[at];
}

const std::vector<Dims>& shapes() {
  static const std::vector<Dims> all{{8},          {1, 8},       {8, 1},       {8, 1, 1},
                                     {1, 8, 1, 1}, {8, 1, 1, 1}, {1, 1, 1, 8}, {1, 1, 8, 1}};
  return all;
}

void set_int8(Edit& e, const std::string& name, const Floats& values) {
  std::string raw;
  for (const float v : values) raw += static_cast<char>(static_cast<std::int8_t>(v));
  e.initialiser(name).set_data_type(onnx::TensorProto::INT8);
  e.initialiser(name).set_raw_data(raw);
}

}  // namespace

TEST_CASE("a product with weights broadcasts from the right") {
  for (const auto& dims : shapes())
    for (const char* op : {"Mul", "Div"}) {
      INFO(op << " by " << dims.size() << " dimensions, first " << dims[0]);
      Square s;
      s.insert(Edit::make(op, {"head/weight", s.e.constant("s", dims, eight())}, ""));
      s.expect([&](int o, int i, int y, int x) {
        const float by = element(eight(), dims, o, i, y, x);
        return s.at(o, i, y, x) * (op[0] == 'M' ? by : 1 / by);
      });
    }
  Square s;  // 64 = [8, 8, 1, 1]: a scale of two axes
  Floats many;
  for (int k = 0; k < 64; ++k) many.push_back(static_cast<float>(1 + k % 5));
  s.insert(Edit::make("Mul", {s.e.constant("s", {8, 8, 1, 1}, many), "head/weight"}, ""));
  s.expect([&](int o, int i, int y, int x) {
    return s.at(o, i, y, x) * element(many, {8, 8, 1, 1}, o, i, y, x);
  });
}

TEST_CASE("Quant of weights broadcasts scale and zero point from the right") {
  for (const auto& dims : shapes()) {
    Square s;
    Floats zero;
    for (int k = 0; k < 8; ++k) zero.push_back(static_cast<float>(k - 3));
    auto q = Edit::make("Quant",
                        {"head/weight", s.e.constant("s", dims, eight()),
                         s.e.constant("z", {8, 1, 1, 1}, zero), s.e.constant("b", {}, {8})},
                        "");
    q.set_domain("qonnx.custom_op.general");
    s.insert(q);
    s.expect([&](int o, int i, int y, int x) {
      const double by = element(eight(), dims, o, i, y, x), z = zero[static_cast<std::size_t>(o)];
      // Every quotient here is a multiple of 1/16, so nearbyint (half to even) sees the exact number.
      return (std::min(127.0, std::max(-128.0, std::nearbyint(s.at(o, i, y, x) / by + z))) - z) * by;
    });
  }
}

TEST_CASE("BipolarQuant of weights broadcasts its scale from the right") {
  for (const auto& dims : shapes()) {
    Square s;
    auto q = Edit::make("BipolarQuant", {"head/weight", s.e.constant("s", dims, eight())}, "");
    q.set_domain("qonnx.custom_op.general");
    s.insert(q);
    s.expect([&](int o, int i, int y, int x) {
      return (s.at(o, i, y, x) >= 0 ? 1 : -1) * double{element(eight(), dims, o, i, y, x)};
    });
  }
}

TEST_CASE("DequantizeLinear scales along its axis, which is 1 unless the attribute says otherwise") {
  for (const int axis : {-5, 0, 1, 2, 3, -1, -2, -3, -4}) {
    INFO("axis " << axis);
    Square s;
    set_int8(s.e, "head/weight", s.weights);
    Floats zero;
    for (int k = 0; k < 8; ++k) zero.push_back(static_cast<float>(k));
    s.e.constant("z", {8}, zero);
    set_int8(s.e, "z", zero);
    auto q = Edit::make("DequantizeLinear", {"head/weight", s.e.constant("s", {8}, eight()), "z"}, "");
    if (axis != -5) Edit::integer(q, "axis", axis);
    s.insert(q);
    const int along = axis == -5 ? 1 : (axis + 4) % 4;
    s.expect([&](int o, int i, int y, int x) {
      const int index[4] = {o, i, y, x};
      const auto k = static_cast<std::size_t>(index[along]);
      return (s.at(o, i, y, x) - zero[k]) * eight()[k];
    });
  }
}

TEST_CASE("QuantizeLinear of weights, and weights of other layouts that are transposed") {
  const Floats scale{0.5f, 1, 2, 4, 0.5f, 8, 1, 16};
  Square s;  // stored [x, y, i, o], with a scale along the last axis, as TensorFlow does
  Floats turned(s.weights.size());
  for (int o = 0; o < 8; ++o)
    for (int i = 0; i < 8; ++i)
      for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
          turned[static_cast<std::size_t>(((x * 8 + y) * 8 + i) * 8 + o)] = s.at(o, i, y, x);
  s.e.set_floats("head/weight", turned);
  auto q =
      Edit::make("QuantizeLinear",
                 {"head/weight", s.e.constant("s", {8}, scale), s.e.constant("z", {8}, Floats(8, 0))}, "q");
  Edit::integer(q, "axis", 3);
  auto d = Edit::make("DequantizeLinear", {"q", "s", "z"}, "d");
  Edit::integer(d, "axis", -1);
  set_int8(s.e, "z", Floats(8, 0));
  auto t = Edit::make("Transpose", {"d"}, "quantised");
  auto& perm = *t.add_attribute();
  perm.set_name("perm");
  perm.set_type(onnx::AttributeProto::INTS);
  for (const int p : {3, 2, 1, 0}) perm.add_ints(p);
  auto conv = s.e.maker("head/sum");
  conv.set_input(1, "quantised");
  s.e.replace({"head/sum"}, {q, d, t, conv});
  s.e.graph().clear_quantization_annotation();
  s.expect([&](int o, int i, int y, int x) {
    const double by = scale[static_cast<std::size_t>(o)];
    return std::min(127.0, std::max(-128.0, std::nearbyint(s.at(o, i, y, x) / by))) * by;
  });
  const Graph back = s.e.read();
  CHECK(std::get<Conv>(back.nodes.back().op).kind == WeightKind::int8);  // the integers stayed integers
}

TEST_CASE("a scale of weights that fits no axis is refused by name") {
  const auto refused = [](const char* op, const Dims& dims, int axis, const std::string& words) {
    Square s;
    std::size_t count = 1;
    for (const auto d : dims) count *= static_cast<std::size_t>(d);
    auto q = Edit::make(op, {"head/weight", s.e.constant("s", dims, Floats(count, 2))}, "");
    if (std::string(op) == "BipolarQuant") q.set_domain("qonnx.custom_op.general");
    if (axis != 99) Edit::integer(q, "axis", axis);
    s.insert(q);
    CHECK_THAT(s.refused(),
               ContainsSubstring("'quantised' (" + std::string(op) + ")") && ContainsSubstring(words));
  };
  refused("Mul", {7, 1, 1, 1}, 99, "[8, 8, 8, 8] and [7, 1, 1, 1], which do not broadcast");
  refused("BipolarQuant", {4}, 99, "[4], which do not broadcast to [8, 8, 8, 8]");
  refused("BipolarQuant", {1, 8, 8, 8, 8}, 99, "which do not broadcast");
  refused("DequantizeLinear", {8, 1, 1, 1}, 0, "has dimensions [8, 1, 1, 1], expected one value or [8]");
  refused("DequantizeLinear", {4}, 0, "has dimensions [4], expected one value or [8]");
  refused("DequantizeLinear", {8}, 4, "attribute 'axis' is 4, expected -4 to 3");
}

TEST_CASE("constants of maps apply to the axis that ONNX says, or are refused by name") {
  // A threshold per channel at the stem's map [1, 8, 8, 8].
  const auto with = [](const Dims& dims, const Floats& values) {
    Square s;
    const std::string n = s.graph.nodes[1].name;
    s.e.replace_step(n, {Edit::make("Greater", {n + "/sum", s.e.constant("t", dims, values)}, n + "/b"),
                         Edit::cast(n + "/b", n)});
    return s;
  };
  Floats t;
  for (int k = 0; k < 8; ++k) t.push_back(static_cast<float>(100 * k));
  for (const auto& dims : {Dims{8, 1, 1}, Dims{1, 8, 1, 1}}) {
    Square s = with(dims, t);
    const Graph back = s.e.read();
    for (std::size_t o = 0; o < 8; ++o)
      CHECK(std::get<Conv>(back.nodes[1].op).bias[o] ==
            std::get<Conv>(s.graph.nodes[1].op).bias[o] - static_cast<int>(t[o]));
  }
  for (const auto& [dims, words] : {std::pair{Dims{8}, "varies along the width"},
                                    {Dims{1, 8}, "varies along the width"},
                                    {Dims{8, 1}, "varies along the height"},
                                    {Dims{1, 1, 8, 1}, "varies along the height"},
                                    {Dims{1, 1, 1, 8}, "varies along the width"},
                                    {Dims{8, 1, 1, 1}, "do not broadcast to the map [1, 8, 8, 8]"},
                                    {Dims{1, 1, 8, 1, 1}, "do not broadcast"}})
    CHECK_THAT(with(dims, t).refused(), ContainsSubstring("(Greater): input 't'") &&
                                            ContainsSubstring(words) &&
                                            ContainsSubstring("expected one value or [1, 8, 1, 1]"));
  // The same value everywhere needs no channel axis.
  CHECK(same(with({8}, Floats(8, 0)).e.read(), with({}, {0}).e.read()));
}

TEST_CASE("quantisers of maps scale along channels only") {
  const auto with = [](const char* op, const Dims& dims, int axis) {
    Square s;
    const std::string n = s.graph.nodes[1].name;
    auto q = Edit::make(op, {n + "/bits", s.e.constant("s", dims, eight())}, n);
    if (op[0] == 'B') q.set_domain("qonnx.custom_op.general");
    if (axis != 99) Edit::integer(q, "axis", axis);
    if (op[0] != 'B') {
      auto back = q;
      q.set_output(0, n + "/levels");
      back.set_op_type("DequantizeLinear");
      back.set_input(0, n + "/levels");
      s.e.replace({n}, {Edit::make("Mul", {n + "/twice", "half"}, n + "/bits"), q, back});
    } else {
      s.e.replace({n}, {Edit::make("Mul", {n + "/twice", "half"}, n + "/bits"), q});
    }
    return s;
  };
  CHECK(with("BipolarQuant", {1, 8, 1, 1}, 99).refused() == "(no error)");
  CHECK_THAT(with("BipolarQuant", {8}, 99).refused(), ContainsSubstring("varies along the width"));
  CHECK(with("QuantizeLinear", {8}, 99).refused() == "(no error)");  // axis 1 is the default
  CHECK(with("QuantizeLinear", {8}, -3).refused() == "(no error)");
  for (const int axis : {0, 2, 3, -1}) CHECK(with("QuantizeLinear", {8}, axis).refused() != "(no error)");
  CHECK_THAT(with("QuantizeLinear", {8}, 3).refused(),
             ContainsSubstring("is a scale along axis 3") && ContainsSubstring("expected axis 1 (channels)"));
}
