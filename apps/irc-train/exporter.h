// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "irc/network/graph.h"
#include "net.h"

namespace irc::train {

/// A batch norm after an integer sum, followed by a step, as an integer bias: [gamma (sum - mean) / deviation
/// + beta > 0] equals [sum + bias > 0], or [-sum + bias > 0] with `negate`. |sum| never exceeds `limit`. The
/// bias is clamped to limit + 1, which decides every sum.
struct FoldedNorm {
  std::int32_t bias = 0;  ///< in units of the integer sum
  bool negate = false;    ///< whether the sum changes its sign
};
FoldedNorm fold_norm(double gamma, double beta, double mean, double deviation, std::int32_t limit);

/// The trained detector as a finished graph with integer weights. Throws InputError for real weights, which
/// have no array form.
network::Graph to_graph(DetectorNet& net, const std::string& name, const std::string& description);

}  // namespace irc::train
