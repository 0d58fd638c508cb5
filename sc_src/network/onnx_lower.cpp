// SPDX-License-Identifier: Apache-2.0
// The walk through the graph: the input, each node by its operator, the head. Then nodes that the head does
// not need are removed.
#include "onnx_lower.h"

#include <set>

#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "onnx_lowering.h"

namespace irc::network {
namespace {

constexpr int max_nodes = 4096;

}  // namespace

Lowering::Lowering(const onnx::ModelProto& model, const TensorSource& source)
    : proto_(model.graph()), source_(source) {
  for (const auto& opset : model.opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx") opset_ = opset.version();
  if (opset_ < 7 || opset_ > 24)
    throw InputError({file_}, "uses ONNX opset " + std::to_string(opset_) + ", expected 7 to 24");
}

Graph Lowering::run() {
  graph_.name = printable(proto_.name());
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
    define(tensor.name(), constant(decode(tensor, source_, budget_), tensor.name()));
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
  // TensorFlow keeps the channels last; a Transpose follows.
  const bool last = shape.dim(1).dim_value() != 3 && shape.dim(3).dim_value() == 3;
  if (shape.dim(1).dim_value() != 3 && !last)
    fail_file(label + " has " + std::to_string(shape.dim(1).dim_value()) +
              " channels, expected 3 (RGB, NCHW)");
  const Shape ours{3, static_cast<int>(shape.dim(last ? 1 : 2).dim_value()),
                   static_cast<int>(shape.dim(last ? 2 : 3).dim_value())};
  add(found->name(), Input{}, {});
  graph_.nodes[0].shape = ours;
  define(found->name(), Activation{ours, PictureValue{}, {}, last});
}

const std::map<std::string, Lowering::Entry>& Lowering::methods() {
  using L = Lowering;
  static const char* const none = "";
  static const std::map<std::string, Entry> table{
      {"Abs", {&L::lower_unary, none}},
      {"Add", {&L::lower_arithmetic, none}},
      {"And", {&L::fold_node, none}},
      {"BatchNormalization", {&L::lower_batch_norm, "epsilon momentum spatial training_mode"}},
      {"BipolarQuant", {&L::lower_bipolar_quant, none}},
      {"Cast", {&L::lower_cast, "to saturate round_mode"}},
      {"Ceil", {&L::lower_unary, none}},
      {"Clip", {&L::lower_clip, "min max"}},
      {"Concat", {&L::lower_concat, "axis"}},
      {"Constant",
       {&L::lower_constant,
        "value value_float value_floats value_int value_ints value_string value_strings"}},
      {"ConstantOfShape", {&L::lower_constant_of_shape, "value"}},
      {"Conv", {&L::lower_conv, "auto_pad dilations group kernel_shape pads strides"}},
      {"DequantizeLinear", {&L::lower_dequantize, "axis block_size output_dtype"}},
      {"Div", {&L::lower_arithmetic, none}},
      {"Dropout", {&L::lower_dropout, "ratio seed"}},
      {"Equal", {&L::fold_node, none}},
      {"Exp", {&L::lower_unary, none}},
      {"Expand", {&L::lower_expand, none}},
      {"Flatten", {&L::lower_flatten, "axis"}},
      {"Floor", {&L::lower_unary, none}},
      {"Gather", {&L::lower_gather, "axis"}},
      {"Greater", {&L::lower_compare, none}},
      {"GreaterOrEqual", {&L::lower_compare, none}},
      {"HardSigmoid", {&L::lower_hard_sigmoid, "alpha beta"}},
      {"Identity", {&L::lower_identity, none}},
      {"IntQuant", {&L::lower_quant, "signed narrow rounding_mode"}},
      {"LeakyRelu", {&L::lower_leaky_relu, "alpha"}},
      {"Less", {&L::lower_compare, none}},
      {"LessOrEqual", {&L::lower_compare, none}},
      {"Log", {&L::lower_unary, none}},
      {"Max", {&L::lower_extreme, none}},
      {"MaxPool",
       {&L::lower_max_pool, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides"}},
      {"Min", {&L::lower_extreme, none}},
      {"Mul", {&L::lower_arithmetic, none}},
      {"MultiThreshold", {&L::lower_multi_threshold, "data_layout out_scale out_bias out_dtype"}},
      {"Neg", {&L::lower_unary, none}},
      {"Not", {&L::lower_not, none}},
      {"Or", {&L::fold_node, none}},
      {"PRelu", {&L::lower_leaky_relu, none}},
      {"Pad", {&L::lower_pad, "mode pads value"}},
      {"Pow", {&L::fold_node, none}},
      {"Quant", {&L::lower_quant, "signed narrow rounding_mode"}},
      {"QuantizeLinear", {&L::lower_quantize_linear, "axis block_size output_dtype precision saturate"}},
      {"Reciprocal", {&L::lower_unary, none}},
      {"ReduceL1", {&L::lower_reduce, "axes keepdims noop_with_empty_axes"}},
      {"ReduceMax", {&L::lower_reduce, "axes keepdims noop_with_empty_axes"}},
      {"ReduceMean", {&L::lower_reduce, "axes keepdims noop_with_empty_axes"}},
      {"ReduceMin", {&L::lower_reduce, "axes keepdims noop_with_empty_axes"}},
      {"ReduceSum", {&L::lower_reduce, "axes keepdims noop_with_empty_axes"}},
      {"Relu", {&L::lower_relu, none}},
      {"Reshape", {&L::lower_reshape, "allowzero"}},
      {"Resize",
       {&L::lower_resize,
        "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value "
        "keep_aspect_ratio_policy mode nearest_mode"}},
      {"Round", {&L::lower_unary, none}},
      {"Shape", {&L::lower_shape, "start end"}},
      {"Sign", {&L::lower_sign, none}},
      {"Slice", {&L::lower_slice, "axes ends starts"}},
      {"Sqrt", {&L::lower_unary, none}},
      {"Squeeze", {&L::lower_squeeze, "axes"}},
      {"Sub", {&L::lower_arithmetic, none}},
      {"Transpose", {&L::lower_transpose, "perm"}},
      {"Unsqueeze", {&L::lower_unsqueeze, "axes"}},
      {"Upsample", {&L::lower_resize, "mode scales"}},
      {"Where", {&L::lower_where, none}},
      {"Xor", {&L::fold_node, none}},
  };
  return table;
}

std::string Lowering::supported() {
  std::string out;
  for (const auto& [name, entry] : methods()) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void Lowering::lower_node() {
  static const std::set<std::string> domains{"", "ai.onnx", "onnx.brevitas", "finn.custom_op.general",
                                             "qonnx.custom_op.general"};
  if (node_->output_size() < 1 || node_->output(0).empty()) fail("has no output");
  if (!domains.contains(node_->domain())) fail("is of the unknown operator domain " + shown(node_->domain()));
  const auto it = methods().find(node_->op_type());
  if (it == methods().end()) fail("this operator is not supported, expected one of: " + supported());
  const bool standard = node_->domain().empty() || node_->domain() == "ai.onnx";
  // An attribute that nobody reads would be ignored without a word.
  for (const auto& a : node_->attribute())
    if (standard &&
        (" " + std::string(it->second.attributes) + " ").find(" " + a.name() + " ") == std::string::npos)
      fail("has the attribute " + shown(a.name()) + ", which this reader does not know for the operator");
  (this->*it->second.method)();
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

Graph lower(const onnx::ModelProto& model, const TensorSource& source) {
  return Lowering(model, source).run();
}

}  // namespace irc::network
