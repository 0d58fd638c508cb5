// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "irc/network/graph.h"
#include "net.h"

namespace irc::train {

/// A batch norm after an integer sum, followed by a step, as an integer bias:
/// [gamma (sum - mean) / deviation + beta > 0] is [sum + bias > 0], or [-sum + bias > 0] with `negate`.
/// `limit`: |sum| never exceeds it; the bias is held to limit + 1, which decides every sum.
struct FoldedNorm {
  std::int32_t bias = 0;
  bool negate = false;
};
FoldedNorm fold_norm(double gamma, double beta, double mean, double deviation, std::int32_t limit);

/// The trained detector as a finished graph of integer weights. Throws InputError for real weights, which
/// have no array form.
network::Graph to_graph(DetectorNet& net, const std::string& name, const std::string& description);

}  // namespace irc::train
