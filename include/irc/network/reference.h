// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/core/tensor.h"
#include "irc/network/graph.h"
#include "irc/network/operators.h"

namespace irc::network {

/// Computes what a detector gives on ideal hardware, bit for bit. Every device model is compared with it. It
/// works on plain integers and bits, so every machine gives the same result. Several threads may call `run`
/// at the same time.
class Reference {
 public:
  /// Keeps a finished copy of `graph`. Throws InputError if `finish` does.
  explicit Reference(const Graph& graph);

  /// The outputs of all nodes.
  struct Maps {
    std::vector<BinaryMap> binary;  ///< per node; empty for the image and the head
    DenseMap<float> head;           ///< output of the head: classes + 4 channels
  };
  /// Evaluates an image. Throws InputError if the image's shape is not that of the input.
  Maps run(const Picture& picture) const;

  /// The finished graph.
  const Graph& graph() const { return graph_; }

 private:
  Graph graph_;
  std::vector<PackedWeights> packed_;  ///< per node; empty except for array layers with a step
  std::vector<DenseWeights> dense_;    ///< per node; empty except for convolutions of the digital unit
};

}  // namespace irc::network
