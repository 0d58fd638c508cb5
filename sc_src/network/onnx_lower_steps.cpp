// SPDX-License-Identifier: Apache-2.0
// Steps: comparisons and signs that turn a sum into bits.
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {

Bits Lowering::bits_from(const Sum& sum, const Threshold& threshold, std::vector<double> at0,
                         std::vector<double> at1) {
  for (std::size_t c = 0; c < at0.size(); ++c)
    if (!std::isfinite(at0[c]) || !std::isfinite(at1[c]))
      fail("its values for channel " + std::to_string(c) + " are not finite numbers");
  Conv conv = with_step(*sum.conv, sum.chain, threshold, fail_);
  const NodeId id = add(sum.conv->name, std::move(conv), {sum.conv->input});
  Bits bits{id, std::move(at0), std::move(at1)};
  straighten(bits);
  return bits;
}

Bits Lowering::bits_from(const Sum& sum, const Threshold& threshold, double at0, double at1) {
  const std::size_t channels = sum.conv->outputs();
  return bits_from(sum, threshold, std::vector<double>(channels, at0), std::vector<double>(channels, at1));
}

void Lowering::straighten(Bits& bits) {
  const auto* conv = std::get_if<Conv>(&graph_.nodes[bits.node].op);
  std::vector<std::size_t> flipped;
  for (std::size_t c = 0; c < bits.at0.size(); ++c)
    if (bits.at1[c] < bits.at0[c]) flipped.push_back(c);
  if (conv == nullptr || flipped.empty()) return;
  budget_.spend(file_, conv->weights.size() + conv->real_weights.size());
  Conv opposite = *conv;
  for (const std::size_t c : flipped) {
    invert_step(opposite, c);
    std::swap(bits.at0[c], bits.at1[c]);
  }
  const std::string name = graph_.nodes[bits.node].name;
  std::vector<NodeId> inputs = graph_.nodes[bits.node].inputs;
  bits.node = add(name, std::move(opposite), std::move(inputs));
}

void Lowering::lower_sign() {
  if (is_constant(0)) return lower_unary();
  Activation a = map(0);
  if (!elementwise(a, [](double v, std::size_t) { return double((v > 0) - (v < 0)); })) {
    const auto* sum = std::get_if<Sum>(&a.what);
    if (sum == nullptr) fail("takes the sign of the input image, expected a convolution before it");
    const std::vector<double> ones(sum->conv->outputs(), 1.0), zeros(ones.size(), 0.0),
        minus(ones.size(), -1.0);
    // Behind a limit at zero only two values are left.
    bool negative = false, positive = false;
    for (std::size_t c = 0; c < ones.size(); ++c) {
      const Range range = range_of(sum->chain, c);
      negative |= range.low < 0;
      positive |= range.high > 0;
    }
    if (!negative)
      a.what = bits_from(*sum, {0.0, true}, zeros, ones);
    else if (!positive)
      a.what = bits_from(*sum, {0.0, false}, minus, zeros);
    else if (can_be_zero(*sum->conv, sum->chain, fail_))
      a.what = SignedSum{*sum, minus, zeros, ones};
    else
      a.what = bits_from(*sum, {0.0, true}, minus, ones);
  }
  output(std::move(a));
}

void Lowering::lower_compare() {
  const std::string& op = node_->op_type();
  if (is_constant(0) && is_constant(1)) return fold_node();
  if (!is_constant(0) && !is_constant(1)) fail("compares two computed maps, expected one of them constant");
  const int at = is_constant(0) ? 1 : 0;
  bool greater = op.starts_with("Greater");
  const bool strict = op == "Greater" || op == "Less";
  if (at == 1) greater = !greater;
  compare(at, per_channel(1 - at, map(at)), greater, strict);
}

void Lowering::compare(int at, const PerChannel& threshold, bool greater, bool strict) {
  Activation a = map(at);
  const auto f = [&](double v, std::size_t c) {
    const double t = threshold[c];
    const bool holds = greater ? (strict ? v > t : v >= t) : (strict ? v < t : v <= t);
    return holds ? 1.0 : 0.0;
  };
  if (!elementwise(a, f)) {
    auto* sum = std::get_if<Sum>(&a.what);
    if (sum == nullptr) fail("compares the input image, expected a convolution before it");
    PerChannel t = threshold;
    if (!greater) {
      push(*sum, true, -1.0);
      t = transformed(threshold, a.shape, [](double v) { return -v; });
    }
    a.what = bits_from(*sum, {t, strict}, 0.0, 1.0);
  }
  output(std::move(a));
}

void Lowering::lower_multi_threshold() {
  const Attributes attributes(*node_, fail_);
  if (const auto layout = attributes.text("data_layout", "NCHW"); layout != "NCHW")
    fail("attribute 'data_layout' is " + shown(layout) + ", expected 'NCHW'");
  const double scale = attributes.real("out_scale", 1), bias = attributes.real("out_bias", 0);
  Activation a = map(0);
  const Constant& t = constant(1);
  if (t.dims.size() != 2 || t.dims[1] != 1 || (t.dims[0] != 1 && t.dims[0] != a.shape.channels))
    fail(input_name(1) + " has dimensions " + dims_text(t.dims) + ", expected [" +
         std::to_string(a.shape.channels) + ", 1]: one threshold per channel (binary activations)");
  const PerChannel threshold = t.scalar() ? PerChannel(scalar(1)) : vector_of(1, a.shape);
  if (!elementwise(a, [&](double v, std::size_t c) { return v >= threshold[c] ? scale + bias : bias; })) {
    const auto* sum = std::get_if<Sum>(&a.what);
    if (sum == nullptr) fail("is applied to the input image, expected a convolution before it");
    a.what = bits_from(*sum, {threshold, false}, bias, scale + bias);
  }
  output(std::move(a));
}

}  // namespace irc::network
