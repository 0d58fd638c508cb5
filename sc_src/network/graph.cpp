// SPDX-License-Identifier: Apache-2.0
#include "irc/network/graph.h"

#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>

#include "irc/core/error.h"

namespace irc::network {
namespace {

constexpr int max_extent = 1 << 14;                      // of height, width and channels
constexpr std::size_t max_map = std::size_t{1} << 28;    // values of one map
constexpr std::int64_t max_sum = std::int64_t{1} << 24;  // below this, integers are exact in float32

[[noreturn]] void fail(const Node& node, const std::string& what) {
  throw InputError("node '" + node.name + "': " + what);
}

std::string text(const Shape& s) {
  return std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
}

void check_range(const Node& node, const char* what, int value, int low, int high) {
  if (value < low || value > high)
    fail(node, std::string(what) + " is " + std::to_string(value) + ", expected " + std::to_string(low) +
                   " to " + std::to_string(high));
}

void check_size(const Node& node, const char* tensor, std::size_t found, std::size_t expected) {
  if (found != expected)
    fail(node, std::string("tensor '") + tensor + "' has " + std::to_string(found) + " values, expected " +
                   std::to_string(expected));
}

void check_finite(const Node& node, const char* tensor, const std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail(node, std::string("tensor '") + tensor + "', value " + std::to_string(i) + " is not finite");
}

void check_shape(const Node& node) {
  check_range(node, "number of channels", node.shape.channels, 1, max_extent);
  check_range(node, "height", node.shape.height, 1, max_extent);
  check_range(node, "width", node.shape.width, 1, max_extent);
  if (node.shape.size() > max_map)
    fail(node, "the map " + text(node.shape) + " is too large, expected at most 2^28 values");
}

int extent(const Node& node, const char* axis, int in, int pad, int kernel, int stride) {
  if (in + pad < kernel)
    fail(node, std::string("a kernel of ") + std::to_string(kernel) + " does not fit the padded " + axis +
                   " of " + std::to_string(in + pad));
  return (in + pad - kernel) / stride + 1;
}

const char* kind_name(WeightKind kind) {
  switch (kind) {
    case WeightKind::ternary:
      return "ternary";
    case WeightKind::binary:
      return "binary";
    case WeightKind::int8:
      return "int8";
    case WeightKind::real:
      return "real";
  }
  return "unknown";
}

bool weight_fits(WeightKind kind, int w) {
  if (kind == WeightKind::binary) return w == 1 || w == -1;
  return std::abs(w) <= (kind == WeightKind::ternary ? 1 : 127);
}

const char* weight_range(WeightKind kind) {
  if (kind == WeightKind::binary) return "-1 or 1";
  return kind == WeightKind::ternary ? "-1, 0 or 1" : "-127 to 127";
}

void check_integer_weights(const Node& node, const Conv& conv, int input_max) {
  const std::size_t rows = conv.rows();
  const auto outputs = static_cast<std::size_t>(conv.out_channels);
  check_size(node, "weights", conv.weights.size(), rows * outputs);
  check_size(node, "bias", conv.bias.size(), outputs);
  check_size(node, "real_weights", conv.real_weights.size(), 0);
  check_size(node, "real_bias", conv.real_bias.size(), 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    std::int64_t reach = std::llabs(static_cast<long long>(conv.bias[o]));
    for (std::size_t r = 0; r < rows; ++r) {
      const int w = conv.weights[o * rows + r];
      if (!weight_fits(conv.kind, w))
        fail(node, "tensor 'weights', output " + std::to_string(o) + ", row " + std::to_string(r) + " is " +
                       std::to_string(w) + ", expected " + weight_range(conv.kind) + " (" +
                       kind_name(conv.kind) + ")");
      reach += std::int64_t{std::abs(w)} * input_max;
    }
    if (reach >= max_sum)
      fail(node, "output " + std::to_string(o) + " can reach a sum of " + std::to_string(reach) +
                     ", expected less than 2^24 (exact in float32)");
  }
}

void check_real_weights(const Node& node, const Conv& conv) {
  const auto outputs = static_cast<std::size_t>(conv.out_channels);
  check_size(node, "real_weights", conv.real_weights.size(), conv.rows() * outputs);
  check_size(node, "real_bias", conv.real_bias.size(), outputs);
  check_size(node, "weights", conv.weights.size(), 0);
  check_size(node, "bias", conv.bias.size(), 0);
  check_finite(node, "real_weights", conv.real_weights);
  check_finite(node, "real_bias", conv.real_bias);
}

void check_geometry(const Node& node, const Conv& conv) {
  check_range(node, "kernel height", conv.kernel_h, 1, 64);
  check_range(node, "kernel width", conv.kernel_w, 1, 64);
  check_range(node, "vertical stride", conv.stride_h, 1, 64);
  check_range(node, "horizontal stride", conv.stride_w, 1, 64);
  // A pad as large as the kernel would create windows that contain only padding.
  check_range(node, "top pad", conv.pad_top, 0, conv.kernel_h - 1);
  check_range(node, "bottom pad", conv.pad_bottom, 0, conv.kernel_h - 1);
  check_range(node, "left pad", conv.pad_left, 0, conv.kernel_w - 1);
  check_range(node, "right pad", conv.pad_right, 0, conv.kernel_w - 1);
  check_range(node, "number of output channels", conv.out_channels, 1, max_extent);
}

/// The work of finish() for one node whose inputs are already finished.
struct Finisher {
  Graph& graph;
  NodeId id;
  Node& node;

  const Node& input(std::size_t i) const { return graph.nodes[node.inputs[i]]; }

  void want_inputs(std::size_t low, std::size_t high) const {
    if (node.inputs.size() < low || node.inputs.size() > high)
      fail(node, "has " + std::to_string(node.inputs.size()) + " inputs, expected " +
                     (low == high ? std::to_string(low) : "at least " + std::to_string(low)));
  }
  void want_binary(std::size_t i) const {
    if (!input(i).binary) fail(node, "input '" + input(i).name + "' is not a {0,1} map, expected one");
  }

  void operator()(Input&) const {
    if (id != 0) fail(node, "is a second input, expected exactly one, as node 0");
    want_inputs(0, 0);
    check_range(node, "number of channels", node.shape.channels, 3, 3);
    node.binary = false;
  }

  void operator()(Conv& conv) const {
    want_inputs(1, 1);
    check_geometry(node, conv);
    const Shape& in = input(0).shape;
    if (conv.in_channels != in.channels)
      fail(node, "takes " + std::to_string(conv.in_channels) + " input channels, but '" + input(0).name +
                     "' has " + std::to_string(in.channels));
    const bool array = conv.kind == WeightKind::ternary || conv.kind == WeightKind::binary;
    if (array || !conv.step) want_binary(0);
    const bool last = id + 1 == graph.nodes.size();
    if (conv.step == last)
      fail(node, last ? "is the last node and has a step, expected the head (no step)"
                      : "has no step, which only the last node (the head) may lack");
    if (conv.kind == WeightKind::real)
      check_real_weights(node, conv);
    else
      check_integer_weights(node, conv, input(0).binary ? 1 : 255);
    const auto outputs = conv.step ? 0 : static_cast<std::size_t>(conv.out_channels);
    check_size(node, "scale", conv.scale.size(), outputs);
    check_size(node, "offset", conv.offset.size(), outputs);
    check_finite(node, "scale", conv.scale);
    check_finite(node, "offset", conv.offset);
    node.shape = {
        conv.out_channels,
        extent(node, "height", in.height, conv.pad_top + conv.pad_bottom, conv.kernel_h, conv.stride_h),
        extent(node, "width", in.width, conv.pad_left + conv.pad_right, conv.kernel_w, conv.stride_w)};
    node.binary = conv.step;
  }

  void operator()(Concat&) const {
    want_inputs(1, static_cast<std::size_t>(max_extent));
    node.shape = input(0).shape;
    node.shape.channels = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      want_binary(i);
      const Shape& in = input(i).shape;
      if (in.height != node.shape.height || in.width != node.shape.width)
        fail(node, "inputs '" + input(0).name + "' (" + text(input(0).shape) + ") and '" + input(i).name +
                       "' (" + text(in) + ") differ in height or width");
      // This stops at the first excess, so the sum cannot overflow.
      check_range(node, "number of channels", node.shape.channels += in.channels, 1, max_extent);
    }
    node.binary = true;
  }

  void operator()(MaxPool& pool) const {
    want_inputs(1, 1);
    want_binary(0);
    check_range(node, "kernel", pool.kernel, 1, 64);
    check_range(node, "stride", pool.stride, 1, 64);
    const Shape& in = input(0).shape;
    node.shape = {in.channels, extent(node, "height", in.height, 0, pool.kernel, pool.stride),
                  extent(node, "width", in.width, 0, pool.kernel, pool.stride)};
    node.binary = true;
  }

  void operator()(Upsample& upsample) const {
    want_inputs(1, 1);
    want_binary(0);
    check_range(node, "factor", upsample.factor, 1, 64);
    const Shape& in = input(0).shape;
    node.shape = {in.channels, in.height * upsample.factor, in.width * upsample.factor};
    node.binary = true;
  }
};

void check_head(const Graph& graph) {
  const Node& head = graph.nodes.back();
  if (!std::holds_alternative<Conv>(head.op))
    fail(head, "is the last node, expected a convolution (the head)");
  const std::size_t classes = graph.detector.classes.size();
  if (static_cast<std::size_t>(head.shape.channels) != classes + 4)
    fail(head, "has " + std::to_string(head.shape.channels) + " channels, expected " +
                   std::to_string(classes) + " classes + 4 distances");
  if (classes == 0) fail(head, "the detector has no classes, expected at least one");
  if (graph.detector.stride < 1)
    throw InputError("detector stride is " + std::to_string(graph.detector.stride) + ", expected at least 1");
}

}  // namespace

void finish(Graph& graph) {
  if (graph.nodes.size() < 2 || !std::holds_alternative<Input>(graph.nodes[0].op))
    throw InputError("network '" + graph.name +
                     "': expected the input image as node 0 and at least a head after it");
  std::set<std::string_view> names;
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    Node& node = graph.nodes[id];
    if (node.name.empty()) throw InputError("node " + std::to_string(id) + " has no name");
    if (!names.insert(node.name).second) fail(node, "two nodes have this name, expected unique names");
    for (const NodeId in : node.inputs)
      if (in >= id)
        fail(node, "input " + std::to_string(in) + " does not come before node " + std::to_string(id) +
                       ", expected topological order");
    std::visit(Finisher{graph, id, node}, node.op);
    check_shape(node);
  }
  check_head(graph);
}

Stride effective_stride(const Graph& graph, NodeId id) {
  const Node& node = graph.nodes.at(id);
  if (node.inputs.empty()) return {};
  std::vector<Stride> strides(id + 1);
  for (NodeId i = 0; i <= id; ++i) {
    const Node& at = graph.nodes[i];
    if (at.inputs.empty()) continue;
    Stride s = strides[at.inputs[0]];
    if (const auto* conv = std::get_if<Conv>(&at.op)) s = {s.y * conv->stride_h, s.x * conv->stride_w};
    if (const auto* pool = std::get_if<MaxPool>(&at.op)) s = {s.y * pool->stride, s.x * pool->stride};
    if (const auto* up = std::get_if<Upsample>(&at.op)) s = {s.y / up->factor, s.x / up->factor};
    strides[i] = s;
  }
  return strides[id];
}

}  // namespace irc::network
