// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/network/onnx.h"
#include "irc/network/reference.h"
#include "onnx_compare.h"
#include "onnx_edit.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;

TEST_CASE("what is written is read back unchanged") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomOptions options;
    options.real_stem = seed % 2 == 0;
    options.real_head = seed % 3 == 0;
    const Graph graph = random_detector(seed, options);
    const Graph back = read_bytes(onnx_bytes(graph));
    CHECK(same(back, graph));
    REQUIRE(back.nodes.size() == graph.nodes.size());
    for (NodeId id = 0; id < graph.nodes.size(); ++id) {
      CHECK(back.nodes[id].name == graph.nodes[id].name);
      CHECK(back.nodes[id].inputs == graph.nodes[id].inputs);
      CHECK(back.nodes[id].shape == graph.nodes[id].shape);
      CHECK(back.nodes[id].op.index() == graph.nodes[id].op.index());
      const auto *a = std::get_if<Conv>(&back.nodes[id].op), *b = std::get_if<Conv>(&graph.nodes[id].op);
      if (a == nullptr) continue;
      CHECK((a->weights == b->weights && a->bias == b->bias && a->kind == b->kind));
      CHECK((a->real_weights == b->real_weights && a->real_bias == b->real_bias));
      CHECK((a->scale == b->scale && a->offset == b->offset));
    }
    CHECK(back.detector.classes == graph.detector.classes);
    CHECK(back.detector.stride == graph.detector.stride);
    CHECK(back.detector.description == graph.detector.description);
    CHECK(same(read_bytes(onnx_bytes(graph, {true})), graph));
  }
}

TEST_CASE("two graphs that differ do not write the same file") {
  const Graph graph = random_detector(1);
  Graph other = graph;
  std::get<Conv>(other.nodes[1].op).bias[0] += 1;
  CHECK_FALSE(same(graph, other));
}

TEST_CASE("files are replaced as a whole") {
  const auto folder = std::filesystem::temp_directory_path() / "irc_test_network_onnx";
  std::filesystem::create_directories(folder);
  const Graph graph = random_detector(2);
  const auto path = folder / "net.onnx";
  write_onnx(graph, path);
  write_onnx(graph, path);
  CHECK(same(read_onnx(path), graph));
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
  CHECK_THROWS_AS(write_onnx(graph, folder / "no" / "such" / "folder.onnx"), InputError);
  CHECK_THROWS_AS(read_onnx(folder), InputError);
  CHECK_THROWS_AS(read_onnx(folder / "missing.onnx"), InputError);
  std::ofstream(folder / "empty.onnx").close();
  CHECK_THROWS_AS(read_onnx(folder / "empty.onnx"), InputError);
  std::filesystem::remove_all(folder);
}

TEST_CASE("comparisons are steps") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {}, {0})}, n + "/b"),
                       Edit::cast(n + "/b", n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("GreaterOrEqual", {n + "/sum", e.constant(n + "/t", {1}, {1})}, n + "/b"),
                       Edit::cast(n + "/b", n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Less", {e.constant(n + "/t", {1, 1, 1}, {0.25}), n + "/sum"}, n + "/b"),
                       Edit::cast(n + "/b", n)});
  });
  check_steps(
      [](Edit& e, const std::string& n, const Conv&) {
        e.replace_step(n, {Edit::make("LessOrEqual", {n + "/sum", e.constant(n + "/t", {}, {0.5})}, n + "/b"),
                           Edit::make("Not", {n + "/b"}, n + "/c"), Edit::cast(n + "/c", n)});
      },
      {.odd_geometry = false});
}

TEST_CASE("a comparison that holds below the threshold flips the weights") {
  const Graph graph = random_detector(3);
  const std::string n = steps(graph).back();
  Edit edit(graph);
  edit.replace_step(n, {Edit::make("Less", {n + "/sum", edit.constant(n + "/t", {}, {3})}, n + "/b"),
                        Edit::cast(n + "/b", n)});
  const Graph back = edit.read();
  const Conv &before = conv_of(graph, n), &after = conv_of(back, n);
  // sum + bias < 3 is equivalent to -sum + (3 - bias) > 0.
  for (std::size_t i = 0; i < before.weights.size(); ++i) REQUIRE(after.weights[i] == -before.weights[i]);
  for (std::size_t o = 0; o < before.bias.size(); ++o) CHECK(after.bias[o] == 3 - before.bias[o]);
}

TEST_CASE("MultiThreshold counts v >= threshold") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    auto node = Edit::make("MultiThreshold", {n + "/sum", e.constant(n + "/t", {1, 1}, {1})}, n);
    node.set_domain("qonnx.custom_op.general");
    e.replace_step(n, {node});
  });
  // FINN keeps no bias but one threshold per channel, 1 - bias.
  check_steps([](Edit& e, const std::string& n, const Conv& c) {
    Floats t;
    for (const auto b : c.bias) t.push_back(1.0f - static_cast<float>(b));
    auto node = Edit::make("MultiThreshold", {n + "/sum", e.constant(n + "/t", {c.out_channels, 1}, t)}, n);
    node.set_domain("finn.custom_op.general");
    e.maker(n + "/sum").mutable_input()->RemoveLast();
    e.replace_step(n, {node});
  });
}

TEST_CASE("signs that meet zero become steps once two of their values coincide") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Sign", {n + "/sum"}, n + "/s"), Edit::make("Relu", {n + "/s"}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(
        n,
        {Edit::make("Sign", {n + "/sum"}, n + "/s"),
         Edit::make("Clip", {n + "/s", e.constant(n + "/lo", {}, {0}), e.constant(n + "/hi", {}, {1})}, n)});
  });
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(n, {Edit::make("Sign", {n + "/sum"}, n + "/s"),
                       Edit::make("Greater", {n + "/s", e.constant(n + "/t", {}, {0.5})}, n + "/b"),
                       Edit::cast(n + "/b", n)});
  });
}

TEST_CASE("a negated sign that meets zero is a step, too") {
  // Relu(-Sign(x)) is [x < 0], and 1 minus that is [x >= 0]. So x must be the sum minus 1 to give [sum > 0].
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    e.replace_step(
        n, {Edit::make("Sub", {n + "/sum", "one"}, n + "/less"), Edit::make("Sign", {n + "/less"}, n + "/s"),
            Edit::make("Sub", {e.constant(n + "/zero", {}, {0}), n + "/s"}, n + "/minus"),
            Edit::make("Relu", {n + "/minus"}, n + "/below"), Edit::make("Sub", {"one", n + "/below"}, n)});
  });
}

TEST_CASE("QONNX quantisers of activations are steps") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    auto q = Edit::make("BipolarQuant", {n + "/shifted", e.constant(n + "/s", {}, {0.5})}, n + "/pm");
    q.set_domain("onnx.brevitas");
    e.replace_step(n, {Edit::make("Sub", {n + "/sum", "half"}, n + "/shifted"), q,
                       Edit::make("Add", {n + "/pm", "half"}, n)});
  });
  for (const auto& [mode, shift] : {std::pair{"ROUND", 0.25f}, {"FLOOR", 0.0f}, {"CEIL", 0.0f}})
    check_steps([&, mode = mode, shift = shift](Edit& e, const std::string& n, const Conv&) {
      auto q = Edit::make("Quant",
                          {n + "/sum2", e.constant(n + "/qs", {}, {1}), e.constant(n + "/qz", {}, {0}),
                           e.constant(n + "/qb", {}, {1})},
                          n);
      q.set_domain("qonnx.custom_op.general");
      Edit::integer(q, "signed", 0);
      Edit::text(q, "rounding_mode", mode);
      e.replace_step(n, {Edit::make("Sub", {n + "/sum", e.constant(n + "/d", {}, {shift})}, n + "/sum2"), q});
    });
}

TEST_CASE("Quant rounds one half to even: to 0") {
  Graph graph = random_detector(2);
  const std::string n = steps(graph).back();
  Edit e(graph);
  auto q = Edit::make(
      "Quant",
      {n + "/shifted", e.constant("qs", {}, {1}), e.constant("qz", {}, {0}), e.constant("qb", {}, {1})}, n);
  Edit::integer(q, "signed", 0);
  e.replace_step(n, {Edit::make("Sub", {n + "/sum", "half"}, n + "/shifted"), q});
  // round(s - 1/2) >= 1 is equivalent to s >= 2, not to s >= 1.
  for (auto& node : graph.nodes)
    if (node.name == n)
      for (auto& b : std::get<Conv>(node.op).bias) b -= 1;
  CHECK(same(e.read(), graph));
}

TEST_CASE("Identity and Dropout do nothing, Constant nodes are constants") {
  check_steps([](Edit& e, const std::string& n, const Conv&) {
    auto constant = Edit::make("Constant", {}, n + "/t");
    auto& a = *constant.add_attribute();
    a.set_name("value");
    a.set_type(onnx::AttributeProto::TENSOR);
    a.mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
    a.mutable_t()->add_float_data(0);
    e.replace_step(n, {constant, Edit::make("Identity", {n + "/t"}, n + "/t2"),
                       Edit::make("Identity", {n + "/sum"}, n + "/same"),
                       Edit::make("Greater", {n + "/same", n + "/t2"}, n + "/b"),
                       Edit::cast(n + "/b", n + "/c"), Edit::make("Dropout", {n + "/c"}, n)});
  });
}
