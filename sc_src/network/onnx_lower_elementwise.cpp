// SPDX-License-Identifier: Apache-2.0
// Functions of one value. On bits they change the two values; on sums they extend the chain.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

constexpr std::size_t max_chain = 64;

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

void Lowering::push(Sum& sum, bool multiply, PerChannel by) const {
  if (sum.chain.size() == max_chain)
    fail("follows more than " + std::to_string(max_chain) + " operations on one sum");
  for (std::size_t c = 0; c < sum.conv->outputs(); ++c)
    if (!std::isfinite(by[c]))
      fail("its factor for channel " + std::to_string(c) + " is not a finite number");
  sum.chain.push_back({multiply, std::move(by)});
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
  if (is_constant(0) && is_constant(1)) return constant_arithmetic(multiply, inverse);
  if (!is_constant(0) && !is_constant(1)) fail("combines two computed maps, expected one of them constant");
  const int at = is_constant(0) ? 1 : 0;
  Activation a = map(at);
  PerChannel by = per_channel(1 - at, a.shape);
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

void Lowering::clip(double low, double high) {
  Activation a = map(0);
  if (!elementwise(a, [&](double v, std::size_t) { return std::min(std::max(v, low), high); }))
    fail("is applied to sums or the input image, expected the output of a step");
  output(std::move(a));
}

void Lowering::lower_clip() {
  const Attributes attributes(*node_, fail_);
  const double low = has_input(1) ? scalar(1) : attributes.real("min", -HUGE_VAL);
  const double high = has_input(2) ? scalar(2) : attributes.real("max", HUGE_VAL);
  clip(low, high);
}

void Lowering::lower_relu() {
  clip(0, HUGE_VAL);
}

void Lowering::lower_not() {
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
  const bool is_integer =
      to == Type::INT8 || to == Type::UINT8 || to == Type::INT16 || to == Type::INT32 || to == Type::INT64;
  const double low = to == Type::UINT8 ? 0 : -128;
  if (!is_float && !is_integer && to != Type::BOOL)
    fail("attribute 'to' is " + std::to_string(to) + ", expected a float, an integer or bool");
  if (is_constant(0)) return cast_constant(is_float);
  Activation a = map(0);
  const auto exact = [&](double v, std::size_t) {
    if (is_float) return v;
    if (to == Type::BOOL) return v == 0 ? 0.0 : 1.0;
    if (v != std::trunc(v) || v < low || v > 127)
      fail("casts " + shown(v) + " to an integer type that cannot hold it");
    return v;
  };
  if (!elementwise(a, exact) && !is_float)
    fail("casts a sum or the input image to integers or bool, expected the output of a step");
  output(std::move(a));
}

void Lowering::cast_constant(bool is_float) {
  const auto pointer = std::get<ConstantPointer>(value(0));
  if (!is_float)
    for (const double v : pointer->scaled())
      if (v != std::trunc(v)) fail("casts the constant " + shown(v) + " to an integer type");
  output(pointer);
}

}  // namespace irc::network
