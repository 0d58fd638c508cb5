// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear: their scales lie along an axis that an attribute names.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {

Dims Lowering::linear_dims(int i, const Dims& shape) const {
  const Attributes attributes(*node_, fail_);
  attributes.expect("block_size", 0, "one scale per tensor or per index of an axis");
  const Constant& s = constant(i);
  const auto rank = static_cast<std::int64_t>(shape.size());
  Dims dims(shape.size(), 1);
  if (s.scalar() && s.dims.size() <= 1) return dims;
  std::int64_t axis = attributes.integer("axis", 1);
  if (axis < -rank || axis >= rank)
    fail("attribute 'axis' is " + std::to_string(axis) + ", expected " + std::to_string(-rank) + " to " +
         std::to_string(rank - 1));
  if (axis < 0) axis += rank;
  const std::int64_t size = shape[static_cast<std::size_t>(axis)];
  if (s.dims != Dims{size})
    fail(input_name(i) + " has dimensions " + dims_text(s.dims) + ", expected one value or [" +
         std::to_string(size) + "], one per index of axis " + std::to_string(axis) + " of " +
         dims_text(shape));
  dims[static_cast<std::size_t>(axis)] = size;
  return dims;
}

PerChannel Lowering::linear_values(int i, const Activation& a) const {
  const Constant& c = constant(i);
  const Dims map{1, a.shape.channels, a.shape.height, a.shape.width};
  const Dims dims = linear_dims(i, map);
  if (c.scalar()) return c.scaled()[0];
  if (dims[1] != static_cast<std::int64_t>(c.values.size()))
    fail(input_name(i) + " is a scale along axis " +
         std::to_string(Attributes(*node_, fail_).integer("axis", 1)) + " of the map " + dims_text(map) +
         ", expected axis 1 (channels)");
  return PerChannel(c.scaled());
}

QuantRange Lowering::linear_range() const {
  using Type = onnx::TensorProto;
  const auto given = Attributes(*node_, fail_).integer("output_dtype", 0);
  const std::int64_t type = has_input(2) ? constant(2).type : given != 0 ? given : std::int64_t{Type::UINT8};
  switch (type) {
    case Type::UINT8:
      return {0, 255};
    case Type::INT8:
      return {-128, 127};
    case Type::UINT16:
      return {0, 65535};
    case Type::INT16:
      return {-32768, 32767};
    default:
      fail("quantises to data type " + std::to_string(type) + ", expected integers of 8 or 16 bits");
  }
}

void Lowering::lower_quantize_linear() {
  const QuantRange range = linear_range();
  if (is_constant(0)) {
    constant(0);
    Constant c = plain(0);
    const Dims dims = linear_dims(1, c.dims);
    const std::vector<double> scale = constant(1).scaled();
    const std::vector<double> zero = has_input(2) ? constant(2).scaled() : std::vector<double>{0};
    if (has_input(2) && zero.size() != scale.size())
      fail(input_name(2) + " has " + std::to_string(zero.size()) + " values, expected " +
           std::to_string(scale.size()) + " as " + input_name(1));
    for (const double s : scale)
      if (!(s > 0)) fail(input_name(1) + " (scale) is " + shown(s) + ", expected a positive number");
    BroadcastIndex at(dims, c.dims);
    for (double& v : c.values) {
      const std::size_t k = at.next();
      const double level = range.round(rounded_to(v / scale[k], c.type)) + zero[zero.size() == 1 ? 0 : k];
      v = std::clamp(level, range.low, range.high);
    }
    c.type = has_input(2) ? constant(2).type : onnx::TensorProto::UINT8;
    return output_constant(std::move(c));
  }
  Activation a = map(0);
  const PerChannel scale = linear_values(1, a), zero = has_input(2) ? linear_values(2, a) : PerChannel(0);
  for (std::size_t c = 1; c < static_cast<std::size_t>(a.shape.channels); ++c)
    if (zero[c] != zero[0])
      fail(input_name(2) + " (zero point) differs between channels, expected one value");
  // The zero point is added after rounding.
  quantised(a, {range.low - zero[0], range.high - zero[0]}, scale, 0, 1);
  if (zero[0] != 0) arithmetic(a, false, zero[0]);
  output(std::move(a));
}

void Lowering::lower_dequantize() {
  if (is_constant(0)) {
    constant(0);
    Constant c = plain(0);
    const Dims dims = linear_dims(1, c.dims);
    const std::vector<double> scale = constant(1).scaled();
    if (has_input(2)) {
      const std::vector<double> zero = constant(2).scaled();
      BroadcastIndex at(linear_dims(2, c.dims), c.dims);
      for (double& v : c.values) v -= zero[at.next()];
    }
    return rescaled(std::move(c), dims, scale);
  }
  Activation a = map(0);
  const PerChannel scale = linear_values(1, a);
  if (has_input(2)) {
    const PerChannel zero = linear_values(2, a);
    bool shifted = false;
    for (std::size_t c = 0; c < static_cast<std::size_t>(a.shape.channels); ++c) shifted |= zero[c] != 0;
    if (shifted) arithmetic(a, false, transformed(zero, a.shape, [](double v) { return -v; }));
  }
  arithmetic(a, true, scale);
  output(std::move(a));
}

}  // namespace irc::network
