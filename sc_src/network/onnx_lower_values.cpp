// SPDX-License-Identifier: Apache-2.0
// Errors, named tensors, constants as arguments, and the nodes of the resulting graph.
#include <algorithm>
#include <cmath>

#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "onnx_lowering.h"

namespace irc::network {

void Lowering::fail_file(const std::string& what) const {
  throw InputError({file_}, what);
}

void Lowering::fail(const std::string& what) const {
  if (node_ == nullptr) fail_file(what);
  const std::string name =
      node_->name().empty() && node_->output_size() > 0 ? node_->output(0) : node_->name();
  fail_file("node " + shown(name) + " (" + printable(node_->op_type(), 40) + "): " + what);
}

std::string Lowering::input_name(int i) const {
  return "input " + shown(node_->input(i));
}

ConstantPointer Lowering::constant(Constant c, const std::string& name) const {
  if (const auto it = datatypes_.find(name); it != datatypes_.end()) c.datatype = it->second;
  const auto odd =
      std::find_if_not(c.values.begin(), c.values.end(), [](double v) { return std::isfinite(v); });
  c.not_finite = odd == c.values.end() ? std::string::npos : static_cast<std::size_t>(odd - c.values.begin());
  return std::make_shared<const Constant>(std::move(c));
}

void Lowering::define(const std::string& name, Value value) {
  if (!values_.emplace(name, std::move(value)).second)
    fail("tensor " + shown(name) + " is made twice, expected unique names");
}

void Lowering::output(Value value) {
  define(node_->output(0), std::move(value));
}

bool Lowering::has_input(int i) const {
  return i < node_->input_size() && !node_->input(i).empty();
}

const Value& Lowering::value(int i) const {
  if (!has_input(i)) fail("input " + std::to_string(i) + " is missing");
  const auto it = values_.find(node_->input(i));
  if (it == values_.end())
    fail(input_name(i) + " is neither an initialiser nor the output of an earlier node");
  return it->second;
}

const Activation& Lowering::any_map(int i) const {
  const auto* a = std::get_if<Activation>(&value(i));
  if (a == nullptr) fail(input_name(i) + " is a constant, expected a map");
  return *a;
}

const Activation& Lowering::map(int i) const {
  const Activation& a = any_map(i);
  if (a.border) fail(input_name(i) + " comes from a Pad, which only a convolution may read");
  if (a.channels_last)
    fail(input_name(i) +
         " is in the order height, width, channels; expected a Transpose by [0, 3, 1, 2] before");
  return a;
}

bool Lowering::is_constant(int i) const {
  return std::holds_alternative<ConstantPointer>(value(i));
}

const Constant& Lowering::limits(int i) const {
  if (!is_constant(i))
    fail(input_name(i) + " is computed, expected a constant (initialiser or Constant node)");
  return *std::get<ConstantPointer>(value(i));
}

const Constant& Lowering::constant(int i) const {
  const Constant& c = limits(i);
  if (c.not_finite != std::string::npos)
    fail(input_name(i) + ": value " + std::to_string(c.not_finite) + " is not a finite number");
  return c;
}

double Lowering::scalar(int i) const {
  const Constant& c = constant(i);
  if (!c.scalar()) fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value");
  return c.scaled()[0];
}

double Lowering::limit(int i) const {
  const Constant& c = limits(i);
  if (!c.scalar()) fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value");
  const double v = c.scaled()[0];
  if (std::isnan(v)) fail(input_name(i) + " is not a number");
  return v;
}

std::vector<std::int64_t> Lowering::whole_list(int i) const {
  const Constant& c = constant(i);
  if (c.values.size() > 4096)
    fail(input_name(i) + " has " + std::to_string(c.values.size()) + " values, expected at most 4096");
  std::vector<std::int64_t> out;
  for (const double v : c.scaled()) {
    if (v != std::trunc(v)) fail(input_name(i) + " holds " + shown(v) + ", expected whole numbers");
    // Slices end at the largest number to mean the end.
    out.push_back(static_cast<std::int64_t>(std::clamp(v, -9e18, 9e18)));
  }
  return out;
}

PerChannel Lowering::per_channel(int i, const Activation& a) {
  const Constant& c = constant(i);
  const Dims map{1, a.channels_last ? a.shape.height : a.shape.channels,
                 a.channels_last ? a.shape.width : a.shape.height,
                 a.channels_last ? a.shape.channels : a.shape.width};
  const std::size_t channel_axis = a.channels_last ? 3 : 1;
  const auto channels = static_cast<std::size_t>(a.shape.channels);
  const std::string expected =
      ", expected one value or " +
      dims_text(a.channels_last ? Dims{1, 1, 1, a.shape.channels} : Dims{1, a.shape.channels, 1, 1}) +
      " (one per channel)";
  if (broadcast(c.dims, map) != std::optional(map))
    fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", which do not broadcast to the map " +
         dims_text(map) + expected);
  if (c.scalar()) return c.scaled()[0];
  budget_.spend(file_, c.values.size());
  const std::vector<double> values = c.scaled();
  std::size_t run = 1, at = 1;  // values per channel, channels of the constant
  const std::size_t missing = map.size() - c.dims.size();
  for (std::size_t d = std::max(missing, channel_axis + 1); d < map.size(); ++d)
    run *= static_cast<std::size_t>(c.dims[d - missing]);
  if (channel_axis >= missing) at = static_cast<std::size_t>(c.dims[channel_axis - missing]);
  std::vector<double> out(at);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::size_t channel = k / run % at;
    if (k % run == 0 && k / run < at) out[channel] = values[k];
    if (values[k] != out[channel])
      fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", so it varies along " +
           (a.channels_last                  ? "height or width"
            : c.dims[c.dims.size() - 1] != 1 ? "the width"
                                             : "the height") +
           " of the map " + dims_text(map) + " (ONNX aligns dimensions at the right)" + expected);
  }
  if (at == 1) return out[0];
  out.resize(channels);
  return PerChannel(std::move(out));
}

PerChannel Lowering::vector_of(int i, const Shape& shape) const {
  const Constant& c = constant(i);
  if (c.values.size() != static_cast<std::size_t>(shape.channels))
    fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected [" +
         std::to_string(shape.channels) + "], one value per channel");
  return PerChannel(c.scaled());
}

std::string Lowering::node_name() const {
  return printable(node_->name().empty() ? node_->output(0) : node_->name());
}

NodeId Lowering::add(const std::string& name, decltype(Node::op) op, std::vector<NodeId> inputs) {
  Node node;
  node.name = printable(name);
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  graph_.nodes.push_back(std::move(node));
  tensors_.push_back(printable(node_ != nullptr ? node_->output(0) : name));
  return graph_.nodes.size() - 1;
}

void Lowering::check_extent(std::int64_t channels, std::int64_t height, std::int64_t width) const {
  for (const auto n : {channels, height, width})
    if (n < 1 || n > max_extent)
      fail("its output would be " + std::to_string(channels) + "x" + std::to_string(height) + "x" +
           std::to_string(width) + ", expected 1 to " + std::to_string(max_extent) + " each");
}

Shape Lowering::checked(std::int64_t channels, std::int64_t height, std::int64_t width) const {
  check_extent(channels, height, width);
  return {static_cast<int>(channels), static_cast<int>(height), static_cast<int>(width)};
}

}  // namespace irc::network
