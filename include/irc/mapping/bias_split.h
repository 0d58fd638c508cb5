// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "irc/mapping/geometry.h"
#include "irc/network/graph.h"

namespace irc::mapping {

/// An array layer whose bias rows make it too tall for the readouts that its weights alone would take, with
/// one-bit amplifiers. Its outputs are then votes of more parts, which is another function than the
/// network's.
struct BiasSplit {
  std::string layer;            ///< name of the layer
  std::size_t weight_rows = 0,  ///< rows of its weights
      bias_rows = 0,            ///< rows of its biases
      array_rows = 0,           ///< array.rows
      rows_per_operation = 0,   ///< array.rows_per_operation
      votes = 0,                ///< one-bit readouts that decide an output
      votes_without_bias = 0;   ///< the same without the bias rows

  /// One sentence for people: what happens, and which settings avoid it.
  std::string text() const;
};

/// The layers of `graph` that this happens to under `geometry`, in the order of the network.
std::vector<BiasSplit> layers_split_by_bias(const network::Graph& graph, const Geometry& geometry);

}  // namespace irc::mapping
