// SPDX-License-Identifier: Apache-2.0
// Converts what an exporter writes after a convolution (scales, batch norm, thresholds) to exact integer
// biases.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "irc/network/graph.h"
#include "onnx_chain.h"

namespace irc::network {

/// Throws InputError that names file and node.
using Fail = std::function<void(const std::string&)>;

/// A convolution whose step or head is not known yet. The weights are those of the file, in window order.
struct RawConv {
  std::string name;
  NodeId input = 0;
  bool on_picture = false;
  Conv geometry;                 ///< everything except weights and kind
  std::vector<double> weights;   ///< [output][ky][kx][input channel]
  std::vector<double> scale;     ///< per output: scale of weights stored as integers; otherwise empty
  std::vector<double> constant;  ///< per output: added to every sum (from inputs that are not {0,1})
  std::string datatype;          ///< annotation of the weights
  double input_scale = 1;        ///< scale of all input channels

  std::size_t outputs() const { return static_cast<std::size_t>(geometry.out_channels); }
};

/// A convolution with its weight kind, and the operations on the integer sum that precede the file's own
/// chain.
struct Classified {
  Conv conv;
  Chain chain;
};
/// Decides the weight kind. `head` marks the last layer, which may have any weights, as the first layer may.
Classified classify(const RawConv& raw, bool head, const Fail& fail);

/// The step [ x > threshold ], or [ x >= threshold ] if not strict, on x = chain(sum).
struct Threshold {
  PerChannel at = 0;
  bool strict = true;
};
/// The convolution with the threshold folded in: y = [ sum + bias > 0 ].
Conv with_step(const RawConv& raw, const Chain& chain, const Threshold& threshold, const Fail& fail);
/// Inverts the step of one output.
void invert_step(Conv& conv, std::size_t output);
/// Returns true if x = chain(sum) can be exactly 0 for an integer sum.
bool can_be_zero(const RawConv& raw, const Chain& chain, const Fail& fail);
/// The convolution as a head: y = scale * (sum + bias) + offset.
Conv as_head(const RawConv& raw, const Chain& chain, const Fail& fail);

}  // namespace irc::network
