// SPDX-License-Identifier: Apache-2.0
// Converts what an exporter writes after a convolution (scales, batch norm, thresholds) to exact integer
// biases.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "irc/network/graph.h"

namespace irc::network {

/// Throws InputError that names file and node.
using Fail = std::function<void(const std::string&)>;

/// One value for all channels, or one value per channel.
class PerChannel {
 public:
  // A number stands for the same number in every channel.
  // NOLINTNEXTLINE(google-explicit-constructor)
  PerChannel(double value) : values_(std::make_shared<const std::vector<double>>(1, value)) {}
  explicit PerChannel(std::vector<double> values)
      : values_(std::make_shared<const std::vector<double>>(std::move(values))) {}
  double operator[](std::size_t channel) const {
    return values_->size() == 1 ? (*values_)[0] : (*values_)[channel];
  }

 private:
  std::shared_ptr<const std::vector<double>> values_;  // shared, because a hostile file may copy it often
};

/// One operation on a sum; a chain lists them in order. They are kept separate and not multiplied out,
/// because inverting them one by one keeps a threshold exact where the file's own numbers are (a batch norm
/// with beta = 0 has its threshold at the mean).
struct Affine {
  bool multiply;
  PerChannel by;
};
using Chain = std::vector<Affine>;

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

/// A chain in the form chain(x) = scale * (x + pre) + post. Only leading additions contribute to `pre`.
struct Flat {
  double pre = 0, scale = 1, post = 0;
};
Flat flatten(const Chain& chain, std::size_t channel);

}  // namespace irc::network
