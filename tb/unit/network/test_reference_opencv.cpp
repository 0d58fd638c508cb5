// SPDX-License-Identifier: Apache-2.0
// OpenCV's DNN module reads the same file and computes in float what the reference computes in bits.
#include <opencv2/dnn.hpp>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/network/onnx.h"
#include "irc/network/reference.h"
#include "onnx_edit.h"
#include "random_graph.h"

using namespace irc;
using namespace irc::network;
using namespace irc::network::test;

namespace {

cv::Mat blob(const Picture& picture) {
  const int sizes[] = {1, picture.shape.channels, picture.shape.height, picture.shape.width};
  cv::Mat out(4, sizes, CV_32F);
  for (int c = 0; c < sizes[1]; ++c)
    for (int y = 0; y < sizes[2]; ++y)
      for (int x = 0; x < sizes[3]; ++x) {
        const int at[] = {0, c, y, x};
        out.at<float>(at) = static_cast<float>(picture.at(y, x, c));
      }
  return out;
}

cv::dnn::Net opencv_net(const std::string& bytes) {
  auto net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
  net.enableFusion(false);  // keeps the output of every node observable
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
#if CV_VERSION_MAJOR > 4 || (CV_VERSION_MAJOR == 4 && CV_VERSION_MINOR >= 7)
  // Winograd's transform rounds, so that a sum equal to a threshold may come out above it.
  net.enableWinograd(false);
#endif
  return net;
}

/// OpenCV's output of the layer that makes `node`, whatever prefix OpenCV gave the name.
cv::Mat output_of(cv::dnn::Net& net, const Node& node) {
  for (const std::string suffix : {"/step", "/add", ""})
    for (const auto& layer : net.getLayerNames())
      if (layer == node.name + suffix || layer.ends_with("!" + node.name + suffix)) return net.forward(layer);
  throw std::runtime_error("OpenCV has no layer for " + node.name);
}

/// Compares every node. `low` is the value of bit 0 in OpenCV's maps, 0 or -1.
void compare_file(const Graph& graph, const std::string& bytes, std::uint64_t seed, float low = 0) {
  const Picture picture = random_picture(graph.nodes[0].shape, seed);
  const auto maps = Reference(graph).run(picture);
  auto net = opencv_net(bytes);
  net.setInput(blob(picture));
  std::size_t ones = 0, values = 0;
  for (NodeId id = 1; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    INFO("seed " << seed << " node " << node.name);
    const cv::Mat theirs = output_of(net, node);
    REQUIRE(theirs.dims == 4);
    REQUIRE(theirs.size[1] == node.shape.channels);
    REQUIRE(theirs.size[2] == node.shape.height);
    REQUIRE(theirs.size[3] == node.shape.width);
    std::size_t different = 0;
    double worst = 0;
    for (int y = 0; y < node.shape.height; ++y)
      for (int x = 0; x < node.shape.width; ++x)
        for (int c = 0; c < node.shape.channels; ++c) {
          const int at[] = {0, c, y, x};
          const float value = theirs.at<float>(at);
          if (!node.binary) {
            const double ours = maps.head.at(y, x, c);
            worst = std::max(worst, std::abs(ours - value) / std::max(1.0, std::abs(ours)));
            continue;
          }
          const bool ours = maps.binary[id].bits.get(static_cast<std::size_t>(y * node.shape.width + x),
                                                     static_cast<std::size_t>(c));
          different += value != (ours ? 1.0f : low);
          ones += ours;
          ++values;
        }
    CHECK(different == 0);
    CHECK(worst < 1e-5);
  }
  // Comparing constant maps would prove nothing.
  CHECK(ones > values / 50);
  CHECK(ones < values - values / 50);
}

void compare(const Graph& graph, std::uint64_t seed, const WriteOptions& options) {
  compare_file(graph, onnx_bytes(graph, options), seed);
}

}  // namespace

TEST_CASE("the reference agrees with OpenCV on every node of random detectors") {
  RandomOptions options;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    options.height = 17 + static_cast<int>(seed);
    options.real_head = seed % 3 == 0;
    compare(random_detector(seed, options), seed, {});
  }
}

TEST_CASE("the reference agrees with OpenCV on a regular detector with wide layers, weights as float") {
  RandomOptions options;
  options.odd_geometry = false;
  options.max_channels = 90;
  options.height = 48;
  options.width = 64;
  for (std::uint64_t seed = 100; seed < 104; ++seed) compare(random_detector(seed, options), seed, {true});
}

TEST_CASE("a real stem agrees with OpenCV where no sum is within rounding of zero") {
  RandomOptions options;
  options.real_stem = true;
  options.blocks = 1;
  for (std::uint64_t seed = 200; seed < 204; ++seed) compare(random_detector(seed, options), seed, {});
}

TEST_CASE("scaled weights and batch norm fold to what OpenCV computes with them") {
  for (std::uint64_t seed = 300; seed < 312; ++seed) {
    const Graph graph = random_detector(seed);
    Edit e(graph, {true});
    for (const auto& n : steps(graph)) {
      Draw draw(seed * 100 + n.size() + static_cast<std::uint64_t>(n.back()));
      Floats w = e.floats(n + "/weight"), gamma, beta, mean, variance;
      const std::size_t outputs = e.floats(n + "/bias").size(), rows = w.size() / outputs;
      const bool stem = n == steps(graph).front();
      for (std::size_t o = 0; o < outputs; ++o) {
        const float s = stem ? 1.0f : static_cast<float>(0.01 + draw.uniform());
        for (std::size_t i = o * rows; i < (o + 1) * rows; ++i) w[i] *= s;
        // Thresholds are half-way between two integers, so that float rounding decides nothing.
        mean.push_back(s * (static_cast<float>(draw.between(-4, 4) * (stem ? 1000 : 1)) + 0.5f));
        gamma.push_back(static_cast<float>((draw.between(0, 1) == 0 ? -1 : 1) * (0.1 + draw.uniform())));
        variance.push_back(static_cast<float>(0.1 + draw.uniform()));
        beta.push_back(0);
      }
      e.set_floats(n + "/weight", w);
      e.maker(n + "/sum").mutable_input()->RemoveLast();
      const auto k = static_cast<std::int64_t>(outputs);
      auto step = Edit::make("Mul", {n + "/twice", "half"}, n);
      step.set_name(n + "/step");
      e.replace_step(
          n, {Edit::make("BatchNormalization",
                         {n + "/sum", e.constant(n + "/g", {k}, gamma), e.constant(n + "/be", {k}, beta),
                          e.constant(n + "/m", {k}, mean), e.constant(n + "/v", {k}, variance)},
                         n + "/bn"),
              Edit::make("Sign", {n + "/bn"}, n + "/sign"),
              Edit::make("Add", {n + "/sign", "one"}, n + "/twice"), step});
    }
    compare_file(e.read(), e.bytes(), seed);
  }
}

TEST_CASE("activations of -1 and +1 without padding give what OpenCV computes") {
  for (std::uint64_t seed = 400; seed < 412; ++seed) {
    Graph graph = random_detector(seed, {.height = 40, .width = 44, .blocks = 3});
    for (auto& node : graph.nodes)
      if (auto* c = std::get_if<Conv>(&node.op)) c->pad_top = c->pad_left = c->pad_bottom = c->pad_right = 0;
    try {
      finish(graph);  // without padding some concatenations do not fit
    } catch (const InputError&) {
      continue;
    }
    Edit e(graph);
    for (const auto& n : steps(graph)) {
      auto sign = Edit::make("Sign", {n + "/shifted"}, n);
      sign.set_name(n + "/step");
      e.replace_step(n, {Edit::make("Sub", {n + "/sum", "half"}, n + "/shifted"), sign});
    }
    compare_file(e.read(), e.bytes(), seed, -1);
  }
}

// OpenCV 4.6 evaluates this form correctly. It does not know GreaterOrEqual, and it loads Less with the
// constant first but evaluates it wrongly.
TEST_CASE("Greater and Cast give what OpenCV computes") {
  for (std::uint64_t seed = 500; seed < 504; ++seed) {
    const Graph graph = random_detector(seed);
    Edit e(graph);
    for (const auto& n : steps(graph)) {
      auto step = Edit::cast(n + "/above", n);
      step.set_name(n + "/step");
      e.replace_step(
          n, {Edit::make("Greater", {n + "/sum", e.constant(n + "/t", {1}, {1})}, n + "/above"), step});
    }
    compare_file(e.read(), e.bytes(), seed);
  }
}

TEST_CASE("rectifiers before a step and Pad nodes before a convolution give what OpenCV computes") {
  for (std::uint64_t seed = 600; seed < 608; ++seed) {
    const Graph graph = random_detector(seed);
    Edit e(graph, {true});
    for (const auto& n : steps(graph)) {
      auto conv = e.maker(n + "/sum");
      auto pad = Edit::make("Pad", {conv.input(0)}, n + "/padded");
      auto& own = *Edit::attribute(conv, "pads");
      auto& pads = *pad.add_attribute();
      pads.set_name("pads");
      pads.set_type(onnx::AttributeProto::INTS);
      for (const int k : {-1, -1, 0, 1, -1, -1, 2, 3}) pads.add_ints(k < 0 ? 0 : own.ints(k));
      e.constant(n + "/pads", {8}, {});
      auto& amounts = e.initialiser(n + "/pads");
      amounts.set_data_type(onnx::TensorProto::INT64);
      amounts.clear_raw_data();
      for (const auto p : pads.ints()) amounts.add_int64_data(p);
      pad.clear_attribute();
      pad.add_input(n + "/pads");
      Edit::text(pad, "mode", "constant");
      for (int k = 0; k < 4; ++k) own.set_ints(k, 0);
      conv.set_input(0, n + "/padded");
      e.replace({n + "/sum"}, {pad, conv});
      auto slope = Edit::make("LeakyRelu", {n + "/shifted"}, n + "/slope");
      Edit::real(slope, "alpha", 0.3f);
      auto step = Edit::make("Relu", {n + "/sign"}, n);
      step.set_name(n + "/step");
      e.replace_step(n, {Edit::make("Sub", {n + "/sum", "half"}, n + "/shifted"), slope,
                         Edit::make("Sign", {n + "/slope"}, n + "/sign"), step});
    }
    compare_file(e.read(), e.bytes(), seed);
  }
}
