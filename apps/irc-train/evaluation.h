// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "batches.h"
#include "irc/detection/average_precision.h"
#include "irc/network/graph.h"
#include "net.h"

namespace irc::train {

/// VOC all-point AP at overlap 0.5 of the net in its exported form (no noise, hard steps). Boxes are compared
/// in network pixels.
detection::ApResult evaluate(DetectorNet& net, const std::vector<Example>& examples, torch::Device device);

/// The same for an exported graph, by the project's reference evaluator.
detection::ApResult evaluate(const network::Graph& graph, const std::vector<Example>& examples);

/// Largest difference between the net's and the graph's head values over the examples.
double largest_difference(DetectorNet& net, const network::Graph& graph, const std::vector<Example>& examples,
                          torch::Device device);

}  // namespace irc::train
