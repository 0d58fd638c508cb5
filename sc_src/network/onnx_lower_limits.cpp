// SPDX-License-Identifier: Apache-2.0
// Functions of one value that rise everywhere or stand still: limits and rectifiers. A step behind them is a
// step on the sum itself, at another threshold or at none.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double quotient_of_one(double v) {
  return 1 / v;
}
double negated(double v) {
  return -v;
}
double inverted(double v) {
  return v == 0 ? 1 : 0;
}
double sign_of(double v) {
  return (v > 0) - (v < 0);
}
double rectified(double v) {
  return std::max(v, 0.0);
}

struct Unary {
  const char* op;
  double (*f)(double);
};
/// Functions of one constant. Rounding is by nearbyint, half to even, because no code changes the mode.
constexpr std::array unary_functions{
    Unary{"Abs", std::fabs},  Unary{"Ceil", std::ceil},
    Unary{"Exp", std::exp},   Unary{"Floor", std::floor},
    Unary{"Log", std::log},   Unary{"Neg", negated},
    Unary{"Not", inverted},   Unary{"Reciprocal", quotient_of_one},
    Unary{"Relu", rectified}, Unary{"Round", std::nearbyint},
    Unary{"Sign", sign_of},   Unary{"Sqrt", std::sqrt},
};

}  // namespace

void Lowering::clip(Activation& a, const PerChannel& low, const PerChannel& high) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c)
    if (!(low[c] <= high[c]))
      fail("limits channel " + std::to_string(c) + " to [" + shown(low[c]) + ", " + shown(high[c]) +
           "], expected a lower limit that is not above the upper one");
  if (elementwise(a, [&](double v, std::size_t c) { return std::min(std::max(v, low[c]), high[c]); })) return;
  if (auto* sum = std::get_if<Sum>(&a.what)) return push(*sum, {Operation::Kind::clip, low, high});
  const double scale = std::get<PictureValue>(a.what).scale;
  for (std::size_t c = 0; c < 3; ++c)
    if (low[c] > 0 || high[c] < 255 * scale)
      fail("limits the input image, whose values reach from 0 to " + shown(255 * scale) + ", to [" +
           shown(low[c]) + ", " + shown(high[c]) + "], expected limits that change nothing");
}

void Lowering::slope(Activation& a, const PerChannel& below_zero) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c)
    if (!(below_zero[c] > 0) || !std::isfinite(below_zero[c]))
      fail("its slope below zero is " + shown(below_zero[c]) + " for channel " + std::to_string(c) +
           ", expected a positive number (a step cannot be carried through a function that falls)");
  if (elementwise(a, [&](double v, std::size_t c) { return v >= 0 ? v : v * below_zero[c]; })) return;
  if (auto* sum = std::get_if<Sum>(&a.what)) push(*sum, {Operation::Kind::slope, below_zero});
  // The input image has no negative values.
}

void Lowering::lower_relu() {
  if (is_constant(0)) return lower_unary();
  Activation a = map(0);
  clip(a, 0, infinity);
  output(std::move(a));
}

void Lowering::lower_clip() {
  const Attributes attributes(*node_, fail_);
  const double low = has_input(1) ? limit(1) : attributes.real("min", -infinity);
  const double high = has_input(2) ? limit(2) : attributes.real("max", infinity);
  if (is_constant(0)) {
    Constant c = plain(0);
    for (double& v : c.values) v = std::min(std::max(v, low), high);
    return output_constant(std::move(c));
  }
  Activation a = map(0);
  clip(a, low, high);
  output(std::move(a));
}

void Lowering::lower_leaky_relu() {
  const Attributes attributes(*node_, fail_);
  Activation a = map(0);
  const PerChannel alpha =
      node_->op_type() == "PRelu" ? per_channel(1, a) : PerChannel(attributes.real("alpha", double{0.01f}));
  bool zero = true;
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) zero = zero && alpha[c] == 0;
  if (zero)
    clip(a, 0, infinity);
  else
    slope(a, alpha);
  output(std::move(a));
}

void Lowering::lower_hard_sigmoid() {
  const Attributes attributes(*node_, fail_);
  Activation a = map(0);
  arithmetic(a, true, attributes.real("alpha", double{0.2f}));
  arithmetic(a, false, attributes.real("beta", 0.5));
  clip(a, 0, 1);
  output(std::move(a));
}

void Lowering::lower_extreme() {
  const bool largest = node_->op_type() == "Max";
  if (node_->input_size() == 1) return lower_identity();
  if (node_->input_size() != 2)
    fail("has " + std::to_string(node_->input_size()) + " inputs, expected 1 or 2");
  if (is_constant(0) && is_constant(1)) return fold_node();
  if (!is_constant(0) && !is_constant(1)) fail("combines two computed maps, expected one of them constant");
  const int at = is_constant(0) ? 1 : 0;
  Activation a = map(at);
  const PerChannel by = per_channel(1 - at, a);
  if (largest)
    clip(a, by, infinity);
  else
    clip(a, -infinity, by);
  output(std::move(a));
}

void Lowering::lower_unary() {
  const std::string& op = node_->op_type();
  const auto* found = std::find_if(unary_functions.begin(), unary_functions.end(),
                                   [&](const Unary& u) { return op == u.op; });
  const auto f = found->f;
  if (is_constant(0)) return fold_unary(f);
  Activation a = map(0);
  if (op == "Neg") {
    arithmetic(a, true, -1.0);
  } else if (!elementwise(a, [&](double v, std::size_t) { return f(v); })) {
    if (op != "Round" && op != "Floor" && op != "Ceil")
      fail("is applied to a sum or the input image, expected the output of a step or a constant");
    const bool pixels =
        std::holds_alternative<PictureValue>(a.what) && std::get<PictureValue>(a.what).scale == 1;
    if (!pixels) round_sum(a);
  }
  output(std::move(a));
}

void Lowering::lower_where() {
  if (is_constant(0) && is_constant(1) && is_constant(2)) return fold_where();
  Activation a = map(0);
  const auto* bits = std::get_if<Bits>(&a.what);
  const auto truth = [](double v) { return v == 0 || v == 1; };
  if (bits == nullptr || !std::all_of(bits->at0.begin(), bits->at0.end(), truth) ||
      !std::all_of(bits->at1.begin(), bits->at1.end(), truth))
    fail(input_name(0) + " (condition) is not the outcome of a comparison");
  if (!is_constant(1) || !is_constant(2)) fail("chooses between computed maps, expected two constants");
  const PerChannel yes = per_channel(1, a), no = per_channel(2, a);
  elementwise(a, [&](double v, std::size_t c) { return v != 0 ? yes[c] : no[c]; });
  output(std::move(a));
}

}  // namespace irc::network
