// SPDX-License-Identifier: Apache-2.0
// Errors, named tensors, constants as arguments, and the nodes of the resulting graph.
#include "irc/core/error.h"
#include "onnx_lowering.h"

namespace irc::network {

std::string dims_text(const std::vector<std::int64_t>& dims) {
  std::string out = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(dims[i]);
  return out + "]";
}

void Lowering::fail_file(const std::string& what) const {
  throw InputError({file_}, what);
}

void Lowering::fail(const std::string& what) const {
  if (node_ == nullptr) fail_file(what);
  const std::string name =
      node_->name().empty() && node_->output_size() > 0 ? node_->output(0) : node_->name();
  fail_file("node " + shown(name) + " (" + node_->op_type().substr(0, 40) + "): " + what);
}

std::string Lowering::input_name(int i) const {
  return "input " + shown(node_->input(i));
}

ConstantPointer Lowering::constant(Constant c, const std::string& name) const {
  if (const auto it = datatypes_.find(name); it != datatypes_.end()) c.datatype = it->second;
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

const Activation& Lowering::map(int i) const {
  const auto* a = std::get_if<Activation>(&value(i));
  if (a == nullptr) fail(input_name(i) + " is a constant, expected a map");
  return *a;
}

bool Lowering::is_constant(int i) const {
  return std::holds_alternative<ConstantPointer>(value(i));
}

const Constant& Lowering::constant(int i) const {
  if (!is_constant(i))
    fail(input_name(i) + " is computed, expected a constant (initialiser or Constant node)");
  return *std::get<ConstantPointer>(value(i));
}

double Lowering::scalar(int i) const {
  const Constant& c = constant(i);
  if (!c.scalar()) fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value");
  return c.scaled()[0];
}

PerChannel Lowering::per_channel(int i, const Shape& shape) const {
  const Constant& c = constant(i);
  if (c.scalar() && c.dims.size() <= 4) return c.scaled()[0];
  for (std::size_t d = 0; d < c.dims.size(); ++d) {
    const bool channel_axis = d + 3 == c.dims.size();
    if (c.dims.size() > 4 || c.dims[d] != (channel_axis ? shape.channels : 1))
      fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected one value or [1, " +
           std::to_string(shape.channels) + ", 1, 1]");
  }
  return PerChannel(c.scaled());
}

PerChannel Lowering::vector_of(int i, const Shape& shape) const {
  const Constant& c = constant(i);
  if (c.scalar()) return c.scaled()[0];
  if (c.values.size() != static_cast<std::size_t>(shape.channels))
    fail(input_name(i) + " has dimensions " + dims_text(c.dims) + ", expected " +
         std::to_string(shape.channels) + " values, one per channel");
  return PerChannel(c.scaled());
}

std::string Lowering::node_name() const {
  return node_->name().empty() ? node_->output(0) : node_->name();
}

NodeId Lowering::add(const std::string& name, decltype(Node::op) op, std::vector<NodeId> inputs) {
  Node node;
  node.name = name;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  graph_.nodes.push_back(std::move(node));
  tensors_.push_back(node_ != nullptr ? node_->output(0) : name);
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
