// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/error.h"
#include "irc/core/file.h"
#include "irc/network/onnx.h"

namespace irc::network {
namespace {

static_assert(std::endian::native == std::endian::little, "raw tensor data is little-endian");

using Dims = std::vector<std::int64_t>;

/// Converts weights from the order [o][ky][kx][i] to ONNX's order [o][i][ky][kx].
template <typename To, typename From>
std::vector<To> to_onnx_order(const Conv& conv, const std::vector<From>& weights) {
  const auto area = static_cast<std::size_t>(conv.kernel_h * conv.kernel_w);
  const auto inputs = static_cast<std::size_t>(conv.in_channels);
  std::vector<To> out(weights.size());
  for (std::size_t o = 0; o < static_cast<std::size_t>(conv.out_channels); ++o)
    for (std::size_t k = 0; k < area; ++k)
      for (std::size_t i = 0; i < inputs; ++i)
        out[(o * inputs + i) * area + k] = static_cast<To>(weights[(o * area + k) * inputs + i]);
  return out;
}

const char* datatype_name(WeightKind kind) {
  switch (kind) {
    case WeightKind::ternary:
      return "TERNARY";
    case WeightKind::binary:
      return "BIPOLAR";
    case WeightKind::int8:
      return "INT8";
    case WeightKind::real:
      return "FLOAT32";
  }
  return "";
}

/// Builds one GraphProto. It knows tensor names but not the meaning of operators.
class Emitter {
 public:
  explicit Emitter(onnx::GraphProto& graph) : graph_(graph) {}

  onnx::NodeProto& node(const char* op, const std::string& name, const std::vector<std::string>& inputs,
                        const std::string& output) {
    auto& n = *graph_.add_node();
    n.set_op_type(op);
    n.set_name(name);
    for (const auto& in : inputs) n.add_input(in);
    n.add_output(output);
    return n;
  }
  template <typename T>
  void initialiser(const std::string& name, const Dims& dims, const std::vector<T>& values) {
    auto& t = *graph_.add_initializer();
    t.set_name(name);
    t.set_data_type(std::is_same_v<T, float> ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT8);
    for (const auto d : dims) t.add_dims(d);
    t.set_raw_data(values.data(), values.size() * sizeof(T));
  }
  void annotate(const std::string& tensor, const char* datatype) {
    auto& a = *graph_.add_quantization_annotation();
    a.set_tensor_name(tensor);
    auto& p = *a.add_quant_parameter_tensor_names();
    p.set_key("finn_datatype");
    p.set_value(datatype);
  }
  void value(onnx::ValueInfoProto& v, const std::string& name, const Shape& shape) {
    v.set_name(name);
    auto& type = *v.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    for (const int d : {1, shape.channels, shape.height, shape.width})
      type.mutable_shape()->add_dim()->set_dim_value(d);
  }

 private:
  onnx::GraphProto& graph_;
};

void set_int(onnx::NodeProto& node, const char* name, std::int64_t value) {
  auto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INT);
  a.set_i(value);
}
void set_ints(onnx::NodeProto& node, const char* name, const Dims& values) {
  auto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INTS);
  for (const auto v : values) a.add_ints(v);
}
void set_string(onnx::NodeProto& node, const char* name, const char* value) {
  auto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::STRING);
  a.set_s(value);
}

/// Writes the nodes of a finished graph. A tensor has the name of the node that makes it.
class Writer {
 public:
  Writer(const Graph& graph, const WriteOptions& options, onnx::GraphProto& proto)
      : graph_(graph), options_(options), proto_(proto), emit_(proto) {
    for (const Node& node : graph.nodes) names_.insert(node.name);
  }

  void write() {
    proto_.set_name(graph_.name.empty() ? "detector" : graph_.name);
    emit_.initialiser<float>(half_, {1}, {0.5f});
    emit_.initialiser<float>(one_, {1}, {1.0f});
    for (const Node& node : graph_.nodes) {
      std::visit([&](const auto& op) { emit(node, op); }, node.op);
      if (node.binary) emit_.annotate(node.name, "BINARY");
    }
    emit_.value(*proto_.add_output(), graph_.nodes.back().name, graph_.nodes.back().shape);
  }

 private:
  /// A name derived from the node's name that no node has.
  std::string beside(const Node& node, const char* what) const {
    std::string name = node.name + "/" + what;
    while (names_.contains(name)) name += '_';
    return name;
  }
  std::string constant(std::string name) const {
    while (names_.contains(name)) name += '_';
    return name;
  }

  const std::string& in(const Node& node) const { return graph_.nodes[node.inputs[0]].name; }

  void emit(const Node& node, const Input&) {
    emit_.value(*proto_.add_input(), node.name, node.shape);
    emit_.annotate(node.name, "UINT8");
  }

  std::string weights(const Node& node, const Conv& conv) {
    const std::string stored = beside(node, "weight");
    const Dims dims{conv.out_channels, conv.in_channels, conv.kernel_h, conv.kernel_w};
    emit_.annotate(stored, datatype_name(conv.kind));
    if (conv.kind == WeightKind::real) {
      emit_.initialiser(stored, dims, to_onnx_order<float>(conv, conv.real_weights));
      return stored;
    }
    if (options_.float_weights) {
      emit_.initialiser(stored, dims, to_onnx_order<float>(conv, conv.weights));
      return stored;
    }
    emit_.initialiser(stored, dims, to_onnx_order<std::int8_t>(conv, conv.weights));
    const std::string cast = beside(node, "weight_float");
    set_int(emit_.node("Cast", "", {stored}, cast), "to", onnx::TensorProto::FLOAT);
    return cast;
  }

  void emit(const Node& node, const Conv& conv) {
    const std::string weight = weights(node, conv), bias = beside(node, "bias"), sum = beside(node, "sum");
    emit_.initialiser(bias, {conv.out_channels},
                      conv.kind == WeightKind::real ? conv.real_bias
                                                    : std::vector<float>(conv.bias.begin(), conv.bias.end()));
    auto& n = emit_.node("Conv", node.name, {in(node), weight, bias}, sum);
    set_ints(n, "kernel_shape", {conv.kernel_h, conv.kernel_w});
    set_ints(n, "strides", {conv.stride_h, conv.stride_w});
    set_ints(n, "pads", {conv.pad_top, conv.pad_left, conv.pad_bottom, conv.pad_right});
    if (!conv.step)
      scale(node, conv, sum);
    else if (conv.kind == WeightKind::real)
      real_step(node, sum);
    else
      integer_step(node, sum);
  }

  /// The step as (Sign(sum - 1/2) + 1) / 2. It never takes the sign of 0 and uses only arithmetic that every
  /// runtime knows.
  void integer_step(const Node& node, const std::string& sum) {
    const std::string shifted = beside(node, "shifted"), sign = beside(node, "sign"),
                      twice = beside(node, "twice");
    emit_.node("Sub", shifted, {sum, half_}, shifted);
    emit_.node("Sign", sign, {shifted}, sign);
    emit_.node("Add", twice, {sign, one_}, twice);
    emit_.node("Mul", beside(node, "step"), {twice, half_}, node.name);
  }
  /// The step of a real sum as Relu(Sign(x)), which is [x > 0] for every x. A real sum may be 0, so
  /// subtracting 1/2 does not work here.
  void real_step(const Node& node, const std::string& sum) {
    const std::string sign = beside(node, "sign");
    emit_.node("Sign", sign, {sum}, sign);
    emit_.node("Relu", beside(node, "step"), {sign}, node.name);
  }
  void scale(const Node& node, const Conv& conv, const std::string& sum) {
    const std::string scale = beside(node, "scale"), offset = beside(node, "offset"),
                      scaled = beside(node, "scaled");
    emit_.initialiser(scale, {1, conv.out_channels, 1, 1}, conv.scale);
    emit_.initialiser(offset, {1, conv.out_channels, 1, 1}, conv.offset);
    emit_.node("Mul", scaled, {sum, scale}, scaled);
    emit_.node("Add", beside(node, "add"), {scaled, offset}, node.name);
  }

  void emit(const Node& node, const Concat&) {
    std::vector<std::string> inputs;
    for (const NodeId i : node.inputs) inputs.push_back(graph_.nodes[i].name);
    set_int(emit_.node("Concat", node.name, inputs, node.name), "axis", 1);
  }
  void emit(const Node& node, const MaxPool& pool) {
    auto& n = emit_.node("MaxPool", node.name, {in(node)}, node.name);
    set_ints(n, "kernel_shape", {pool.kernel, pool.kernel});
    set_ints(n, "strides", {pool.stride, pool.stride});
  }
  void emit(const Node& node, const Upsample& upsample) {
    const auto factor = static_cast<float>(upsample.factor);
    const std::string scales = beside(node, "scales");
    emit_.initialiser<float>(scales, {4}, {1, 1, factor, factor});
    auto& n = emit_.node("Resize", node.name, {in(node), "", scales}, node.name);
    set_string(n, "mode", "nearest");
    set_string(n, "coordinate_transformation_mode", "asymmetric");
    set_string(n, "nearest_mode", "floor");
  }

  const Graph& graph_;
  const WriteOptions& options_;
  onnx::GraphProto& proto_;
  Emitter emit_;
  std::set<std::string> names_;
  std::string half_ = constant("half"), one_ = constant("one");
};

void add_metadata(onnx::ModelProto& model, const char* key, const std::string& value) {
  auto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

/// Throws InputError if the stride contradicts the layers, because every box would then be in the wrong
/// place.
void check_stride(const Graph& graph) {
  const Stride s = effective_stride(graph, graph.nodes.size() - 1);
  if (s.x != graph.detector.stride || s.y != graph.detector.stride)
    throw InputError("the detector's stride is " + std::to_string(graph.detector.stride) +
                     ", but the network's strides multiply to " + std::to_string(s.y) + " by " +
                     std::to_string(s.x));
}

std::string class_list(const std::vector<std::string>& classes) {
  try {
    return nlohmann::json(classes).dump();
  } catch (const nlohmann::json::exception&) {
    throw InputError("a class name of the detector is not UTF-8");
  }
}

std::string serialised(const onnx::ModelProto& model) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!model.SerializeToCodedStream(&coded)) throw InternalError("protobuf refused to serialise a network");
  }
  return bytes;
}

}  // namespace

std::string onnx_bytes(const Graph& graph, const WriteOptions& options) {
  Graph finished = graph;
  finish(finished);
  check_stride(finished);
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.set_producer_name("ircsim");
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  Writer(finished, options, *model.mutable_graph()).write();
  add_metadata(model, "irc.classes", class_list(finished.detector.classes));
  add_metadata(model, "irc.stride", std::to_string(finished.detector.stride));
  add_metadata(model, "irc.description", finished.detector.description);
  std::string bytes = serialised(model);
  if (bytes.size() > max_onnx_bytes)
    throw InputError("network '" + graph.name + "' would be a file of " + std::to_string(bytes.size()) +
                     " bytes, expected at most " + std::to_string(max_onnx_bytes));
  return bytes;
}

void write_onnx(const Graph& graph, const std::filesystem::path& path, const WriteOptions& options) {
  atomic_write(path, onnx_bytes(graph, options));
}

}  // namespace irc::network
