// SPDX-License-Identifier: Apache-2.0
// Constants, the scales of stored weights, and the quantisers of weights and activations.
#include <algorithm>
#include <cmath>
#include <limits>

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

}  // namespace

double QuantRange::round(double v) const {
  if (rounding == "FLOOR") return std::floor(v);
  return rounding == "CEIL" ? std::ceil(v) : round_even(v);
}

double QuantRange::integer(double v) const {
  return std::clamp(round(v), low, high);
}

void Lowering::lower_constant() {
  const Attributes attributes(*node_, fail_);
  using Kind = onnx::AttributeProto;
  if (const auto* a = attributes.find("value", Kind::TENSOR, "a tensor"))
    return output_constant(decode(a->t(), source_, budget_));
  Constant c;
  if (const auto* list = attributes.find("value_floats", Kind::FLOATS, "a list of floats")) {
    c.values.assign(list->floats().begin(), list->floats().end());
    c.dims = {list->floats_size()};
  } else if (const auto* whole = attributes.find("value_ints", Kind::INTS, "a list of integers")) {
    c.values.assign(whole->ints().begin(), whole->ints().end());
    c.dims = {whole->ints_size()};
    c.type = onnx::TensorProto::INT64;
  } else if (attributes.has("value_float")) {
    c.values = {attributes.real("value_float", 0)};
  } else if (attributes.has("value_int")) {
    c.values = {static_cast<double>(attributes.integer("value_int", 0))};
    c.type = onnx::TensorProto::INT64;
  } else {
    fail("has no 'value', 'value_float', 'value_floats', 'value_int' or 'value_ints', expected one");
  }
  budget_.spend(file_, c.values.size());
  output_constant(std::move(c));
}

void Lowering::lower_bipolar_quant() {
  if (is_constant(0)) {
    constant(0);
    Constant c = plain(0);
    for (double& v : c.values) v = v >= 0 ? 1 : -1;
    return quantised_scale(std::move(c));
  }
  Activation a = map(0);
  const PerChannel scale = per_channel(1, a);
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

QuantRange Lowering::quant_range() const {
  const Attributes attributes(*node_, fail_);
  const double bits = scalar(3);
  if (bits != std::trunc(bits) || bits < 1 || bits > 32)
    fail(input_name(3) + " (bit width) is " + shown(bits) + ", expected 1 to 32");
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
  const PerChannel scale = per_channel(1, a), zero = per_channel(2, a);
  quantised(a, range, scale, zero, scale);
  output(std::move(a));
}

void Lowering::quantised(Activation& a, const QuantRange& range, const PerChannel& scale,
                         const PerChannel& zero, const PerChannel& unit) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c)
    if (!(scale[c] > 0))
      fail(input_name(1) + " (scale) is " + shown(scale[c]) + ", expected a positive number");
  const auto f = [&](double v, std::size_t c) {
    return (range.integer(v / scale[c] + zero[c]) - zero[c]) * unit[c];
  };
  if (elementwise(a, f)) return;
  if (auto* picture = std::get_if<PictureValue>(&a.what)) {
    for (std::size_t c = 1; c < 3; ++c)
      if (scale[c] != scale[0] || zero[c] != zero[0] || unit[c] != unit[0])
        fail("quantises the channels of the input image differently, expected one scale and zero point");
    quant_picture(*picture, range, scale[0], zero[0]);
    picture->scale = unit[0];
  } else {
    quant_sum(a, range, scale, zero, unit);
  }
}

void Lowering::quant_picture(const PictureValue& picture, const QuantRange& range, double scale,
                             double zero) const {
  for (int pixel = 0; pixel < 256; ++pixel) {
    // In float, as a runtime computes it.
    const auto value = static_cast<float>(pixel * picture.scale);
    const double level = range.integer(static_cast<float>(value / static_cast<float>(scale)) + zero) - zero;
    if (level != pixel)
      fail("quantises the input image, which already has integers from 0 to 255: a pixel of " +
           std::to_string(pixel) + " would become level " + shown(level) +
           "; expected a scale and a range that keep every pixel");
  }
}

void Lowering::round_sum(Activation& a) {
  const std::string& op = node_->op_type();
  const double unlimited = std::numeric_limits<double>::infinity();
  quantised(a, {-unlimited, unlimited, op == "Floor" ? "FLOOR" : op == "Ceil" ? "CEIL" : "ROUND"}, 1, 0, 1);
}

void Lowering::quant_sum(Activation& a, const QuantRange& range, const PerChannel& scale,
                         const PerChannel& zero, const PerChannel& unit) {
  const Sum& sum = std::get<Sum>(a.what);
  std::vector<double> at0, at1, threshold;
  std::optional<bool> even;
  for (std::size_t c = 0; c < sum.conv->outputs(); ++c) {
    const Range reach = range_of(sum.chain, c);
    const double low = range.integer(reach.low / scale[c] + zero[c]),
                 high = range.integer(reach.high / scale[c] + zero[c]);
    if (!(high - low <= 1))
      fail("quantises a sum to " +
           (std::isfinite(high - low) ? shown(high - low + 1) : std::string("unlimited")) +
           " levels, expected 2 (binary activations)");
    at0.push_back((low - zero[c]) * unit[c]);
    at1.push_back((high - zero[c]) * unit[c]);
    // From this value on the quantiser rounds up to `low + 1`; exactly half goes to the even neighbour.
    const double from = range.rounding == "FLOOR" ? low + 1 : range.rounding == "CEIL" ? low : low + 0.5;
    threshold.push_back((from - zero[c]) * scale[c]);
    const bool even_low = std::fmod(low, 2) == 0;
    if (range.rounding == "ROUND" && even.value_or(even_low) != even_low)
      fail("rounds halves up in some channels and down in others, expected one zero point");
    even = even_low;
  }
  const bool strict = range.rounding == "CEIL" || (range.rounding == "ROUND" && *even);
  a.what = bits_from(sum, {PerChannel(threshold), strict}, at0, at1);
}

void Lowering::constant_quant(const QuantRange& range) {
  constant(0);
  Constant c = plain(0);
  const Constant &s = constant(1), &z = constant(2);
  for (const int i : {1, 2})
    if (broadcast(c.dims, constant(i).dims) != std::optional(c.dims))
      fail(input_name(i) + " has dimensions " + dims_text(constant(i).dims) + ", which do not broadcast to " +
           dims_text(c.dims) + ", the dimensions of " + input_name(0));
  const std::vector<double> scale = s.scaled(), zero = z.scaled();
  for (const double v : scale)
    if (!(v > 0)) fail(input_name(1) + " (scale) is " + shown(v) + ", expected a positive number");
  BroadcastIndex at_scale(s.dims, c.dims), at_zero(z.dims, c.dims);
  for (double& v : c.values) {
    const double offset = zero[at_zero.next()];
    v = range.integer(rounded_to(v / scale[at_scale.next()], c.type) + offset) - offset;
  }
  quantised_scale(std::move(c));
}

void Lowering::quantised_scale(Constant c) {
  const Constant& s = constant(1);
  if (broadcast(c.dims, s.dims) != std::optional(c.dims))
    fail(input_name(1) + " has dimensions " + dims_text(s.dims) + ", which do not broadcast to " +
         dims_text(c.dims) + ", the dimensions of " + input_name(0));
  rescaled(std::move(c), s.dims, s.scaled());
}

}  // namespace irc::network
