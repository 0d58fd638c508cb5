// SPDX-License-Identifier: Apache-2.0
#include "evaluation.h"

#include <algorithm>
#include <cmath>

#include "irc/detection/decode.h"
#include "irc/detection/nms.h"
#include "irc/network/reference.h"

namespace irc::train {

namespace {

network::DetectorInfo info_of(const NetOptions& o) {
  return {o.classes, o.stride(), {}};
}

/// Head maps of the examples [first, first + count), channel-last.
std::vector<DenseMap<float>> heads(DetectorNet& net, const std::vector<Example>& examples, std::size_t first,
                                   std::size_t count, torch::Device device) {
  const std::vector<Example> part(examples.begin() + static_cast<std::ptrdiff_t>(first),
                                  examples.begin() + static_cast<std::ptrdiff_t>(first + count));
  const torch::Tensor out =
      net->forward(make_batch(part).pictures.to(device)).permute({0, 2, 3, 1}).contiguous().to(torch::kCPU);
  std::vector<DenseMap<float>> maps;
  for (std::int64_t i = 0; i < out.size(0); ++i) {
    DenseMap<float> map(
        Shape{static_cast<int>(out.size(3)), static_cast<int>(out.size(1)), static_cast<int>(out.size(2))});
    const float* from = out[i].data_ptr<float>();
    std::copy(from, from + map.values.size(), map.values.begin());
    maps.push_back(std::move(map));
  }
  return maps;
}

detection::PictureResult judged(const DenseMap<float>& head, const network::DetectorInfo& info,
                                const Example& example) {
  const Shape& s = example.picture.shape;
  return {example.objects, detection::nms(detection::decode(head, info, s.width, s.height))};
}

template <typename Visit>
void for_each_head(DetectorNet& net, const std::vector<Example>& examples, torch::Device device,
                   Visit visit) {
  const torch::NoGradGuard guard;
  const bool training = net->is_training();
  net->eval();
  constexpr std::size_t step_size = 32;
  for (std::size_t first = 0; first < examples.size(); first += step_size) {
    const std::size_t count = std::min(step_size, examples.size() - first);
    const auto maps = heads(net, examples, first, count, device);
    for (std::size_t i = 0; i < count; ++i) visit(first + i, maps[i]);
  }
  net->train(training);
}

}  // namespace

detection::ApResult evaluate(DetectorNet& net, const std::vector<Example>& examples, torch::Device device) {
  const network::DetectorInfo info = info_of(net->options);
  std::vector<detection::PictureResult> results;
  for_each_head(net, examples, device, [&](std::size_t i, const DenseMap<float>& head) {
    results.push_back(judged(head, info, examples[i]));
  });
  return detection::voc_average_precision(results, static_cast<int>(info.classes.size()));
}

detection::ApResult evaluate(const network::Graph& graph, const std::vector<Example>& examples) {
  const network::Reference reference(graph);
  std::vector<detection::PictureResult> results;
  for (const Example& e : examples)
    results.push_back(judged(reference.run(e.picture).head, graph.detector, e));
  return detection::voc_average_precision(results, static_cast<int>(graph.detector.classes.size()));
}

double largest_difference(DetectorNet& net, const network::Graph& graph, const std::vector<Example>& examples,
                          torch::Device device) {
  const network::Reference reference(graph);
  double largest = 0;
  for_each_head(net, examples, device, [&](std::size_t i, const DenseMap<float>& head) {
    const DenseMap<float> other = reference.run(examples[i].picture).head;
    for (std::size_t k = 0; k < head.values.size(); ++k)
      largest = std::max(largest, static_cast<double>(std::abs(head.values[k] - other.values[k])));
  });
  return largest;
}

}  // namespace irc::train
