// SPDX-License-Identifier: Apache-2.0
#include "irc/network/reference.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>

#include "irc/core/error.h"

namespace irc::network {
namespace {

bool on_array(const Conv& conv) {
  return conv.step && (conv.kind == WeightKind::ternary || conv.kind == WeightKind::binary);
}

/// Evaluates one node, given the maps of the nodes before it.
struct Evaluator {
  const Graph& graph;
  const Picture& picture;
  const PackedWeights& packed;
  const DenseWeights& dense;
  const Node& node;
  Reference::Maps& maps;
  BinaryMap& out;

  const BinaryMap& in() const { return maps.binary[node.inputs[0]]; }
  /// Calls use(begin, end) for ranges of output rows, in parallel. A range is large enough to justify a task.
  template <typename Use>
  void for_rows(const Use& use) const {
    constexpr int task_pixels = 128;
    const int grain = std::max(1, task_pixels / node.shape.width);
    tbb::parallel_for(tbb::blocked_range<int>(0, node.shape.height, static_cast<std::size_t>(grain)),
                      [&](const tbb::blocked_range<int>& rows) { use(rows.begin(), rows.end()); });
  }
  template <typename Use>
  void for_each_row(const Use& use) const {
    for_rows([&](int begin, int end) {
      for (int y = begin; y < end; ++y) use(y);
    });
  }

  void operator()(const Input&) const {}
  void operator()(const Conv& conv) const {
    if (!conv.step)
      for_each_row([&](int y) { head_row(conv, dense, in(), y, maps.head); });
    else if (on_array(conv))
      for_rows([&](int begin, int end) { array_rows(conv, packed, in(), begin, end, out); });
    else if (node.inputs[0] == 0)
      for_each_row([&](int y) { digital_row(conv, dense, picture, y, out); });
    else
      for_each_row([&](int y) { digital_row(conv, dense, in(), y, out); });
  }
  void operator()(const Concat&) const {
    std::vector<const BinaryMap*> inputs;
    for (const NodeId i : node.inputs) inputs.push_back(&maps.binary[i]);
    for_each_row([&](int y) { concat_row(inputs, y, out); });
  }
  void operator()(const MaxPool& pool) const {
    for_each_row([&](int y) { max_pool_row(pool, in(), y, out); });
  }
  void operator()(const Upsample& upsample) const {
    for_each_row([&](int y) { upsample_row(upsample, in(), y, out); });
  }
};

}  // namespace

Reference::Reference(const Graph& graph) : graph_(graph) {
  finish(graph_);
  packed_.resize(graph_.nodes.size());
  dense_.resize(graph_.nodes.size());
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    const auto* conv = std::get_if<Conv>(&graph_.nodes[id].op);
    if (conv == nullptr) continue;
    if (on_array(*conv)) {
      packed_[id] = pack_weights(*conv);
    } else {
      dense_[id] = dense_weights(*conv);
    }
  }
}

Reference::Maps Reference::run(const Picture& picture) const {
  const Shape& expected = graph_.nodes[0].shape;
  if (picture.shape != expected || picture.values.size() != expected.size())
    throw InputError("the image is " + std::to_string(picture.shape.width) + "x" +
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
    std::visit(Evaluator{graph_, picture, packed_[id], dense_[id], node, maps, maps.binary[id]}, node.op);
  }
  return maps;
}

}  // namespace irc::network
