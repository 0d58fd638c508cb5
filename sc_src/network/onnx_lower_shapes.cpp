// SPDX-License-Identifier: Apache-2.0
// Rearrangement of constants, the sizes of maps, and the order of a map's dimensions.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

using Type = onnx::TensorProto;
constexpr std::int64_t most = std::int64_t{1} << 26;

}  // namespace

std::vector<std::size_t> Lowering::axes_in_order(int input, std::size_t rank) const {
  std::vector<std::int64_t> given;
  if (input >= 0 && has_input(input)) {
    given = whole_list(input);
  } else {
    const Attributes attributes(*node_, fail_);
    if (const auto* a = attributes.find("axes", onnx::AttributeProto::INTS, "a list of integers"))
      given.assign(a->ints().begin(), a->ints().end());
  }
  std::vector<std::size_t> out;
  for (const auto axis : given) {
    const auto ranks = static_cast<std::int64_t>(rank);
    if (axis < -ranks || axis >= ranks)
      fail("names axis " + std::to_string(axis) + ", expected " + std::to_string(-ranks) + " to " +
           std::to_string(ranks - 1));
    out.push_back(static_cast<std::size_t>(axis < 0 ? axis + ranks : axis));
  }
  auto sorted = out;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) fail("names an axis twice");
  return out;
}

std::vector<std::size_t> Lowering::axes(int input, std::size_t rank) const {
  auto out = axes_in_order(input, rank);
  std::sort(out.begin(), out.end());
  return out;
}

void Lowering::reshaped(Constant c, Dims dims) {
  if (values_in(dims) != std::optional(c.values.size()))
    fail("changes dimensions " + dims_text(c.dims) + " to " + dims_text(dims) +
         ", which hold another number of values");
  // A scale per index stays apart if the axis keeps its place among the dimensions that are not 1.
  if (c.scale.size() > 1) {
    const auto before = [](const Dims& d, std::size_t axis) {
      return std::accumulate(d.begin(), d.begin() + static_cast<std::ptrdiff_t>(axis), std::int64_t{1},
                             std::multiplies<>());
    };
    const std::int64_t run = before(c.dims, c.scale_axis);
    std::size_t axis = 0;
    while (axis < dims.size() && !(dims[axis] == c.dims[c.scale_axis] && before(dims, axis) == run)) ++axis;
    if (axis < dims.size()) {
      c.scale_axis = axis;
    } else {
      c.values = c.scaled();
      c.scale.clear();
    }
  }
  c.dims = std::move(dims);
  output_constant(std::move(c));
}

void Lowering::lower_reshape() {
  if (!is_constant(0)) fail("changes the dimensions of a map, expected a constant");
  const Attributes attributes(*node_, fail_);
  Constant c = limits(0);
  budget_.spend(file_, c.values.size());
  Dims dims = whole_list(1);
  if (dims.size() > 8) fail("makes " + std::to_string(dims.size()) + " dimensions, expected at most 8");
  const bool keep_zero = attributes.integer("allowzero", 0) != 0;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 0 && !keep_zero) {
      if (d >= c.dims.size())
        fail("keeps dimension " + std::to_string(d) + ", which its input does not have");
      dims[d] = c.dims[d];
    }
    if (dims[d] == -1 && !open)
      open = d;
    else if (dims[d] < 0 || dims[d] > most || known > most)
      fail("makes dimensions " + dims_text(dims) + ", expected sizes and at most one -1");
    else
      known *= std::max<std::int64_t>(dims[d], 1);
  }
  if (open) dims[*open] = static_cast<std::int64_t>(c.values.size()) / known;
  reshaped(std::move(c), std::move(dims));
}

void Lowering::lower_flatten() {
  if (!is_constant(0)) fail("changes the dimensions of a map, expected a constant");
  const Attributes attributes(*node_, fail_);
  Constant c = limits(0);
  budget_.spend(file_, c.values.size());
  const auto rank = static_cast<std::int64_t>(c.dims.size());
  std::int64_t axis = attributes.integer("axis", 1);
  if (axis < -rank || axis > rank) fail("attribute 'axis' is " + std::to_string(axis) + ", beyond its input");
  if (axis < 0) axis += rank;
  Dims dims{1, 1};
  for (std::int64_t d = 0; d < rank; ++d) dims[d < axis ? 0 : 1] *= c.dims[static_cast<std::size_t>(d)];
  reshaped(std::move(c), std::move(dims));
}

void Lowering::lower_squeeze() {
  if (!is_constant(0)) fail("changes the dimensions of a map, expected a constant");
  Constant c = limits(0);
  budget_.spend(file_, c.values.size());
  const auto gone = axes(1, c.dims.size());
  Dims dims;
  for (std::size_t d = 0; d < c.dims.size(); ++d) {
    const bool named = std::find(gone.begin(), gone.end(), d) != gone.end();
    if (named && c.dims[d] != 1)
      fail("removes dimension " + std::to_string(d) + " of " + dims_text(c.dims) + ", which is not 1");
    if (gone.empty() ? c.dims[d] != 1 : !named) dims.push_back(c.dims[d]);
  }
  reshaped(std::move(c), std::move(dims));
}

void Lowering::lower_unsqueeze() {
  if (!is_constant(0)) fail("changes the dimensions of a map, expected a constant");
  Constant c = limits(0);
  budget_.spend(file_, c.values.size());
  std::size_t count = 0;
  if (has_input(1))
    count = limits(1).values.size();
  else if (const auto* a = Attributes(*node_, fail_).find("axes", onnx::AttributeProto::INTS, "a list"))
    count = static_cast<std::size_t>(a->ints_size());
  if (count == 0 || c.dims.size() + count > 8) fail("makes more than 8 dimensions, or names no axis");
  const auto added = axes(1, c.dims.size() + count);
  Dims dims = c.dims;
  for (const auto axis : added) dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  reshaped(std::move(c), std::move(dims));
}

void Lowering::lower_transpose() {
  const Attributes attributes(*node_, fail_);
  const auto* a = attributes.find("perm", onnx::AttributeProto::INTS, "a list of integers");
  std::vector<std::size_t> perm;
  if (a != nullptr)
    for (const auto p : a->ints())
      perm.push_back(static_cast<std::size_t>(std::clamp<std::int64_t>(p, -1, 99)));
  if (!is_constant(0)) {
    Activation map = any_map(0);
    const bool first = perm == std::vector<std::size_t>{0, 3, 1, 2},
               last = perm == std::vector<std::size_t>{0, 2, 3, 1};
    if (map.border || !(map.channels_last ? first : last))
      fail(
          "changes the order of a map's dimensions, expected only [0, 3, 1, 2] after an input with the "
          "channels last and [0, 2, 3, 1] before the output");
    map.channels_last = !map.channels_last;
    return output(std::move(map));
  }
  Constant c = limits(0);
  budget_.spend(file_, c.values.size());
  const std::size_t rank = c.dims.size();
  if (a == nullptr)
    for (std::size_t d = rank; d-- > 0;) perm.push_back(d);
  auto sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  bool good = perm.size() == rank;
  for (std::size_t d = 0; good && d < rank; ++d) good = sorted[d] == d;
  if (!good)
    fail("attribute 'perm' is no permutation of the " + std::to_string(rank) + " dimensions of its input");
  c.values = transposed(c.values, c.dims, perm);
  if (c.scale.size() > 1)
    c.scale_axis = static_cast<std::size_t>(std::find(perm.begin(), perm.end(), c.scale_axis) - perm.begin());
  Dims dims;
  for (const auto p : perm) dims.push_back(c.dims[p]);
  c.dims = std::move(dims);
  output_constant(std::move(c));
}

void Lowering::lower_expand() {
  if (!is_constant(0)) fail("repeats a map, expected a constant");
  Constant c = plain(0);
  const auto shape = broadcast(c.dims, whole_list(1));
  const auto count = shape ? values_in(*shape) : std::nullopt;
  if (!count || shape->size() > 8)
    fail("expands dimensions " + dims_text(c.dims) + " to a shape that they do not fit");
  budget_.spend(file_, *count);
  BroadcastIndex at(c.dims, *shape);
  std::vector<double> values(*count);
  for (double& v : values) v = c.values[at.next()];
  c.values = std::move(values);
  c.dims = *shape;
  output_constant(std::move(c));
}

void Lowering::lower_shape() {
  const Attributes attributes(*node_, fail_);
  Dims dims;
  if (is_constant(0)) {
    dims = limits(0).dims;
  } else {
    const Shape& s = map(0).shape;
    dims = {1, s.channels, s.height, s.width};
  }
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bound = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t v = attributes.integer(name, otherwise);
    return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank);
  };
  const auto begin = bound("start", 0), end = bound("end", rank);
  Constant c;
  c.type = Type::INT64;
  for (auto d = begin; d < end; ++d)
    c.values.push_back(static_cast<double>(dims[static_cast<std::size_t>(d)]));
  c.dims = {static_cast<std::int64_t>(c.values.size())};
  output_constant(std::move(c));
}

void Lowering::lower_constant_of_shape() {
  const Dims dims = whole_list(0);
  const auto count = values_in(dims);
  if (!count || dims.size() > 8)
    fail("makes a constant of dimensions " + dims_text(dims) + ", which is too large");
  budget_.spend(file_, *count);
  Constant c;
  if (const auto* a = Attributes(*node_, fail_).find("value", onnx::AttributeProto::TENSOR, "a tensor")) {
    c = decode(a->t(), source_, budget_);
    if (!c.scalar()) fail("attribute 'value' has dimensions " + dims_text(c.dims) + ", expected one value");
  } else {
    c.values = {0};
  }
  c.values.assign(*count, c.values[0]);
  c.dims = dims;
  output_constant(std::move(c));
}

}  // namespace irc::network
