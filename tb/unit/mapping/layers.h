// SPDX-License-Identifier: Apache-2.0
// Small networks and their array layers.
#pragma once
#include <vector>

#include "../network/random_graph.h"
#include "irc/mapping/geometry.h"

namespace irc::mapping::test {

using network::test::Draw;
using network::test::GraphBuilder;
using network::test::RandomOptions;

inline const network::Conv& conv_of(const network::Graph& graph, network::NodeId id) {
  return std::get<network::Conv>(graph.nodes.at(id).op);
}

/// The nodes that run in the array: those with ternary or binary weights and a step.
inline std::vector<network::NodeId> array_layers(const network::Graph& graph) {
  std::vector<network::NodeId> out;
  for (network::NodeId id = 0; id < graph.nodes.size(); ++id) {
    const auto* conv = std::get_if<network::Conv>(&graph.nodes[id].op);
    if (conv != nullptr && conv->step &&
        (conv->kind == network::WeightKind::ternary || conv->kind == network::WeightKind::binary))
      out.push_back(id);
  }
  return out;
}

/// A network of an image, a digital stem of `channels`, array layers with `outputs` (3x3), and a 1x1 head.
/// Node 2 is the first array layer; it has 9 * channels weight rows.
inline network::Graph chain(int channels, const std::vector<int>& outputs,
                            network::WeightKind kind = network::WeightKind::ternary) {
  RandomOptions options;
  options.height = options.width = 6;
  options.odd_geometry = false;
  GraphBuilder build(7, options);
  auto at = build.conv(0, channels, network::WeightKind::int8, true);
  for (const int count : outputs) at = build.conv(at, count, kind, true);
  build.conv(at, options.classes + 4, network::WeightKind::int8, false);
  return build.finished();
}

/// A geometry without biases in the array, so that all rows are weight rows.
inline Geometry plain_geometry(std::size_t macros, std::size_t rows, std::size_t pairs) {
  Geometry g;
  g.macros = macros;
  g.rows = rows;
  g.column_pairs = g.amplifiers = pairs;
  g.bias = BiasPlacement::digital;
  g.one_bit_readout = false;
  return g;
}

}  // namespace irc::mapping::test
