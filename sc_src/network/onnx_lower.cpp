// SPDX-License-Identifier: Apache-2.0
// The walk through the graph: the input, each node by its operator, the head. Then nodes that the head does
// not need are removed.
#include "onnx_lower.h"

#include <set>

#include "irc/core/error.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

constexpr int max_nodes = 4096;

}  // namespace

Lowering::Lowering(const onnx::ModelProto& model, const std::string& file)
    : proto_(model.graph()), file_(file) {
  for (const auto& opset : model.opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
  if (opset_ < 7 || opset_ > 21)
    throw InputError({file_}, "uses ONNX opset " + std::to_string(opset_) + ", expected 7 to 21");
}

Graph Lowering::run() {
  graph_.name = proto_.name();
  if (proto_.node_size() > max_nodes) fail_file("has more than " + std::to_string(max_nodes) + " nodes");
  if (proto_.sparse_initializer_size() > 0) fail_file("has sparse initialisers, expected dense ones");
  annotations();
  initialisers();
  input();
  for (const auto& node : proto_.node()) {
    node_ = &node;
    lower_node();
  }
  node_ = nullptr;
  head();
  prune();
  assign_names();
  return std::move(graph_);
}

void Lowering::annotations() {
  for (const auto& a : proto_.quantization_annotation())
    for (const auto& p : a.quant_parameter_tensor_names())
      if (p.key() == "finn_datatype") datatypes_[a.tensor_name()] = p.value();
}

void Lowering::initialisers() {
  for (const auto& tensor : proto_.initializer()) {
    if (tensor.name().empty()) fail_file("an initialiser has no name");
    define(tensor.name(), constant(decode(tensor, file_, budget_), tensor.name()));
  }
}

void Lowering::input() {
  const onnx::ValueInfoProto* found = nullptr;
  for (const auto& v : proto_.input()) {
    if (values_.contains(v.name())) continue;  // before IR version 4 the initialisers are listed here, too
    if (found != nullptr)
      fail_file("has inputs " + shown(found->name()) + " and " + shown(v.name()) +
                ", expected one input image");
    found = &v;
  }
  if (found == nullptr) fail_file("has no input, expected one input image");
  const auto& shape = found->type().tensor_type().shape();
  const std::string label = "input " + shown(found->name());
  if (shape.dim_size() != 4)
    fail_file(label + " has " + std::to_string(shape.dim_size()) +
              " dimensions, expected 4 (batch, 3, height, width)");
  for (int d = 1; d < 4; ++d)
    if (!shape.dim(d).has_dim_value() || shape.dim(d).dim_value() < 1 ||
        shape.dim(d).dim_value() > max_extent)
      fail_file(label + ": dimension " + std::to_string(d) + " is " +
                (shape.dim(d).has_dim_value() ? std::to_string(shape.dim(d).dim_value())
                                              : "dynamic (" + shown(shape.dim(d).dim_param()) + ")") +
                ", expected a fixed size from 1 to " + std::to_string(max_extent));
  if (shape.dim(0).has_dim_value() && shape.dim(0).dim_value() != 1)
    fail_file(label + " takes a batch of " + std::to_string(shape.dim(0).dim_value()) +
              " images, expected 1");
  if (shape.dim(1).dim_value() != 3)
    fail_file(label + " has " + std::to_string(shape.dim(1).dim_value()) +
              " channels, expected 3 (RGB, NCHW)");
  const Shape ours{3, static_cast<int>(shape.dim(2).dim_value()), static_cast<int>(shape.dim(3).dim_value())};
  add(found->name(), Input{}, {});
  graph_.nodes[0].shape = ours;
  define(found->name(), Activation{ours, PictureValue{}});
}

const std::map<std::string, Lowering::Method>& Lowering::methods() {
  static const std::map<std::string, Method> table{
      {"Add", &Lowering::lower_arithmetic},
      {"BatchNormalization", &Lowering::lower_batch_norm},
      {"BipolarQuant", &Lowering::lower_bipolar_quant},
      {"Cast", &Lowering::lower_cast},
      {"Clip", &Lowering::lower_clip},
      {"Concat", &Lowering::lower_concat},
      {"Constant", &Lowering::lower_constant},
      {"Conv", &Lowering::lower_conv},
      {"DequantizeLinear", &Lowering::lower_dequantize},
      {"Div", &Lowering::lower_arithmetic},
      {"Dropout", &Lowering::lower_identity},
      {"Greater", &Lowering::lower_compare},
      {"GreaterOrEqual", &Lowering::lower_compare},
      {"Identity", &Lowering::lower_identity},
      {"IntQuant", &Lowering::lower_quant},
      {"Less", &Lowering::lower_compare},
      {"LessOrEqual", &Lowering::lower_compare},
      {"MaxPool", &Lowering::lower_max_pool},
      {"Mul", &Lowering::lower_arithmetic},
      {"MultiThreshold", &Lowering::lower_multi_threshold},
      {"Not", &Lowering::lower_not},
      {"Quant", &Lowering::lower_quant},
      {"Relu", &Lowering::lower_relu},
      {"Resize", &Lowering::lower_resize},
      {"Sign", &Lowering::lower_sign},
      {"Sub", &Lowering::lower_arithmetic},
      {"Upsample", &Lowering::lower_resize},
  };
  return table;
}

std::string Lowering::supported() {
  std::string out;
  for (const auto& [name, method] : methods()) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void Lowering::lower_node() {
  static const std::set<std::string> domains{"", "ai.onnx", "onnx.brevitas", "finn.custom_op.general",
                                             "qonnx.custom_op.general"};
  if (node_->output_size() < 1 || node_->output(0).empty()) fail("has no output");
  if (!domains.contains(node_->domain())) fail("is of the unknown operator domain " + shown(node_->domain()));
  const auto it = methods().find(node_->op_type());
  if (it == methods().end()) fail("this operator is not supported, expected one of: " + supported());
  (this->*it->second)();
}

void Lowering::lower_identity() {
  output(value(0));
}

void Lowering::head() {
  if (proto_.output_size() != 1)
    fail_file("has " + std::to_string(proto_.output_size()) + " outputs, expected one (the head)");
  const std::string& name = proto_.output(0).name();
  const auto it = values_.find(name);
  if (it == values_.end()) fail_file("output " + shown(name) + " is made by no node");
  const auto* a = std::get_if<Activation>(&it->second);
  const auto* sum = a != nullptr ? std::get_if<Sum>(&a->what) : nullptr;
  if (sum == nullptr)
    fail_file("output " + shown(name) + " is not the sum of a convolution, expected the head without a step");
  if (sum->conv->on_picture)
    fail_file("output " + shown(name) +
              " is a convolution of the input image itself, expected binary maps before the head");
  add(sum->conv->name, as_head(*sum->conv, sum->chain, fail_), {sum->conv->input});
}

void Lowering::prune() {
  std::vector<bool> needed(graph_.nodes.size());
  needed.front() = needed.back() = true;
  for (NodeId id = graph_.nodes.size(); id-- > 0;)
    if (needed[id])
      for (const NodeId in : graph_.nodes[id].inputs) needed[in] = true;
  std::vector<NodeId> moved(graph_.nodes.size());
  std::vector<Node> kept;
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    if (!needed[id]) continue;
    for (NodeId& in : graph_.nodes[id].inputs) in = moved[in];
    moved[id] = kept.size();
    kept.push_back(std::move(graph_.nodes[id]));
    tensors_[kept.size() - 1] = tensors_[id];
  }
  graph_.nodes = std::move(kept);
}

void Lowering::assign_names() {
  std::set<std::string> names;
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    Node& node = graph_.nodes[id];
    if (names.insert(node.name).second && !node.name.empty()) continue;
    const std::string base = tensors_[id].empty() ? "node" : tensors_[id];
    node.name = base;
    for (int i = 2; !names.insert(node.name).second; ++i) node.name = base + "#" + std::to_string(i);
  }
}

Graph lower(const onnx::ModelProto& model, const std::string& file) {
  return Lowering(model, file).run();
}

}  // namespace irc::network
