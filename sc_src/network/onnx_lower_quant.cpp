// SPDX-License-Identifier: Apache-2.0
// Constants, the scales of stored weights, and the quantisers of weights and activations.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

/// Rounds half to even, independent of the thread's rounding mode.
double round_even(double v) {
  const double down = std::floor(v), rest = v - down;
  if (rest != 0.5) return rest < 0.5 ? down : down + 1;
  return std::fmod(down, 2) == 0 ? down : down + 1;
}

bool all_equal(const PerChannel& p, const Shape& shape, double wanted) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c)
    if (p[c] != wanted) return false;
  return true;
}

}  // namespace

struct Lowering::QuantRange {
  double low = 0, high = 0;
  std::string rounding;
  double round(double v) const {
    if (rounding == "FLOOR") return std::floor(v);
    return rounding == "CEIL" ? std::ceil(v) : round_even(v);
  }
  double integer(double v) const { return std::clamp(round(v), low, high); }
};

void Lowering::lower_constant() {
  const Attributes attributes(*node_, fail_);
  if (const auto* a = attributes.find("value", onnx::AttributeProto::TENSOR, "a tensor")) {
    auto c = decode(a->t(), file_, budget_);
    return output(constant(std::move(c), node_->output(0)));
  }
  Constant c;
  c.values.push_back(attributes.real("value_float", static_cast<double>(attributes.integer("value_int", 0))));
  if (!attributes.has("value_float") && !attributes.has("value_int"))
    fail("has no 'value', 'value_float' or 'value_int', expected one");
  output(constant(std::move(c), node_->output(0)));
}

void Lowering::constant_arithmetic(bool multiply, bool inverse) {
  const bool second = constant(0).values.size() >= constant(1).values.size();
  const Constant& weights = constant(second ? 0 : 1);
  const Constant& by = constant(second ? 1 : 0);
  if (!multiply || (inverse && !second))
    fail("computes a constant, expected Mul or Div of weights by their scale");
  std::vector<double> scale = by.scaled();
  bool fits = by.scalar();
  if (!fits && by.dims.size() == weights.dims.size() && !by.dims.empty() && by.dims[0] == weights.dims[0])
    fits = static_cast<std::int64_t>(by.values.size()) == by.dims[0];
  if (!fits)
    fail("scales a constant " + dims_text(weights.dims) + " by " + dims_text(by.dims) +
         ", expected one value or one per output");
  if (inverse)
    for (double& s : scale) s = 1 / s;
  rescaled(weights, scale);
}

void Lowering::rescaled(Constant copy, const std::vector<double>& scale) {
  budget_.spend(file_, copy.values.size());
  const std::size_t n = std::max({scale.size(), copy.scale.size(), std::size_t{1}});
  std::vector<double> product(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double before = copy.scale.empty() ? 1.0 : copy.scale[copy.scale.size() == 1 ? 0 : i];
    product[i] = before * scale[scale.size() == 1 ? 0 : i];
    if (!std::isfinite(product[i])) fail("a scale is not a finite number");
  }
  copy.scale = std::move(product);
  output(constant(std::move(copy), node_->output(0)));
}

void Lowering::quantised_scale(Constant c, int i) {
  const Constant& s = constant(i);
  const bool per_output = !c.dims.empty() && static_cast<std::int64_t>(s.values.size()) == c.dims[0];
  if (!s.scalar() && !per_output)
    fail(input_name(i) + " has dimensions " + dims_text(s.dims) + ", expected one value or one per output");
  rescaled(std::move(c), s.scaled());
}

void Lowering::lower_bipolar_quant() {
  if (is_constant(0)) {
    Constant c = constant(0);
    for (double& v : c.values) v = v >= 0 ? 1 : -1;
    c.scale.clear();
    quantised_scale(std::move(c), 1);
    return;
  }
  Activation a = map(0);
  const PerChannel scale = per_channel(1, a.shape);
  if (!elementwise(a, [&](double v, std::size_t c) { return v >= 0 ? scale[c] : -scale[c]; })) {
    const auto* sum = std::get_if<Sum>(&a.what);
    if (sum == nullptr) fail("is applied to the input image, expected a convolution before it");
    a.what = bits_from(*sum, {0.0, false}, 1.0, 1.0);
    auto& bits = std::get<Bits>(a.what);
    apply(bits.at0, [&](double, std::size_t c) { return -scale[c]; });
    apply(bits.at1, [&](double, std::size_t c) { return scale[c]; });
    straighten(bits);
  }
  output(std::move(a));
}

Lowering::QuantRange Lowering::quant_range() const {
  const Attributes attributes(*node_, fail_);
  const double bits = scalar(3);
  if (bits != std::trunc(bits) || bits < 1 || bits > 8)
    fail(input_name(3) + " (bit width) is " + shown(bits) + ", expected 1 to 8");
  const bool is_signed = attributes.integer("signed", 1) != 0, narrow = attributes.integer("narrow", 0) != 0;
  const double span = std::ldexp(1.0, static_cast<int>(bits) - (is_signed ? 1 : 0));
  QuantRange range{is_signed ? -span + (narrow ? 1 : 0) : 0, span - 1 - (!is_signed && narrow ? 1 : 0),
                   attributes.text("rounding_mode", "ROUND")};
  if (range.rounding != "ROUND" && range.rounding != "FLOOR" && range.rounding != "CEIL")
    fail("attribute 'rounding_mode' is " + shown(range.rounding) + ", expected ROUND, FLOOR or CEIL");
  return range;
}

void Lowering::lower_quant() {
  const QuantRange range = quant_range();
  if (is_constant(0)) return constant_quant(range);
  Activation a = map(0);
  const PerChannel scale = per_channel(1, a.shape), zero = per_channel(2, a.shape);
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c)
    if (!(scale[c] > 0))
      fail(input_name(1) + " (scale) is " + shown(scale[c]) + ", expected a positive number");
  const auto f = [&](double v, std::size_t c) {
    return (range.integer(v / scale[c] + zero[c]) - zero[c]) * scale[c];
  };
  if (!elementwise(a, f)) quant_sum(a, range, scale, zero);
  output(std::move(a));
}

void Lowering::quant_sum(Activation& a, const QuantRange& range, const PerChannel& scale,
                         const PerChannel& zero) {
  if (const auto* picture = std::get_if<PictureValue>(&a.what)) {
    const bool exact = range.low == 0 && range.high == 255 && all_equal(scale, a.shape, picture->scale) &&
                       all_equal(zero, a.shape, 0);
    if (!exact) fail("quantises the input image, which already has integers from 0 to 255");
    return;
  }
  if (range.high != range.low + 1)
    fail("quantises a sum to " + shown(range.high - range.low + 1) +
         " levels, expected 2 (binary activations)");
  std::vector<double> at0, at1, threshold;
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) {
    at0.push_back((range.low - zero[c]) * scale[c]);
    at1.push_back((range.high - zero[c]) * scale[c]);
    // From this value on the quantiser rounds up to `high`; exactly half goes to the even neighbour.
    const double from = range.rounding == "FLOOR"  ? range.high
                        : range.rounding == "CEIL" ? range.low
                                                   : range.low + 0.5;
    threshold.push_back((from - zero[c]) * scale[c]);
  }
  const bool half_stays = range.rounding == "ROUND" && std::fmod(range.low, 2) == 0;
  const bool strict = range.rounding == "CEIL" || half_stays;
  a.what = bits_from(std::get<Sum>(a.what), {PerChannel(threshold), strict}, at0, at1);
}

void Lowering::constant_quant(const QuantRange& range) {
  Constant c = constant(0);
  const double zero = scalar(2);
  const Constant& s = constant(1);
  const std::vector<double> scale = s.scaled();
  if (zero != 0) fail(input_name(2) + " (zero point) is " + shown(zero) + ", expected 0 for weights");
  if (scale.empty() || c.values.size() % scale.size() != 0 ||
      (!s.scalar() && static_cast<std::int64_t>(scale.size()) != c.dims[0]))
    fail(input_name(1) + " has dimensions " + dims_text(s.dims) + ", expected one value or one per output");
  for (const double v : scale)
    if (!(v > 0)) fail(input_name(1) + " (scale) is " + shown(v) + ", expected a positive number");
  c.values = c.scaled();
  c.scale.clear();
  const std::size_t run = std::max<std::size_t>(1, c.values.size() / scale.size());
  for (std::size_t i = 0; i < c.values.size(); ++i) c.values[i] = range.integer(c.values[i] / scale[i / run]);
  quantised_scale(std::move(c), 1);
}

void Lowering::lower_dequantize() {
  const Attributes attributes(*node_, fail_);
  Constant c = constant(0);
  if (has_input(2))
    for (const double z : constant(2).values)
      if (z != 0) fail(input_name(2) + " (zero point) is " + shown(z) + ", expected 0");
  if (!constant(1).scalar()) attributes.expect("axis", 0, "scales per output; the axis of outputs");
  quantised_scale(std::move(c), 1);
}

}  // namespace irc::network
