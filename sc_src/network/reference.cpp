// SPDX-License-Identifier: Apache-2.0
#include "irc/network/reference.h"

#include "irc/core/error.h"

namespace irc::network {
namespace {

bool on_array(const Conv& conv) {
  return conv.step && (conv.kind == WeightKind::ternary || conv.kind == WeightKind::binary);
}

/// Evaluates one node, given the maps of those before it.
struct Evaluator {
  const Graph& graph;
  const Picture& picture;
  const PackedWeights& packed;
  const Node& node;
  Reference::Maps& maps;
  BinaryMap& out;

  const BinaryMap& in() const { return maps.binary[node.inputs[0]]; }
  int height() const { return node.shape.height; }

  void operator()(const Input&) const {}
  void operator()(const Conv& conv) const {
    for (int y = 0; y < height(); ++y) {
      if (!conv.step)
        head_row(conv, in(), y, maps.head);
      else if (on_array(conv))
        array_row(conv, packed, in(), y, out);
      else if (node.inputs[0] == 0)
        digital_row(conv, picture, y, out);
      else
        digital_row(conv, in(), y, out);
    }
  }
  void operator()(const Concat&) const {
    std::vector<const BinaryMap*> inputs;
    for (const NodeId i : node.inputs) inputs.push_back(&maps.binary[i]);
    for (int y = 0; y < height(); ++y) concat_row(inputs, y, out);
  }
  void operator()(const MaxPool& pool) const {
    for (int y = 0; y < height(); ++y) max_pool_row(pool, in(), y, out);
  }
  void operator()(const Upsample& upsample) const {
    for (int y = 0; y < height(); ++y) upsample_row(upsample, in(), y, out);
  }
};

}  // namespace

Reference::Reference(const Graph& graph) : graph_(graph) {
  finish(graph_);
  packed_.resize(graph_.nodes.size());
  for (NodeId id = 0; id < graph_.nodes.size(); ++id)
    if (const auto* conv = std::get_if<Conv>(&graph_.nodes[id].op); conv && on_array(*conv))
      packed_[id] = pack_weights(*conv);
}

Reference::Maps Reference::run(const Picture& picture) const {
  const Shape& expected = graph_.nodes[0].shape;
  if (picture.shape != expected || picture.values.size() != expected.size())
    throw InputError("the picture is " + std::to_string(picture.shape.width) + "x" +
                     std::to_string(picture.shape.height) + " with " +
                     std::to_string(picture.shape.channels) + " channels, the network '" + graph_.name +
                     "' expects " + std::to_string(expected.width) + "x" + std::to_string(expected.height) +
                     " with " + std::to_string(expected.channels));
  Maps maps;
  maps.binary.resize(graph_.nodes.size());
  maps.head = DenseMap<float>(graph_.nodes.back().shape);
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    const Node& node = graph_.nodes[id];
    if (node.binary) maps.binary[id] = BinaryMap(node.shape);
    std::visit(Evaluator{graph_, picture, packed_[id], node, maps, maps.binary[id]}, node.op);
  }
  return maps;
}

}  // namespace irc::network
