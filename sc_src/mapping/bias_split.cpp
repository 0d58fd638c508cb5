// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/bias_split.h"

#include "irc/core/printable.h"
#include "irc/mapping/placement.h"

namespace irc::mapping {
namespace {

/// One-bit readouts of a column of `rows` rows: the pieces on different macros, in operations of a part of
/// their rows. place() cuts rows evenly.
std::size_t readouts(std::size_t rows, const Geometry& g) {
  const std::size_t pieces = (rows + g.rows - 1) / g.rows;
  if (g.rows_per_operation == 0) return pieces;
  std::size_t count = 0;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t piece = rows * (i + 1) / pieces - rows * i / pieces;
    count += (piece + g.rows_per_operation - 1) / g.rows_per_operation;
  }
  return count;
}

}  // namespace

std::string BiasSplit::text() const {
  const std::size_t rows = weight_rows + bias_rows;
  const bool tall = rows > array_rows;
  const char* key = tall ? "array.rows" : "array.rows_per_operation";
  return "layer '" + printable(layer) + "': its " + std::to_string(weight_rows) + " weight rows and " +
         std::to_string(bias_rows) + " bias rows make " + std::to_string(rows) + " rows, " + key + " is " +
         std::to_string(tall ? array_rows : rows_per_operation) + ", so every output is the majority of " +
         std::to_string(votes) + " one-bit votes instead of " +
         (votes_without_bias == 1 ? "one decision" : std::to_string(votes_without_bias)) +
         "; array.bias = \"source\" needs no bias rows" +
         (votes_without_bias == 1
              ? std::string(", ") + key + " = " + std::to_string(rows) + " would hold them"
              : std::string());
}

std::vector<BiasSplit> layers_split_by_bias(const network::Graph& graph, const Geometry& geometry) {
  std::vector<BiasSplit> out;
  if (!geometry.one_bit_readout || geometry.rows == 0) return out;
  for (const auto& layer : array_layers(graph)) {
    const auto& conv = std::get<network::Conv>(graph.nodes[layer.node].op);
    BiasSplit split{layer.name, conv.rows(), bias_rows_of(conv, geometry), geometry.rows,
                    geometry.rows_per_operation};
    split.votes = readouts(split.weight_rows + split.bias_rows, geometry);
    split.votes_without_bias = readouts(split.weight_rows, geometry);
    if (split.votes > split.votes_without_bias) out.push_back(split);
  }
  return out;
}

}  // namespace irc::mapping
