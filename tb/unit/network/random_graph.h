// SPDX-License-Identifier: Apache-2.0
// Random detectors and images for the tests of this room and others.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "irc/core/random.h"
#include "irc/network/graph.h"

namespace irc::network::test {

struct RandomOptions {
  int height = 24, width = 32;
  int blocks = 4;  ///< hidden convolutions
  int max_channels = 24;
  int classes = 3;
  bool odd_geometry = true;  ///< kernels of 1, 2 and 3, strides and asymmetric pads; otherwise 3x3 with pad 1
  bool extras = true;        ///< concatenation, pooling and upsampling
  bool real_stem = false;
  bool real_head = false;
  double zero_share = 0.4;    ///< fraction of ternary weights that are 0
  double binary_share = 0.3;  ///< fraction of hidden layers with {-1, +1} weights
};

/// Draws in sequence from a counter-based stream.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed, Stream::test) {}
  int between(int low, int high) {
    return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1), index_++));
  }
  double uniform() { return random_.uniform(index_++); }

 private:
  CounterRandom random_;
  std::uint64_t index_ = 0;
};

inline Picture random_picture(const Shape& shape, std::uint64_t seed) {
  Draw draw(seed ^ 0x9e3779b97f4a7c15u);
  Picture picture(shape);
  for (auto& v : picture.values) v = static_cast<std::uint8_t>(draw.between(0, 255));
  return picture;
}

/// Builds a graph node by node. Every call returns the id of the new node.
class GraphBuilder {
 public:
  GraphBuilder(std::uint64_t seed, const RandomOptions& options) : options_(options), draw_(seed) {
    graph_.name = "random" + std::to_string(seed);
    add("image", Input{}, {});
    graph_.nodes[0].shape = {3, options.height, options.width};
    for (int c = 0; c < options.classes; ++c) graph_.detector.classes.push_back("class " + std::to_string(c));
    graph_.detector.description = "random test network";
  }

  NodeId conv(NodeId in, int outputs, WeightKind kind, bool step) {
    Conv c;
    const Shape& shape = graph_.nodes[in].shape;
    c.in_channels = shape.channels;
    c.out_channels = outputs;
    c.kind = kind;
    c.step = step;
    if (step) geometry(c, shape);
    fill(c, in == 0);
    return add((step ? "conv" : "head") + std::to_string(graph_.nodes.size()), std::move(c), {in});
  }
  NodeId concat(NodeId a, NodeId b) {
    return add("concat" + std::to_string(graph_.nodes.size()), Concat{}, {a, b});
  }
  NodeId pool(NodeId in, MaxPool op) { return add("pool" + std::to_string(graph_.nodes.size()), op, {in}); }
  NodeId upsample(NodeId in, int factor) {
    return add("up" + std::to_string(graph_.nodes.size()), Upsample{factor}, {in});
  }
  double stride(NodeId id) const { return effective_stride(graph_, id).x; }
  const Graph& graph() const { return graph_; }
  const Shape& shape(NodeId id) const { return graph_.nodes[id].shape; }
  Draw& draw() { return draw_; }
  Graph finished() {
    const Stride s = effective_stride(graph_, graph_.nodes.size() - 1);
    graph_.detector.stride = static_cast<int>(s.x);
    finish(graph_);
    return graph_;
  }

 private:
  NodeId add(std::string name, decltype(Node::op) op, std::vector<NodeId> inputs) {
    Node node;
    node.name = std::move(name);
    node.op = std::move(op);
    node.inputs = std::move(inputs);
    if (!node.inputs.empty()) node.shape = shape_of(node);
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.size() - 1;
  }

  Shape shape_of(const Node& node) const {
    Shape s = graph_.nodes[node.inputs[0]].shape;
    if (const auto* c = std::get_if<Conv>(&node.op))
      return {c->out_channels, (s.height + c->pad_top + c->pad_bottom - c->kernel_h) / c->stride_h + 1,
              (s.width + c->pad_left + c->pad_right - c->kernel_w) / c->stride_w + 1};
    if (const auto* p = std::get_if<MaxPool>(&node.op))
      return {s.channels, (s.height - p->kernel) / p->stride + 1, (s.width - p->kernel) / p->stride + 1};
    if (const auto* u = std::get_if<Upsample>(&node.op))
      return {s.channels, s.height * u->factor, s.width * u->factor};
    for (std::size_t i = 1; i < node.inputs.size(); ++i)
      s.channels += graph_.nodes[node.inputs[i]].shape.channels;
    return s;
  }

  void geometry(Conv& c, const Shape& in) {
    c.kernel_h = c.kernel_w = 3;
    c.pad_top = c.pad_left = c.pad_bottom = c.pad_right = 1;
    if (!options_.odd_geometry) {
      c.stride_h = c.stride_w = draw_.between(0, 3) == 0 && in.height >= 8 && in.width >= 8 ? 2 : 1;
      return;
    }
    c.kernel_h = draw_.between(1, std::min(3, in.height));
    c.kernel_w = draw_.between(1, std::min(3, in.width));
    c.pad_top = draw_.between(0, c.kernel_h - 1);
    c.pad_bottom = draw_.between(0, c.kernel_h - 1);
    c.pad_left = draw_.between(0, c.kernel_w - 1);
    c.pad_right = draw_.between(0, c.kernel_w - 1);
    if (in.height >= 8 && in.width >= 8) c.stride_h = c.stride_w = draw_.between(1, 2);
  }

  int integer_weight(WeightKind kind) {
    if (kind == WeightKind::int8) return draw_.between(-127, 127);
    if (kind == WeightKind::ternary && draw_.uniform() < options_.zero_share) return 0;
    return draw_.between(0, 1) == 0 ? -1 : 1;
  }

  void fill(Conv& c, bool on_picture) {
    const auto outputs = static_cast<std::size_t>(c.out_channels);
    const std::size_t count = c.rows() * outputs;
    for (std::size_t i = 0; i < count; ++i) {
      if (c.kind == WeightKind::real)
        c.real_weights.push_back(static_cast<float>(draw_.uniform() - 0.5));
      else
        c.weights.push_back(static_cast<std::int8_t>(integer_weight(c.kind)));
    }
    const int reach = on_picture ? 8000 : 4;
    for (std::size_t o = 0; o < outputs; ++o) {
      if (c.kind == WeightKind::real)
        c.real_bias.push_back(static_cast<float>(draw_.uniform() - 0.5));
      else
        c.bias.push_back(draw_.between(-reach, reach));
      if (c.step) continue;
      c.scale.push_back(static_cast<float>(0.01 + 0.1 * draw_.uniform()));
      c.offset.push_back(static_cast<float>(2 * draw_.uniform() - 1));
    }
  }

  Graph graph_;
  RandomOptions options_;
  Draw draw_;
};

/// A stem on the image, `blocks` hidden convolutions with all kinds of nodes in between, and a 1x1 head.
inline Graph random_detector(std::uint64_t seed, const RandomOptions& options = {}) {
  GraphBuilder build(seed, options);
  Draw& draw = build.draw();
  NodeId at = build.conv(0, draw.between(3, options.max_channels),
                         options.real_stem ? WeightKind::real : WeightKind::int8, true);
  for (int b = 0; b < options.blocks; ++b) {
    const WeightKind kind = draw.uniform() < options.binary_share ? WeightKind::binary : WeightKind::ternary;
    const NodeId next = build.conv(at, draw.between(1, options.max_channels), kind, true);
    const bool same = build.shape(at).height == build.shape(next).height &&
                      build.shape(at).width == build.shape(next).width;
    const NodeId before = std::exchange(at, next);
    if (!options.extras) continue;
    const int what = draw.between(0, 3);
    const Shape& s = build.shape(at);
    if (what == 0 && s.height >= 6 && s.width >= 6)
      at = build.pool(at, {draw.between(2, 3), draw.between(1, 2)});
    else if (what == 1 && build.stride(at) >= 2)
      at = build.upsample(at, 2);
    else if (same)
      at = build.concat(before, at);
  }
  build.conv(at, options.classes + 4, options.real_head ? WeightKind::real : WeightKind::int8, false);
  return build.finished();
}

}  // namespace irc::network::test
