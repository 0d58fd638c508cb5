// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <utility>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/network/reference.h"
#include "onnx_compare.h"
#include "onnx_edit.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// image -> conv1 (int8) -> conv2 (ternary) -> pool3 -> up4 -> concat5 (pool's input again) -> head6
Graph small() {
  GraphBuilder build(11, {.height = 8, .width = 8, .odd_geometry = false});
  const NodeId stem = build.conv(0, 4, WeightKind::int8, true);
  const NodeId hidden = build.conv(stem, 5, WeightKind::ternary, true);
  const NodeId up = build.upsample(build.pool(hidden, {2, 2}), 2);
  build.conv(build.concat(hidden, up), 7, WeightKind::int8, false);
  Graph graph = build.finished();
  for (auto& node : graph.nodes)
    if (auto* c = std::get_if<Conv>(&node.op)) c->stride_h = c->stride_w = 1;
  graph.detector.stride = 1;
  finish(graph);
  return graph;
}

std::string message(const std::function<void(Edit&)>& damage, const WriteOptions& options = {}) {
  Edit edit(small(), options);
  damage(edit);
  try {
    edit.read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "(no error)";
}

onnx::NodeProto& node(Edit& e, const char* output) {
  return e.maker(output);
}

void check(const std::function<void(Edit&)>& damage, const std::vector<std::string>& parts,
           const WriteOptions& options = {}) {
  const std::string text = message(damage, options);
  INFO(text);
  CHECK(text.find("test.onnx: ") == 0);
  for (const auto& part : parts) {
    INFO("expected to read: " << part);
    CHECK(text.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("the small network itself is good") {
  CHECK(message([](Edit&) {}) == "(no error)");
}

TEST_CASE("errors of operators name node, tensor, value and expectation") {
  check([](Edit& e) { node(e, "pool3").set_op_type("AveragePool"); },
        {"'pool3' (AveragePool)", "not supported", "MaxPool"});
  check([](Edit& e) { node(e, "pool3").set_domain("com.example"); }, {"'pool3'", "domain 'com.example'"});
  check([](Edit& e) { Edit::integer(node(e, "conv2/sum"), "group", 5); },
        {"'conv2' (Conv)", "'group' is 5", "expected 1"});
  check(
      [](Edit& e) {
        auto& a = *node(e, "conv2/sum").add_attribute();
        a.set_name("dilations");
        a.set_type(onnx::AttributeProto::INTS);
        a.add_ints(2);
        a.add_ints(2);
      },
      {"'conv2' (Conv)", "'dilations' holds 2", "expected 1"});
  check([](Edit& e) { Edit::attribute(node(e, "conv2/sum"), "strides")->set_ints(0, 0); },
        {"'strides' holds 0", "expected 1 to 64"});
  check([](Edit& e) { Edit::attribute(node(e, "conv2/sum"), "strides")->add_ints(1); },
        {"'strides' has 3 values", "expected 2"});
  check([](Edit& e) { Edit::attribute(node(e, "conv2/sum"), "pads")->set_ints(0, 3); },
        {"'conv2'", "top pad is 3", "expected 0 to 2"});
  check([](Edit& e) { Edit::attribute(node(e, "conv2/sum"), "kernel_shape")->set_ints(0, 2); },
        {"'kernel_shape' contradicts", "[5, 4, 3, 3]"});
  check([](Edit& e) { Edit::attribute(node(e, "concat5"), "axis")->set_i(2); },
        {"'concat5'", "'axis' is 2", "expected 1"});
  check([](Edit& e) { Edit::attribute(node(e, "concat5"), "axis")->set_type(onnx::AttributeProto::FLOAT); },
        {"'axis' has the wrong type"});
  check([](Edit& e) { Edit::attribute(node(e, "up4"), "mode")->set_s("linear"); },
        {"'up4'", "'mode' is 'linear'", "nearest"});
  check([](Edit& e) { Edit::attribute(node(e, "up4"), "nearest_mode")->set_s("ceil"); },
        {"'up4'", "do not repeat each pixel 2 times"});
  check([](Edit& e) { e.set_floats("up4/scales", {1, 1, 2, 3}); }, {"'up4'", "height by 2 and width by 3"});
  check([](Edit& e) { e.set_floats("up4/scales", {1, 1, 1.5, 1.5}); }, {"'up4'", "1.5", "one integer"});
  check(
      [](Edit& e) {
        Edit::integer(node(e, "pool3"), "ceil_mode", 1);
        Edit::attribute(node(e, "pool3"), "kernel_shape")->set_ints(0, 3);
        Edit::attribute(node(e, "pool3"), "kernel_shape")->set_ints(1, 3);
      },
      {"'ceil_mode' is 1"});
  check([](Edit& e) { Edit::attribute(node(e, "pool3"), "kernel_shape")->set_ints(0, 3); },
        {"'pool3'", "not square"});
  check([](Edit& e) { node(e, "conv2/twice").set_input(1, "conv2/sum"); },
        {"'conv2/twice'", "combines two computed maps"});
}

TEST_CASE("errors of weights name index and value") {
  // Output 0, input channel 1, kernel row 0, column 2 of [5, 4, 3, 3].
  check(
      [](Edit& e) {
        auto w = e.floats("conv2/weight");
        w[0] = 1;
        w[11] = 5;
        e.set_floats("conv2/weight", w);
        e.graph().clear_quantization_annotation();
      },
      {"weight [0, 1, 0, 2] is 5", "-1, 0 or +1"}, {true});
  check(
      [](Edit& e) {
        auto w = e.floats("conv2/weight");
        w[0] = 1;
        w[11] = 5;
        e.set_floats("conv2/weight", w);
      },
      {"weight [0, 1, 0, 2] is 5", "annotated TERNARY"}, {true});
  check(
      [](Edit& e) {
        auto w = e.floats("conv1/weight");
        w[28] = 0.5;
        e.set_floats("conv1/weight", w);
      },
      {"weight [1, 0, 0, 1] is 0.5", "annotated INT8"}, {true});
  check(
      [](Edit& e) {
        auto w = e.floats("conv1/weight");
        w[3] = NAN;
        e.set_floats("conv1/weight", w);
      },
      {"'conv1/weight'", "value 3 is not a finite number"}, {true});
  check(
      [](Edit& e) {
        for (auto& a : *e.graph().mutable_quantization_annotation())
          if (a.tensor_name() == "conv2/weight")
            a.mutable_quant_parameter_tensor_names(0)->set_value("BIPOLAR");
      },
      {"is 0", "annotated BIPOLAR", "-1 or +1"});
}

TEST_CASE("errors of tensors and of the file") {
  check([](Edit& e) { e.initialiser("conv2/weight").mutable_raw_data()->pop_back(); },
        {"'conv2/weight'", "holds 179 bytes", "180"});
  check([](Edit& e) { e.initialiser("conv2/weight").set_dims(0, std::int64_t{1} << 40); },
        {"'conv2/weight'", "dimension of 1099511627776"});
  check([](Edit& e) { e.initialiser("conv2/weight").set_dims(0, -5); }, {"dimension of -5"});
  check(
      [](Edit& e) {
        for (int d = 0; d < 4; ++d) e.initialiser("conv2/weight").set_dims(d, 1 << 20);
      },
      {"more than 2^26 values"});
  check([](Edit& e) { e.initialiser("conv2/weight").set_data_type(onnx::TensorProto::STRING); },
        {"'conv2/weight'", "data type 8"});
  check([](Edit& e) { e.initialiser("conv2/weight").set_data_location(onnx::TensorProto::EXTERNAL); },
        {"'conv2/weight'", "another file"});
  check([](Edit& e) { e.initialiser("conv2/weight").set_name("other"); },
        {"'conv2/weight'", "neither an initialiser nor"});
  check(
      [](Edit& e) {
        e.initialiser("conv2/weight").set_dims(1, 2);
        e.initialiser("conv2/weight").set_dims(2, 6);
      },
      {"expected 4 input channels"});
  check(
      [](Edit& e) {
        e.initialiser("head6/bias").set_dims(0, 1);
        e.initialiser("head6/bias").set_raw_data(std::string(4, '\0'));
      },
      {"'head6'", "'head6/bias'", "[1]", "expected [7]"});
  check([](Edit& e) { node(e, "pool3").set_input(0, "nowhere"); }, {"'pool3'", "'nowhere'"});
  check([](Edit& e) { node(e, "pool3").set_input(0, "up4"); }, {"'pool3'", "'up4'", "earlier node"});
  check([](Edit& e) { node(e, "pool3").set_input(0, "image"); }, {"'pool3'", "'image' is the input image"});
  check([](Edit& e) { node(e, "pool3").set_input(0, "conv2/sum"); }, {"'pool3'", "'conv2/sum' is a sum"});
  check([](Edit& e) { node(e, "pool3").set_input(0, "half"); }, {"'pool3'", "'half' is a constant"});
  check([](Edit& e) { node(e, "pool3").set_output(0, "conv2"); }, {"'conv2' is made twice"});
  check([](Edit& e) { node(e, "conv2/sign").set_input(0, "conv2/sum"); },
        {"sign of an integer sum", "three values"});
  check([](Edit& e) { e.graph().mutable_output(0)->set_name("conv2"); },
        {"output 'conv2'", "head without a step"});
  check([](Edit& e) { e.graph().mutable_output(0)->set_name("none"); }, {"output 'none' is made by no node"});
  check([](Edit& e) { *e.graph().add_output() = e.graph().output(0); }, {"has 2 outputs"});
  check([](Edit& e) { e.graph().clear_input(); }, {"no input"});
  check([](Edit& e) { e.graph().add_input()->set_name("second"); }, {"'image' and 'second'"});
  const auto dim = [](Edit& e, int d) {
    return e.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(d);
  };
  check([&](Edit& e) { dim(e, 2)->set_dim_param("height"); },
        {"dimension 2 is dynamic ('height')", "fixed size"});
  check([&](Edit& e) { dim(e, 3)->set_dim_value(1 << 30); }, {"dimension 3 is 1073741824"});
  check([&](Edit& e) { dim(e, 1)->set_dim_value(1); }, {"1 channels, expected 3"});
  check([&](Edit& e) { dim(e, 0)->set_dim_value(8); }, {"batch of 8"});
  check([](Edit& e) { e.model.mutable_opset_import(0)->set_version(99); }, {"opset 99", "expected 7 to 24"});
  check([](Edit& e) { e.model.clear_graph(); }, {"holds no network"});
  check(
      [](Edit& e) {
        for (auto& m : *e.model.mutable_metadata_props())
          if (m.key() == "irc.stride") m.set_value("16px");
      },
      {"'irc.stride' is '16px'", "positive integer"});
  check(
      [](Edit& e) {
        for (auto& m : *e.model.mutable_metadata_props())
          if (m.key() == "irc.stride") m.set_value("4");
      },
      {"'irc.stride' is 4", "multiply to 1"});
  check(
      [](Edit& e) {
        for (auto& m : *e.model.mutable_metadata_props())
          if (m.key() == "irc.classes") m.set_value("car");
      },
      {"'irc.classes' is 'car'", "JSON list"});
  check(
      [](Edit& e) {
        for (auto& m : *e.model.mutable_metadata_props())
          if (m.key() == "irc.classes") m.set_value("[\"car\"]");
      },
      {"'head6': has 7 channels", "1 classes + 4"});
}

TEST_CASE("a dynamic batch and a file without metadata are read") {
  Edit e(small());
  e.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("N");
  e.model.clear_metadata_props();
  const Graph graph = e.read();
  CHECK(graph.detector.stride == 1);
  CHECK(graph.detector.classes == std::vector<std::string>{"class 0", "class 1", "class 2"});
}

TEST_CASE("every truncation of a file is an error, no crash") {
  const std::string bytes = onnx_bytes(small());
  std::size_t errors = 0;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    try {
      read_bytes(bytes.substr(0, n));
    } catch (const InputError&) {
      ++errors;
    }
  }
  // A cut between two whole fields at the end (metadata) leaves a valid file. A cut anywhere else does not.
  CHECK(errors > bytes.size() - 8);
}

TEST_CASE("random damage is an error or another network, no crash") {
  const std::string bytes = onnx_bytes(small());
  Draw draw(42);
  std::size_t errors = 0;
  for (int i = 0; i < 6000; ++i) {
    std::string damaged = bytes;
    for (int k = draw.between(1, 4); k > 0; --k) {
      const auto at = static_cast<std::size_t>(draw.between(0, static_cast<int>(bytes.size()) - 1));
      damaged[at] = static_cast<char>(draw.between(0, 255));
    }
    try {
      const Graph graph = read_bytes(damaged);
      Reference(graph).run(random_picture(graph.nodes[0].shape, 1));
    } catch (const InputError&) {
      ++errors;
    }
  }
  CHECK(errors > 600);
}

TEST_CASE("tensors without values are refused wherever a value is needed") {
  const Graph graph = random_detector(5);
  const std::string n = steps(graph, true).front();
  const auto refused = [&](const std::function<void(Edit&)>& change) {
    Edit e(graph, {true});
    change(e);
    CHECK(refusal(e) != "(no error)");
  };
  for (int d = 0; d < 4; ++d)
    refused([&](Edit& e) {
      e.initialiser(n + "/weight").set_dims(d, 0);
      e.initialiser(n + "/weight").clear_raw_data();
    });
  for (const char* op : {"Greater", "Mul", "PRelu", "Max", "BipolarQuant", "QuantizeLinear"})
    for (const auto& dims : {Dims{0}, Dims{1, 0, 1, 1}})
      refused([&](Edit& e) {
        auto node = Edit::make(op, {n + "/sum", e.constant("none", dims, {})}, n);
        if (op[0] == 'B') node.set_domain("qonnx.custom_op.general");
        e.replace_step(n, {node});
      });
  refused([&](Edit& e) {
    e.replace_step(n, {Edit::make("Clip", {n + "/sum", e.constant("none", {0}, {})}, n + "/c"),
                       Edit::make("Sign", {n + "/c"}, n)});
  });
}

TEST_CASE("a graph within a graph within a graph does not overflow the stack") {
  Edit e(random_detector(5));
  auto* node = e.graph().add_node();
  for (int depth = 0; depth < 400; ++depth) {
    node->set_op_type("If");
    node->add_output("nested" + std::to_string(depth));
    auto& a = *node->add_attribute();
    a.set_name("then_branch");
    a.set_type(onnx::AttributeProto::GRAPH);
    node = a.mutable_g()->add_node();
  }
  CHECK_THAT(refusal(e), ContainsSubstring("its protobuf does not parse"));
}
