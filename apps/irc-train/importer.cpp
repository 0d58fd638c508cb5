// SPDX-License-Identifier: Apache-2.0
#include "importer.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <variant>

#include "irc/core/error.h"
#include "irc/detection/readers.h"

namespace irc::train {

namespace {

constexpr double latent_step = 0.05;  // step of latent weights at the start of a training without a file

/// [out][ky][kx][in] integers -> [out, in, k, k].
torch::Tensor rolled(const network::Conv& conv) {
  std::vector<float> values(conv.weights.begin(), conv.weights.end());
  return torch::tensor(values)
      .view({conv.out_channels, conv.kernel_h, conv.kernel_w, conv.in_channels})
      .permute({0, 3, 1, 2})
      .contiguous();
}

std::vector<const network::Conv*> convolutions(const network::Graph& graph) {
  std::vector<const network::Conv*> found;
  for (const auto& node : graph.nodes)
    if (const auto* conv = std::get_if<network::Conv>(&node.op)) found.push_back(conv);
  return found;
}

void check_shape(const Layer& layer, const network::Conv& conv, std::size_t index) {
  if (layer->outputs == conv.out_channels && layer->inputs == conv.in_channels &&
      layer->kernel == conv.kernel_h && layer->stride == conv.stride_h)
    return;
  throw InputError(fmt::format(
      "convolution {} of the detector to start from: {} to {} channels, kernel {}, stride {} found, expected "
      "{} to {}, {}, {} as --channels and --strides say",
      index, conv.in_channels, conv.out_channels, conv.kernel_h, conv.stride_h, layer->inputs, layer->outputs,
      layer->kernel, layer->stride));
}

torch::Tensor as_floats(const std::vector<std::int32_t>& values) {
  return torch::tensor(std::vector<float>(values.begin(), values.end()));
}

/// For every channel of the net's head, the channel of the file's head. Classes are matched by name; the four
/// channels of the box follow them.
torch::Tensor head_channels(const std::vector<std::string>& classes,
                            const std::vector<std::string>& of_file) {
  std::vector<std::int64_t> channels(classes.size() + 4);
  std::iota(channels.begin(), channels.end(), std::int64_t{0});
  if (detection::same_names_reordered(classes, of_file)) {
    fmt::print(
        "the detector to start from lists the same classes in a different order; they are matched by name\n");
    for (std::size_t c = 0; c < classes.size(); ++c)
      channels[c] = std::find(of_file.begin(), of_file.end(), classes[c]) - of_file.begin();
  }
  return torch::tensor(channels);
}

void import_head(DetectorNet& net, const network::Conv& conv, const std::vector<std::string>& classes) {
  Layer& head = net->head;
  if (head->outputs != conv.out_channels || head->inputs != conv.in_channels) return;
  const auto channels = head_channels(net->options.classes, classes);
  const auto weights = rolled(conv) * torch::tensor(conv.scale).view({-1, 1, 1, 1});
  head->latent.copy_(weights.index_select(0, channels));
  head->bias.copy_(torch::tensor(conv.offset).index_select(0, channels));
}

}  // namespace

double import_graph(DetectorNet& net, const network::Graph& graph) {
  const torch::NoGradGuard guard;
  const auto convs = convolutions(graph);
  if (convs.size() != net->layers.size() + 1)
    throw InputError(
        fmt::format("the detector to start from has {} convolutions, expected {} as --channels says",
                    convs.size(), net->layers.size() + 1));
  double different = 0, all = 0;
  for (std::size_t i = 0; i < net->layers.size(); ++i) {
    Layer& layer = net->layers[i];
    check_shape(layer, *convs[i], i);
    const torch::Tensor weights = rolled(*convs[i]);
    layer->latent.copy_(latent_step * weights / (i == 0 ? 127.0 : 1.0));
    if (!layer->norm) layer->bias.copy_(as_floats(convs[i]->bias) / (i == 0 ? stem_sum_scale : bias_gain));
    if (i == 0) continue;
    different += (quantised(layer->latent, net->options.weights) != weights).sum().item<double>();
    all += static_cast<double>(weights.numel());
  }
  import_head(net, *convs.back(), graph.detector.classes);
  return different / all;
}

}  // namespace irc::train
