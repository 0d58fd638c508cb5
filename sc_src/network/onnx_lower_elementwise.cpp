// SPDX-License-Identifier: Apache-2.0
// Functions of one value. On bits they change the two values; on sums they extend the chain.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

constexpr std::size_t max_chain = 64;

/// The values of an integer type of ONNX, or none for other types.
std::optional<Range> integer_range(std::int64_t type) {
  using Type = onnx::TensorProto;
  switch (type) {
    case Type::INT8:
      return Range{-128, 127};
    case Type::UINT8:
      return Range{0, 255};
    case Type::INT16:
      return Range{-32768, 32767};
    case Type::UINT16:
      return Range{0, 65535};
    case Type::INT32:
      return Range{-2147483648.0, 2147483647.0};
    case Type::UINT32:
      return Range{0, 4294967295.0};
    case Type::INT64:  // as far as doubles count in ones
      return Range{-9007199254740992.0, 9007199254740992.0};
    default:
      return std::nullopt;
  }
}

/// Whether a float16 holds the number exactly.
bool fits_half(double v) {
  int exponent = 0;
  const double fraction = std::frexp(std::abs(v), &exponent);
  const int bits = std::min(11, exponent + 24);  // fewer for subnormal numbers
  return v == 0 ||
         (bits > 0 && exponent <= 16 && std::ldexp(fraction, bits) == std::trunc(std::ldexp(fraction, bits)));
}

}  // namespace

void Lowering::apply(std::vector<double>& values, const Function& f) {
  for (std::size_t c = 0; c < values.size(); ++c) values[c] = f(values[c], c);
}

bool Lowering::elementwise(Activation& a, const Function& f) {
  if (auto* bits = std::get_if<Bits>(&a.what)) {
    apply(bits->at0, f);
    apply(bits->at1, f);
    straighten(*bits);
    return true;
  }
  auto* sign = std::get_if<SignedSum>(&a.what);
  if (sign == nullptr) return false;
  apply(sign->negative, f);
  apply(sign->zero, f);
  apply(sign->positive, f);
  if (sign->negative == sign->zero)
    a.what = bits_from(sign->sum, {0.0, true}, sign->zero, sign->positive);
  else if (sign->zero == sign->positive)
    a.what = bits_from(sign->sum, {0.0, false}, sign->negative, sign->zero);
  return true;
}

void Lowering::push(Sum& sum, Operation operation) const {
  if (sum.chain.size() == max_chain)
    fail("follows more than " + std::to_string(max_chain) + " operations on one sum");
  for (std::size_t c = 0; c < sum.conv->outputs(); ++c)
    if (operation.kind != Operation::Kind::clip && !std::isfinite(operation.by[c]))
      fail("its factor for channel " + std::to_string(c) + " is not a finite number");
  sum.chain.push_back(std::move(operation));
}

void Lowering::push(Sum& sum, bool multiply, PerChannel by) const {
  push(sum, {multiply ? Operation::Kind::multiply : Operation::Kind::add, std::move(by)});
}

void Lowering::arithmetic(Activation& a, bool multiply, const PerChannel& by) {
  if (elementwise(a, [&](double v, std::size_t c) { return multiply ? v * by[c] : v + by[c]; })) return;
  if (auto* sum = std::get_if<Sum>(&a.what)) return push(*sum, multiply, by);
  auto& picture = std::get<PictureValue>(a.what);
  if (!multiply || by[0] != by[1] || by[0] != by[2] || !(by[0] > 0))
    fail("shifts the input image or scales its channels differently, expected at most one positive factor");
  picture.scale *= by[0];
}

PerChannel Lowering::transformed(const PerChannel& p, const Shape& shape, double (*f)(double)) const {
  std::vector<double> out;
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c) out.push_back(f(p[c]));
  return PerChannel(std::move(out));
}

void Lowering::lower_arithmetic() {
  const std::string& op = node_->op_type();
  const bool multiply = op == "Mul" || op == "Div", inverse = op == "Sub" || op == "Div";
  if (is_constant(0) && is_constant(1)) return constant_arithmetic();
  if (!is_constant(0) && !is_constant(1)) fail("combines two computed maps, expected one of them constant");
  const int at = is_constant(0) ? 1 : 0;
  Activation a = any_map(at).channels_last ? any_map(at) : map(at);
  PerChannel by = per_channel(1 - at, a);
  if (at == 1 && op == "Div") fail("divides by a map, expected a constant divisor");
  if (at == 1 && op == "Sub")
    arithmetic(a, true, -1.0);
  else if (inverse)
    by = transformed(
        by, a.shape, multiply ? +[](double v) { return 1 / v; } : +[](double v) { return -v; });
  arithmetic(a, multiply, by);
  output(std::move(a));
}

void Lowering::lower_batch_norm() {
  const Attributes attributes(*node_, fail_);
  attributes.expect("training_mode", 0, "inference");
  attributes.expect("spatial", 1, "one mean and variance per channel");
  if (node_->output_size() > 1 && !node_->output(1).empty())
    fail("has more than one output, expected inference");
  Activation a = map(0);
  const PerChannel gamma = vector_of(1, a.shape), beta = vector_of(2, a.shape), mean = vector_of(3, a.shape),
                   variance = vector_of(4, a.shape);
  const double epsilon = attributes.real("epsilon", double{1e-5f});
  std::vector<double> factor;
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) {
    if (!(variance[c] + epsilon > 0))
      fail("variance + epsilon of channel " + std::to_string(c) + " is " + shown(variance[c] + epsilon) +
           ", expected a positive number");
    factor.push_back(gamma[c] / std::sqrt(variance[c] + epsilon));
  }
  arithmetic(a, false, transformed(mean, a.shape, [](double v) { return -v; }));
  arithmetic(a, true, PerChannel(std::move(factor)));
  arithmetic(a, false, beta);
  output(std::move(a));
}

void Lowering::lower_not() {
  if (is_constant(0)) return lower_unary();
  Activation a = map(0);
  if (!std::holds_alternative<Bits>(a.what)) fail("is not applied to the output of a step, expected that");
  elementwise(a, [](double v, std::size_t) { return v == 0 ? 1.0 : 0.0; });
  output(std::move(a));
}

void Lowering::lower_cast() {
  const Attributes attributes(*node_, fail_);
  const std::int64_t to = attributes.integer("to", 0);
  using Type = onnx::TensorProto;
  const bool is_float = to == Type::FLOAT || to == Type::DOUBLE || to == Type::FLOAT16;
  const auto range = integer_range(to);
  if (!is_float && !range && to != Type::BOOL)
    fail("attribute 'to' is " + std::to_string(to) + ", expected a float, an integer or bool");
  if (is_constant(0)) return cast_constant(static_cast<int>(to));
  Activation a = any_map(0).channels_last ? any_map(0) : map(0);
  const auto exact = [&](double v, std::size_t) {
    if (is_float) return v;
    if (!range) return v == 0 ? 0.0 : 1.0;
    if (v != std::trunc(v) || v < range->low || v > range->high)
      fail("casts " + shown(v) + " to an integer type that cannot hold it");
    return v;
  };
  // The pixels of the input image are integers from 0 to 255 as long as nothing scales them.
  const auto* picture = std::get_if<PictureValue>(&a.what);
  const bool pixels = picture != nullptr && picture->scale == 1 && range && range->high >= 255;
  if (!elementwise(a, exact) && !is_float && !pixels)
    fail("casts a sum or the input image to integers or bool, expected the output of a step");
  output(std::move(a));
}

void Lowering::cast_constant(int to) {
  const auto pointer = std::get<ConstantPointer>(value(0));
  using Type = onnx::TensorProto;
  const bool is_float = to == Type::FLOAT || to == Type::DOUBLE;
  if (to == pointer->type) return output(pointer);
  Constant c = *pointer;
  c.type = to;
  budget_.spend(file_, c.values.size());
  // The scale of stored weights stays apart, so that they stay integers.
  if (is_float && !c.scale.empty()) return output_constant(std::move(c));
  const auto range = integer_range(to);
  c.values = c.scaled();
  c.scale.clear();
  for (double& v : c.values) {
    if (to == Type::BOOL)
      v = v == 0 ? 0 : 1;
    else if (is_float)
      v = rounded_to(v, to);
    else if (to == Type::FLOAT16 && !fits_half(v))
      fail("casts the constant " + shown(v) + " to float16, which cannot hold it exactly");
    else if (range)
      v = std::trunc(v);
    if (range && !(v >= range->low && v <= range->high))
      fail("casts the constant " + shown(v) + " to an integer type that cannot hold it");
  }
  output_constant(std::move(c));
}

}  // namespace irc::network
