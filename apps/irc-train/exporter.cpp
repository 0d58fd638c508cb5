// SPDX-License-Identifier: Apache-2.0
#include "exporter.h"

#include <cmath>

#include "irc/core/error.h"

namespace irc::train {

namespace {

/// [out, in, k, k] -> [out][ky][kx][in], integers.
std::vector<std::int8_t> unrolled(const torch::Tensor& weights) {
  const torch::Tensor w = weights.detach().to(torch::kCPU).permute({0, 2, 3, 1}).contiguous();
  const float* values = w.data_ptr<float>();
  std::vector<std::int8_t> result;
  for (std::int64_t i = 0; i < w.numel(); ++i)
    result.push_back(static_cast<std::int8_t>(std::lround(values[i])));
  return result;
}

std::vector<float> floats(const torch::Tensor& t) {
  const torch::Tensor c = t.detach().to(torch::kCPU).contiguous();
  return {c.data_ptr<float>(), c.data_ptr<float>() + c.numel()};
}

network::Conv geometry(const Layer& layer) {
  network::Conv conv;
  conv.kernel_h = conv.kernel_w = layer->kernel;
  conv.stride_h = conv.stride_w = layer->stride;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = layer->kernel / 2;
  conv.in_channels = layer->inputs;
  conv.out_channels = layer->outputs;
  return conv;
}

/// Folds the batch norm of a layer whose integer sum is divided by `unit` before it.
void fold(Layer& layer, double unit, double limit, network::Conv& conv) {
  const auto gamma = floats(layer->norm->weight), beta = floats(layer->norm->bias);
  const auto mean = floats(layer->norm->running_mean), variance = floats(layer->norm->running_var);
  for (std::size_t o = 0; o < gamma.size(); ++o) {
    const double deviation = std::sqrt(static_cast<double>(variance[o]) + layer->norm->options.eps());
    const FoldedNorm f =
        fold_norm(gamma[o], beta[o], mean[o] * unit, deviation * unit, static_cast<std::int32_t>(limit));
    conv.bias.push_back(f.bias);
    if (!f.negate) continue;
    for (std::size_t k = 0; k < conv.rows(); ++k) {
      std::int8_t& w = conv.weights[o * conv.rows() + k];
      w = static_cast<std::int8_t>(-w);
    }
  }
}

network::Conv step_layer(Layer& layer, bool stem, const NetOptions& options) {
  network::Conv conv = geometry(layer);
  conv.kind = stem                                  ? network::WeightKind::int8
              : options.weights == Weights::ternary ? network::WeightKind::ternary
                                                    : network::WeightKind::binary;
  conv.weights = unrolled(stem ? stem_weights(layer->latent) : quantised(layer->latent, options.weights));
  const double unit = stem ? stem_sum_scale : 1, largest = stem ? 127.0 * 255.0 : 1;
  if (layer->norm) {
    fold(layer, unit, largest * static_cast<double>(conv.rows()), conv);
    return conv;
  }
  torch::Tensor bias = stem ? (layer->bias * stem_sum_scale).round()
                            : (layer->bias * bias_gain).round().clamp(-max_bias_cells, max_bias_cells);
  for (const float b : floats(bias)) conv.bias.push_back(static_cast<std::int32_t>(std::lround(b)));
  return conv;
}

network::Conv head_layer(Layer& layer) {
  network::Conv conv = geometry(layer);
  conv.kind = network::WeightKind::int8;
  conv.step = false;
  torch::Tensor scale;
  conv.weights = unrolled(int8_weights(layer->latent, &scale));
  conv.bias.assign(static_cast<std::size_t>(layer->outputs), 0);
  conv.scale = floats(scale);
  conv.offset = floats(layer->bias);
  return conv;
}

}  // namespace

network::Graph to_graph(DetectorNet& net, const std::string& name, const std::string& description) {
  const NetOptions& o = net->options;
  if (o.weights == Weights::real)
    throw InputError("a detector with real weights cannot be exported; expected --weights ternary or binary");
  const torch::NoGradGuard guard;
  network::Graph graph;
  graph.name = name;
  graph.detector = {o.classes, o.stride(), description};
  graph.nodes.push_back({"picture", network::Input{}, {}, Shape{3, o.height, o.width}, false});
  std::vector<network::NodeId> outputs;  // of each layer
  const int count = static_cast<int>(net->layers.size());
  const auto input_of = [&](int i) -> network::NodeId {
    std::vector<network::NodeId> inputs;
    for (const int p : net->predecessors(i)) inputs.push_back(outputs[static_cast<std::size_t>(p)]);
    if (inputs.size() == 1) return inputs[0];
    graph.nodes.push_back({"concat" + std::to_string(i), network::Concat{}, inputs, {}, false});
    return graph.nodes.size() - 1;
  };
  for (int i = 0; i < count; ++i) {
    const network::NodeId input = i == 0 ? 0 : input_of(i);
    graph.nodes.push_back({i == 0 ? "stem" : "conv" + std::to_string(i),
                           step_layer(net->layers[static_cast<std::size_t>(i)], i == 0, o),
                           {input},
                           {},
                           false});
    outputs.push_back(graph.nodes.size() - 1);
  }
  const network::NodeId input = input_of(count);
  graph.nodes.push_back({"head", head_layer(net->head), {input}, {}, false});
  network::finish(graph);
  return graph;
}

}  // namespace irc::train
