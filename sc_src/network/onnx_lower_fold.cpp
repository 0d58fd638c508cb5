// SPDX-License-Identifier: Apache-2.0
// Arithmetic on constants, for files whose exporter did not fold it.
#include <algorithm>
#include <cmath>
#include <map>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

using Type = onnx::TensorProto;
using Binary = double (*)(double, double);

const std::map<std::string, Binary>& comparisons() {
  static const std::map<std::string, Binary> table{
      {"And", [](double x, double y) { return double(x != 0 && y != 0); }},
      {"Equal", [](double x, double y) { return double(x == y); }},
      {"Greater", [](double x, double y) { return double(x > y); }},
      {"GreaterOrEqual", [](double x, double y) { return double(x >= y); }},
      {"Less", [](double x, double y) { return double(x < y); }},
      {"LessOrEqual", [](double x, double y) { return double(x <= y); }},
      {"Or", [](double x, double y) { return double(x != 0 || y != 0); }},
      {"Xor", [](double x, double y) { return double((x != 0) != (y != 0)); }},
  };
  return table;
}

const std::map<std::string, Binary>& operations() {
  static const std::map<std::string, Binary> table{
      {"Add", [](double x, double y) { return x + y; }},
      {"Sub", [](double x, double y) { return x - y; }},
      {"Mul", [](double x, double y) { return x * y; }},
      {"Div", [](double x, double y) { return x / y; }},
      {"Max", [](double x, double y) { return std::max(x, y); }},
      {"Min", [](double x, double y) { return std::min(x, y); }},
      {"Pow", [](double x, double y) { return std::pow(x, y); }},
  };
  return table;
}

}  // namespace

void Lowering::output_constant(Constant c) {
  output(constant(std::move(c), node_->output(0)));
}

Constant Lowering::plain(int i) {
  Constant c = limits(i);
  budget_.spend(file_, c.values.size());
  c.values = c.scaled();
  c.scale.clear();
  c.datatype.clear();
  return c;
}

void Lowering::fold_unary(double (*f)(double)) {
  Constant c = plain(0);
  const bool half = c.type == Type::FLOAT16 || c.type == Type::BFLOAT16;
  for (double& v : c.values) {
    const double before = v;
    v = rounded_to(f(v), c.type);
    // Signs, absolute values and whole parts are exact in any type.
    if (half && std::abs(v) != std::abs(before) && v != std::trunc(v))
      fail("computes with float16 constants, expected a Cast to float before");
  }
  output_constant(std::move(c));
}

void Lowering::fold_binary(double (*f)(double, double), int type) {
  const Constant x = plain(0), y = plain(1);
  const auto shape = broadcast(x.dims, y.dims);
  const auto count = shape ? values_in(*shape) : std::nullopt;
  if (!count)
    fail("combines constants of dimensions " + dims_text(x.dims) + " and " + dims_text(y.dims) +
         ", which do not broadcast to each other");
  if (x.type != y.type)
    fail("combines constants of data types " + std::to_string(x.type) + " and " + std::to_string(y.type) +
         ", expected one type");
  if (x.type == Type::FLOAT16 || x.type == Type::BFLOAT16)
    fail("computes with float16 constants, expected a Cast to float before");
  budget_.spend(file_, *count);
  Constant out;
  out.dims = *shape;
  out.type = type == Type::UNDEFINED ? x.type : type;
  const bool integers = !x.is_float();
  BroadcastIndex at_x(x.dims, out.dims), at_y(y.dims, out.dims);
  out.values.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const double a = x.values[at_x.next()], b = y.values[at_y.next()];
    double v = f(a, b);
    if (integers) v = std::trunc(v);  // a quotient of integers is rounded towards zero
    if (integers && !(std::abs(v) <= 9007199254740992.0))
      fail("computes " + shown(v) + " from integers, expected at most 2^53");
    out.values.push_back(rounded_to(v, out.type));
  }
  output_constant(std::move(out));
}

void Lowering::fold_node() {
  const std::string& op = node_->op_type();
  if (const auto it = comparisons().find(op); it != comparisons().end())
    return fold_binary(it->second, Type::BOOL);
  if (const auto it = operations().find(op); it != operations().end())
    return fold_binary(it->second, Type::UNDEFINED);
  fail("is applied to constants, expected a map");
}

void Lowering::fold_where() {
  const Constant condition = plain(0), yes = plain(1), no = plain(2);
  auto shape = broadcast(yes.dims, no.dims);
  if (shape) shape = broadcast(*shape, condition.dims);
  const auto count = shape ? values_in(*shape) : std::nullopt;
  if (!count)
    fail("combines constants of dimensions " + dims_text(condition.dims) + ", " + dims_text(yes.dims) +
         " and " + dims_text(no.dims) + ", which do not broadcast to each other");
  budget_.spend(file_, *count);
  Constant out;
  out.dims = *shape;
  out.type = yes.type;
  BroadcastIndex at(condition.dims, out.dims), at_yes(yes.dims, out.dims), at_no(no.dims, out.dims);
  out.values.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const double a = yes.values[at_yes.next()], b = no.values[at_no.next()];
    out.values.push_back(condition.values[at.next()] != 0 ? a : b);
  }
  output_constant(std::move(out));
}

void Lowering::constant_arithmetic() {
  const bool multiply = node_->op_type() == "Mul", divide = node_->op_type() == "Div";
  const bool first = limits(0).values.size() >= limits(1).values.size();
  const Constant& weights = limits(first ? 0 : 1);
  const Constant& by = limits(first ? 1 : 0);
  const bool is_scale = (multiply || (divide && first)) && weights.is_float() && weights.type == by.type &&
                        broadcast(weights.dims, by.dims) == std::optional(weights.dims) &&
                        only_axis(by.dims, weights.dims);
  if (!is_scale) return fold_node();
  std::vector<double> scale = constant(first ? 1 : 0).scaled();
  if (divide)
    for (double& s : scale) s = 1 / s;
  rescaled(constant(first ? 0 : 1), by.dims, scale);
}

void Lowering::rescaled(Constant c, const Dims& dims, const std::vector<double>& scale) {
  budget_.spend(file_, c.values.size());
  for (const double s : scale)
    if (!std::isfinite(s)) fail("a scale is not a finite number");
  if (!c.is_float()) c.type = Type::FLOAT;
  const auto axis = only_axis(dims, c.dims);
  const bool one = scale.size() == 1, one_before = c.scale.size() <= 1;
  if (one || (axis && (one_before || c.scale_axis == *axis))) {
    if (c.scale.empty()) c.scale.push_back(1);
    if (!one && one_before) {
      c.scale.resize(scale.size(), c.scale[0]);
      c.scale_axis = *axis;
    }
    for (std::size_t k = 0; k < c.scale.size(); ++k) c.scale[k] *= scale[one ? 0 : k];
    for (const double s : c.scale)
      if (!std::isfinite(s)) fail("a scale is not a finite number");
    return output_constant(std::move(c));
  }
  c.values = c.scaled();
  c.scale.clear();
  BroadcastIndex at(dims, c.dims);
  for (double& v : c.values) v = rounded_to(v * scale[at.next()], c.type);
  output_constant(std::move(c));
}

}  // namespace irc::network
