// SPDX-License-Identifier: Apache-2.0
// Parts of constants: slices, single values, joined lists, and sums over axes.
#include <algorithm>
#include <cmath>

#include "onnx_attributes.h"
#include "onnx_lowering.h"

namespace irc::network {

void Lowering::lower_slice() {
  if (!is_constant(0)) fail("cuts a map, expected a constant");
  const Attributes attributes(*node_, fail_);
  Constant c = plain(0);
  if (c.dims.size() != 1)
    fail("cuts a constant of dimensions " + dims_text(c.dims) + ", expected a list (one dimension)");
  const auto one = [&](int input, const char* name, std::int64_t otherwise) {
    std::vector<std::int64_t> list;
    if (has_input(input))
      list = whole_list(input);
    else if (const auto* a = attributes.find(name, onnx::AttributeProto::INTS, "a list of integers"))
      list.assign(a->ints().begin(), a->ints().end());
    else
      return otherwise;
    if (list.size() != 1) fail(std::string("has several ") + name + ", expected one");
    return list[0];
  };
  const auto size = static_cast<std::int64_t>(c.values.size());
  const std::int64_t axis = one(3, "axes", 0), step = one(4, "steps", 1);
  if ((axis != 0 && axis != -1) || step != 1)
    fail("cuts along axis " + std::to_string(axis) + " in steps of " + std::to_string(step) +
         ", expected axis 0 in steps of 1");
  const auto bound = [&](std::int64_t v) { return std::clamp<std::int64_t>(v < 0 ? v + size : v, 0, size); };
  const auto begin = bound(one(1, "starts", 0)), end = std::max(begin, bound(one(2, "ends", size)));
  c.values = std::vector<double>(c.values.begin() + begin, c.values.begin() + end);
  c.dims = {end - begin};
  output_constant(std::move(c));
}

void Lowering::lower_gather() {
  if (!is_constant(0)) fail("picks from a map, expected a constant");
  Constant c = plain(0);
  if (c.dims.size() != 1 || (Attributes(*node_, fail_).integer("axis", 0) != 0))
    fail("picks from a constant of dimensions " + dims_text(c.dims) + ", expected a list (one dimension)");
  const auto size = static_cast<std::int64_t>(c.values.size());
  std::vector<double> picked;
  for (const auto at : whole_list(1)) {
    if (at < -size || at >= size)
      fail(input_name(1) + " holds " + std::to_string(at) + ", expected " + std::to_string(-size) + " to " +
           std::to_string(size - 1));
    picked.push_back(c.values[static_cast<std::size_t>(at < 0 ? at + size : at)]);
  }
  budget_.spend(file_, picked.size());
  c.values = std::move(picked);
  c.dims = limits(1).dims;
  output_constant(std::move(c));
}

void Lowering::concat_constants() {
  const std::int64_t axis = Attributes(*node_, fail_).integer("axis", 0);
  Constant out;
  for (int i = 0; i < node_->input_size(); ++i) {
    const Constant c = plain(i);
    if (c.dims.size() != 1 || (axis != 0 && axis != -1))
      fail("joins constants of dimensions " + dims_text(c.dims) + ", expected lists (one dimension)");
    if (i > 0 && c.type != out.type) fail("joins constants of different data types");
    out.type = c.type;
    budget_.spend(file_, c.values.size());
    out.values.insert(out.values.end(), c.values.begin(), c.values.end());
  }
  out.dims = {static_cast<std::int64_t>(out.values.size())};
  output_constant(std::move(out));
}

void Lowering::lower_reduce() {
  if (!is_constant(0)) fail("combines the values of a map, expected a constant");
  const Attributes attributes(*node_, fail_);
  const std::string& op = node_->op_type();
  Constant c = plain(0);
  if (!c.is_float()) fail("combines integers, expected floats");
  const std::size_t rank = c.dims.size();
  auto over = axes(1, rank);
  if (over.empty()) {
    if (attributes.integer("noop_with_empty_axes", 0) != 0) return output_constant(std::move(c));
    for (std::size_t d = 0; d < rank; ++d) over.push_back(d);
  }
  Dims kept = c.dims, dims;
  for (const auto d : over) kept[d] = 1;
  for (std::size_t d = 0; d < rank; ++d)
    if (attributes.integer("keepdims", 1) != 0 || std::find(over.begin(), over.end(), d) == over.end())
      dims.push_back(kept[d]);
  const std::size_t groups = values_in(kept).value_or(0);
  if (c.values.empty() || groups == 0) fail("combines no values, expected some");
  const double count = static_cast<double>(c.values.size() / groups);
  std::vector<double> out(groups, op == "ReduceMax" ? -HUGE_VAL : op == "ReduceMin" ? HUGE_VAL : 0);
  BroadcastIndex at(kept, c.dims);
  for (const double v : c.values) {
    double& sum = out[at.next()];
    sum = op == "ReduceMax"   ? std::max(sum, v)
          : op == "ReduceMin" ? std::min(sum, v)
          : op == "ReduceL1"  ? sum + std::abs(v)
                              : sum + v;
  }
  for (double& v : out) v = rounded_to(op == "ReduceMean" ? v / count : v, c.type);
  c.values = std::move(out);
  c.dims = std::move(dims);
  output_constant(std::move(c));
}

}  // namespace irc::network
