// SPDX-License-Identifier: Apache-2.0
// Takes files of our writer apart and reassembles them the way other exporters write them.
#pragma once
#include <onnx/onnx_pb.h>
#include <cstdint>

#include <algorithm>
#include <cstring>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "irc/network/onnx.h"

namespace irc::network::test {

using Floats = std::vector<float>;
using Dims = std::vector<std::int64_t>;

inline Graph read_bytes(const std::string& bytes) {
  return read_onnx(std::as_bytes(std::span(bytes)), "test.onnx");
}

/// An ONNX model that a test modifies.
class Edit {
 public:
  explicit Edit(const Graph& graph, const WriteOptions& options = {}) {
    model.ParseFromString(onnx_bytes(graph, options));
  }
  onnx::GraphProto& graph() { return *model.mutable_graph(); }
  std::string bytes() const { return model.SerializeAsString(); }
  Graph read() const { return read_bytes(bytes()); }

  /// The node that makes `output`.
  onnx::NodeProto& maker(const std::string& output) {
    for (auto& node : *graph().mutable_node())
      if (node.output(0) == output) return node;
    throw std::runtime_error("no node makes " + output);
  }
  onnx::TensorProto& initialiser(const std::string& name) {
    for (auto& t : *graph().mutable_initializer())
      if (t.name() == name) return t;
    throw std::runtime_error("no initialiser " + name);
  }
  Floats floats(const std::string& name) {
    const auto& raw = initialiser(name).raw_data();
    Floats out(raw.size() / sizeof(float));
    std::memcpy(out.data(), raw.data(), raw.size());
    return out;
  }
  void set_floats(const std::string& name, const Floats& values) {
    initialiser(name).set_raw_data(values.data(), values.size() * sizeof(float));
  }
  std::string constant(const std::string& name, const Dims& dims, const Floats& values) {
    auto& t = *graph().add_initializer();
    t.set_name(name);
    t.set_data_type(onnx::TensorProto::FLOAT);
    for (const auto d : dims) t.add_dims(d);
    t.set_raw_data(values.data(), values.size() * sizeof(float));
    return name;
  }

  static onnx::NodeProto make(const std::string& op, const std::vector<std::string>& inputs,
                              const std::string& out) {
    onnx::NodeProto n;
    n.set_op_type(op);
    for (const auto& in : inputs) n.add_input(in);
    n.add_output(out);
    return n;
  }
  static onnx::NodeProto cast(const std::string& in, const std::string& out) {
    auto n = make("Cast", {in}, out);
    integer(n, "to", onnx::TensorProto::FLOAT);
    return n;
  }
  static void integer(onnx::NodeProto& n, const char* name, std::int64_t v) {
    auto& a = *n.add_attribute();
    a.set_name(name);
    a.set_type(onnx::AttributeProto::INT);
    a.set_i(v);
  }
  static void real(onnx::NodeProto& n, const char* name, float v) {
    auto& a = *n.add_attribute();
    a.set_name(name);
    a.set_type(onnx::AttributeProto::FLOAT);
    a.set_f(v);
  }
  static void text(onnx::NodeProto& n, const char* name, const char* v) {
    auto& a = *n.add_attribute();
    a.set_name(name);
    a.set_type(onnx::AttributeProto::STRING);
    a.set_s(v);
  }
  static onnx::AttributeProto* attribute(onnx::NodeProto& n, const std::string& name) {
    for (auto& a : *n.mutable_attribute())
      if (a.name() == name) return &a;
    return nullptr;
  }

  /// Replaces the nodes that make `outputs` by `nodes`, at the position of the first of them.
  void replace(const std::vector<std::string>& outputs, const std::vector<onnx::NodeProto>& nodes) {
    google::protobuf::RepeatedPtrField<onnx::NodeProto> kept;
    bool placed = false;
    for (const auto& node : graph().node()) {
      const bool gone = std::find(outputs.begin(), outputs.end(), node.output(0)) != outputs.end();
      if (!gone)
        *kept.Add() = node;
      else if (!std::exchange(placed, true))
        for (const auto& n : nodes) *kept.Add() = n;
    }
    graph().mutable_node()->Swap(&kept);
  }
  /// Replaces the arithmetic step of node `n`.
  void replace_step(const std::string& n, const std::vector<onnx::NodeProto>& nodes) {
    replace({n + "/shifted", n + "/sign", n + "/twice", n}, nodes);
  }

  onnx::ModelProto model;
};

/// Names of the convolutions with an integer step, and of the array layers among them.
inline std::vector<std::string> steps(const Graph& graph, bool array_only = false) {
  std::vector<std::string> out;
  for (const auto& node : graph.nodes)
    if (const auto* c = std::get_if<Conv>(&node.op); c != nullptr && c->step && c->kind != WeightKind::real)
      if (!array_only || c->kind != WeightKind::int8) out.push_back(node.name);
  return out;
}

}  // namespace irc::network::test
