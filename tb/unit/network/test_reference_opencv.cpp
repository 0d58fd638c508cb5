// SPDX-License-Identifier: Apache-2.0
// OpenCV's DNN module reads the same file and computes in float what we compute in bits.
#include <catch2/catch.hpp>
#include <opencv2/dnn.hpp>
#include <string>

#include "irc/network/onnx.h"
#include "irc/network/reference.h"
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
  net.enableFusion(false);  // keeps every node's output observable
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  return net;
}

/// OpenCV's output of the layer that makes `node`, whatever prefix it gave the name.
cv::Mat output_of(cv::dnn::Net& net, const Node& node) {
  for (const std::string suffix : {"/step", "/add", ""})
    for (const auto& layer : net.getLayerNames())
      if (layer == "onnx_node!" + node.name + suffix || layer == node.name + suffix)
        return net.forward(layer);
  throw std::runtime_error("OpenCV has no layer for " + node.name);
}

void compare(const Graph& graph, std::uint64_t seed, const WriteOptions& options) {
  const Picture picture = random_picture(graph.nodes[0].shape, seed);
  const auto maps = Reference(graph).run(picture);
  auto net = opencv_net(onnx_bytes(graph, options));
  net.setInput(blob(picture));
  std::size_t ones = 0, bits = 0;
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
          different += value != (ours ? 1.0f : 0.0f);
          ones += ours;
          ++bits;
        }
    CHECK(different == 0);
    CHECK(worst < 1e-5);
  }
  // A comparison of constant maps would prove nothing.
  CHECK(ones > bits / 50);
  CHECK(ones < bits - bits / 50);
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
