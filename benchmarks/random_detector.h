// SPDX-License-Identifier: Apache-2.0
// A detector of Tiny-YOLO's size with random weights, as a load for benchmarks. It detects nothing.
#pragma once
#include <cstdint>
#include <vector>

#include "irc/network/graph.h"

namespace irc::bench {

/// One hidden layer: 3x3, padded, with maximum pooling before it if the map shrinks.
struct HiddenLayer {
  int outputs = 0;
  bool pool_before = true;
};

struct DetectorOptions {
  int side = 416;  ///< side of the square image, divisible by 2 to the power of the number of poolings
  int stem_outputs = 16;
  std::vector<HiddenLayer> hidden = {{32}, {64}, {128}, {256}, {512}, {1024, false}, {1024, false}};
  double zero_share =
      0.46;  ///< share of zeros among ternary weights; +1 and -1 share the rest evenly in every output
  double firing_share =
      0.25;  ///< share of positive outputs of a step layer, on the image that sets the thresholds
  std::uint64_t seed = 1;
};

/// Thresholds are quantiles of the sums for a generated scene, so every layer has work to do.
network::Graph random_detector(const DetectorOptions& options = {});

/// Multiply-accumulates per image of the layers that run in the array.
double array_macs(const network::Graph& graph);

}  // namespace irc::bench
