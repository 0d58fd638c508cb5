// SPDX-License-Identifier: Apache-2.0
#include "random_detector.h"

#include <algorithm>
#include <string>
#include <utility>

#include "irc/core/random.h"
#include "irc/network/operators.h"
#include "irc/network/reference.h"
#include "irc/scene/scene.h"

namespace irc::bench {

using network::Conv;
using network::Graph;
using network::NodeId;
using network::WeightKind;

namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// `rows` shuffled weights with exactly the wanted number of each value. Sums are then centred on zero, which
/// keeps biases, and therefore bias cells, small.
std::vector<std::int8_t> balanced_weights(std::size_t rows, double zero_share, const CounterRandom& random) {
  const auto ones = static_cast<std::size_t>((1 - zero_share) / 2 * static_cast<double>(rows) + 0.5);
  std::vector<std::int8_t> weights(rows, 0);
  std::fill_n(weights.begin(), ones, std::int8_t{1});
  std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(ones), ones, std::int8_t{-1});
  for (std::size_t i = rows; i > 1; --i) std::swap(weights[i - 1], weights[random.below(i, i)]);
  return weights;
}

Conv convolution(int in_channels, int outputs, WeightKind kind, int kernel) {
  Conv conv;
  conv.kernel_h = conv.kernel_w = kernel;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = kernel / 2;
  conv.in_channels = in_channels;
  conv.out_channels = outputs;
  conv.kind = kind;
  conv.bias.assign(size(outputs), 0);
  return conv;
}

/// Sets biases that make `firing_share` of each output's sums positive.
void set_thresholds(Conv& conv, double firing_share, const std::vector<std::vector<std::int32_t>>& sums) {
  for (std::size_t o = 0; o < sums.size(); ++o) {
    auto sorted = sums[o];
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>((1 - firing_share) * static_cast<double>(sorted.size()));
    conv.bias[o] = -sorted[std::min(rank, sorted.size() - 1)];
  }
}

std::vector<std::vector<std::int32_t>> stem_sums(const Conv& conv, const Picture& picture) {
  std::vector<std::vector<std::int32_t>> sums(size(conv.out_channels));
  for (int y = 1; y + 1 < picture.shape.height; y += 5)
    for (int x = 1; x + 1 < picture.shape.width; x += 5)
      for (std::size_t o = 0; o < sums.size(); ++o) {
        std::int32_t sum = 0;
        const std::int8_t* w = conv.weights.data() + o * conv.rows();
        for (int k = 0; k < 9; ++k)
          for (int c = 0; c < 3; ++c) sum += *w++ * picture.at(y + k / 3 - 1, x + k % 3 - 1, c);
        sums[o].push_back(sum);
      }
  return sums;
}

std::vector<std::vector<std::int32_t>> array_sums(const Conv& conv, const BinaryMap& in) {
  const auto packed = network::pack_weights(conv);
  std::vector<std::uint64_t> window(words_for(conv.rows()));
  std::vector<std::vector<std::int32_t>> sums(size(conv.out_channels));
  const int step = std::max(1, in.shape.height / 40);
  for (int y = 0; y < in.shape.height; y += step)
    for (int x = 0; x < in.shape.width; x += step) {
      network::unroll_window(conv, in, y, x, window);
      const auto window_sums = network::packed_sums(packed, window);
      for (std::size_t o = 0; o < sums.size(); ++o)
        sums[o].push_back(static_cast<std::int32_t>(window_sums[o]));
    }
  return sums;
}

/// Adds the network's layers one by one and evaluates each.
class Builder {
 public:
  explicit Builder(const DetectorOptions& options) : options_(options), random_(options.seed, Stream::test) {
    graph_.name = "random-tiny-yolo";
    graph_.detector.classes = scene::class_names();
    graph_.detector.description = "random weights, for benchmarks; detects nothing";
    add("image", network::Input{});
    graph_.nodes[0].shape = {3, options.side, options.side};
    scene::SceneOptions scene;
    scene.width = scene.height = options.side;
    picture_ = scene::generate_scene(options.seed, 0, scene).pixels;
  }

  void stem() {
    auto conv = convolution(3, options_.stem_outputs, WeightKind::int8, 3);
    const auto random = random_.fork(graph_.nodes.size());
    // Rows whose sum is about zero respond to edges, not to brightness.
    for (std::size_t i = 0; i < conv.rows() * size(conv.out_channels); ++i)
      conv.weights.push_back(static_cast<std::int8_t>(static_cast<int>(random.below(41, i)) - 20));
    set_thresholds(conv, options_.firing_share, stem_sums(conv, picture_));
    map_ = BinaryMap({conv.out_channels, options_.side, options_.side});
    const auto weights = network::dense_weights(conv);
    for (int y = 0; y < options_.side; ++y) network::digital_row(conv, weights, picture_, y, map_);
    add("stem", std::move(conv));
  }

  void pool() {
    BinaryMap out({map_.shape.channels, map_.shape.height / 2, map_.shape.width / 2});
    for (int y = 0; y < out.shape.height; ++y) network::max_pool_row({2, 2}, map_, y, out);
    map_ = std::move(out);
    add("pool" + std::to_string(graph_.nodes.size()), network::MaxPool{2, 2});
    graph_.detector.stride *= 2;
  }

  void hidden(int outputs) {
    auto conv = convolution(map_.shape.channels, outputs, WeightKind::ternary, 3);
    const auto random = random_.fork(graph_.nodes.size());
    for (int o = 0; o < outputs; ++o) {
      const auto weights = balanced_weights(conv.rows(), options_.zero_share, random.fork(size(o)));
      conv.weights.insert(conv.weights.end(), weights.begin(), weights.end());
    }
    set_thresholds(conv, options_.firing_share, array_sums(conv, map_));
    BinaryMap out({outputs, map_.shape.height, map_.shape.width});
    network::array_rows(conv, network::pack_weights(conv), map_, 0, out.shape.height, out);
    map_ = std::move(out);
    add("conv" + std::to_string(graph_.nodes.size()), std::move(conv));
  }

  Graph head() {
    const int outputs = static_cast<int>(graph_.detector.classes.size()) + 4;
    auto conv = convolution(map_.shape.channels, outputs, WeightKind::int8, 1);
    conv.step = false;
    const auto random = random_.fork(graph_.nodes.size());
    for (std::size_t i = 0; i < conv.rows() * size(outputs); ++i)
      conv.weights.push_back(static_cast<std::int8_t>(static_cast<int>(random.below(41, i)) - 20));
    conv.scale.assign(size(outputs), 1.0F / 256);
    conv.offset.assign(size(outputs), 0.0F);
    std::fill_n(conv.offset.begin(), graph_.detector.classes.size(), -3.0F);
    add("head", std::move(conv));
    network::finish(graph_);
    return std::move(graph_);
  }

  void start_stride() { graph_.detector.stride = 1; }

 private:
  void add(std::string name, decltype(network::Node::op) op) {
    network::Node node;
    node.name = std::move(name);
    node.op = std::move(op);
    if (!graph_.nodes.empty()) node.inputs = {graph_.nodes.size() - 1};
    graph_.nodes.push_back(std::move(node));
  }

  DetectorOptions options_;
  CounterRandom random_;
  Graph graph_;
  Picture picture_;
  BinaryMap map_;
};

}  // namespace

Graph random_detector(const DetectorOptions& options) {
  Builder build(options);
  build.start_stride();
  build.stem();
  for (const auto& layer : options.hidden) {
    if (layer.pool_before) build.pool();
    build.hidden(layer.outputs);
  }
  return build.head();
}

double array_macs(const Graph& graph) {
  double macs = 0;
  for (const auto& node : graph.nodes)
    if (const auto* conv = std::get_if<Conv>(&node.op);
        conv != nullptr && conv->step && conv->kind == WeightKind::ternary)
      macs += static_cast<double>(conv->rows()) * static_cast<double>(node.shape.size());
  return macs;
}

}  // namespace irc::bench
