// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/core/tensor.h"
#include "irc/network/graph.h"
#include "irc/network/operators.h"

namespace irc::network {

/// What a detector computes on ideal hardware, bit for bit: the truth that every device model is held
/// against. Plain integers and bits, hence the same on every machine. `run` may be called from several
/// threads at once.
class Reference {
 public:
  /// Keeps a finished copy of `graph`. Throws InputError where `finish` does.
  explicit Reference(const Graph& graph);

  struct Maps {
    std::vector<BinaryMap> binary;  ///< per node; empty for the picture and the head
    DenseMap<float> head;           ///< classes + 4 channels
  };
  /// Throws InputError if the picture's shape is not the input's.
  Maps run(const Picture& picture) const;

  const Graph& graph() const { return graph_; }

 private:
  Graph graph_;
  std::vector<PackedWeights> packed_;  ///< per node; empty unless an array layer with a step
  std::vector<DenseWeights> dense_;    ///< per node; empty unless a convolution of the digital unit
};

}  // namespace irc::network
