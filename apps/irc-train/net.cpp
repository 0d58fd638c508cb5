// SPDX-License-Identifier: Apache-2.0
#include "net.h"

#include <cmath>

#include "hardware.h"
#include "irc/core/error.h"
#include "irc/core/random.h"

namespace irc::train {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct StepFunction : torch::autograd::Function<StepFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& z) {
    context->save_for_backward({z});
    return z.gt(0).to(z.dtype());
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const torch::Tensor z = context->get_saved_variables()[0];
    return {gradient[0] * torch::relu(1 - z.abs())};
  }
};

struct QuantiseFunction : torch::autograd::Function<QuantiseFunction> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& w, bool ternary) {
    context->save_for_backward({w});
    if (ternary) return w.sign() * w.abs().gt(ternary_threshold).to(w.dtype());
    return w.ge(0).to(w.dtype()) * 2 - 1;
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const torch::Tensor w = context->get_saved_variables()[0];
    return {gradient[0] * w.abs().lt(2).to(w.dtype()), torch::Tensor()};
  }
};

torch::Tensor normal_tensor(std::vector<std::int64_t> shape, double sd, const CounterRandom& random) {
  torch::Tensor t = torch::empty(shape);
  float* values = t.data_ptr<float>();
  for (std::int64_t i = 0; i < t.numel(); ++i)
    values[i] = static_cast<float>(sd * random.normal(static_cast<std::uint64_t>(i)));
  return t;
}

torch::Tensor per_channel(const torch::Tensor& t) {
  return t.view({1, -1, 1, 1});
}

}  // namespace

torch::Tensor step(const torch::Tensor& z) {
  return StepFunction::apply(z);
}

torch::Tensor standardised(const torch::Tensor& latent) {
  const std::vector<std::int64_t> dims{1, 2, 3};
  const torch::Tensor centred = latent - latent.mean(dims, true);
  return centred / (centred.pow(2).mean(dims, true).sqrt() + 1e-6);
}

torch::Tensor quantised(const torch::Tensor& latent, Weights weights) {
  return QuantiseFunction::apply(standardised(latent), weights == Weights::ternary);
}

torch::Tensor rounded(const torch::Tensor& x) {
  return x + (x.round() - x).detach();
}

torch::Tensor int8_weights(const torch::Tensor& latent, torch::Tensor* scale) {
  const torch::Tensor largest = latent.detach().abs().amax({1, 2, 3}, true).clamp_min(1e-8);
  if (scale != nullptr) *scale = (largest / 127).flatten();
  return rounded(latent * (127 / largest));
}

torch::Tensor stem_weights(const torch::Tensor& latent) {
  return int8_weights(standardised(latent), nullptr);
}

LayerImpl::LayerImpl(int inputs_, int outputs_, int kernel_, int stride_, bool batch_norm,
                     const NetOptions& options, int index)
    : inputs(inputs_), outputs(outputs_), kernel(kernel_), stride(stride_) {
  const CounterRandom random =
      CounterRandom(options.seed, Stream::training).fork(1).fork(static_cast<std::uint64_t>(index));
  latent = register_parameter("latent", normal_tensor({outputs, inputs, kernel, kernel}, 0.05, random));
  if (batch_norm)
    norm = register_module("norm", torch::nn::BatchNorm2d(outputs));
  else
    bias = register_parameter("bias", torch::zeros({outputs}));
}

DetectorNetImpl::DetectorNetImpl(const NetOptions& o) : options(o) {
  if (o.channels.size() < 4 || o.channels.size() != o.strides.size())
    throw InputError("channels and strides must be lists of equal length, at least 4, the stem first");
  const bool batch = o.norm == Norm::batch;
  const int count = static_cast<int>(o.channels.size());
  for (int i = 0; i < count; ++i) {
    int inputs = i == 0 ? 3 : 0;
    for (const int p : predecessors(i)) inputs += o.channels[static_cast<std::size_t>(p)];
    layers.push_back(register_module("layer" + std::to_string(i),
                                     Layer(inputs, o.channels[static_cast<std::size_t>(i)], 3,
                                           o.strides[static_cast<std::size_t>(i)], batch, o, i)));
  }
  int inputs = 0;
  for (const int p : predecessors(count)) inputs += o.channels[static_cast<std::size_t>(p)];
  const int classes = static_cast<int>(o.classes.size());
  head = register_module("head", Layer(inputs, classes + 4, 1, 1, false, o, count));
  torch::NoGradGuard guard;
  // Starts with a low score everywhere (few cells hold an object) and boxes of about 3 cells.
  head->bias.slice(0, 0, classes).fill_(-3);
  head->bias.slice(0, classes).fill_(0.4);
}

std::vector<int> DetectorNetImpl::predecessors(int i) const {
  if (i == 0) return {};
  const auto same_size = [&](int from, int to) {
    for (int k = from + 1; k < to; ++k)
      if (options.strides[static_cast<std::size_t>(k)] != 1) return false;
    return true;
  };
  const int count = static_cast<int>(options.channels.size());
  const int reach = i == count ? 3 : i > count / 2 ? 2 : 1;
  std::vector<int> result;
  for (int k = std::max(0, i - reach); k < i; ++k)
    if (same_size(k, i)) result.push_back(k);
  return result;
}

torch::Tensor DetectorNetImpl::activate(const torch::Tensor& z, const PassOptions& pass) const {
  if (options.weights == Weights::real) return torch::relu(z);
  if (pass.soft <= 0) return step(z);
  return torch::lerp(step(z), (z + 0.5).clamp(0, 1), pass.soft);
}

torch::Tensor DetectorNetImpl::stem(const torch::Tensor& pictures, const PassOptions& pass) {
  Layer& layer = layers[0];
  const torch::Tensor sum =
      torch::conv2d(pictures, stem_weights(layer->latent), {}, layer->stride, layer->kernel / 2);
  if (layer->norm) return activate(layer->norm(sum / stem_sum_scale), pass);
  const torch::Tensor bias = rounded(layer->bias * stem_sum_scale);
  return activate((sum + per_channel(bias) - 0.5) / stem_sum_scale, pass);
}

torch::Tensor DetectorNetImpl::hidden(Layer& layer, const torch::Tensor& input, const PassOptions& pass) {
  const bool real = options.weights == Weights::real;
  const torch::Tensor standard = standardised(layer->latent);
  torch::Tensor w = real ? standard : quantised(layer->latent, options.weights);
  if (!real && pass.soft > 0) w = torch::lerp(w, standard.clamp(-1, 1), pass.soft);
  torch::Tensor sum = torch::conv2d(input, w, {}, layer->stride, layer->kernel / 2);
  torch::Tensor bias;
  if (!layer->norm) {
    bias = layer->bias * bias_gain;
    if (!real) bias = rounded(bias).clamp(-max_bias_cells, max_bias_cells);
  }
  const bool in_array = bias.defined() && !(pass.hardware && pass.hardware->digital_bias());
  if (in_array) sum = sum + per_channel(bias);
  // The forward pass uses the hardware's sum. The gradient is that of the exact sum.
  if (pass.hardware)
    sum = sum + (pass.hardware->sums(input.detach(), w.detach(), in_array ? bias.detach() : torch::Tensor(),
                                     layer->stride) -
                 sum)
                    .detach();
  if (layer->norm) return activate(layer->norm(sum), pass);
  if (!in_array) sum = sum + per_channel(bias);
  const double scale = std::sqrt(0.275 * layer->inputs * layer->kernel * layer->kernel);
  return activate((sum - 0.5) / scale, pass);
}

torch::Tensor DetectorNetImpl::forward(const torch::Tensor& pictures, const PassOptions& pass) {
  std::vector<torch::Tensor> maps{stem(pictures, pass)};
  const auto gather = [&](int i) {
    std::vector<torch::Tensor> inputs;
    for (const int p : predecessors(i)) inputs.push_back(maps[static_cast<std::size_t>(p)]);
    return inputs.size() == 1 ? inputs[0] : torch::cat(inputs, 1);
  };
  const int count = static_cast<int>(layers.size());
  for (int i = 1; i < count; ++i)
    maps.push_back(hidden(layers[static_cast<std::size_t>(i)], gather(i), pass));
  torch::Tensor scale;
  const torch::Tensor weights = int8_weights(head->latent, &scale);
  const torch::Tensor sum = torch::conv2d(gather(count), weights);
  return sum * per_channel(scale) + per_channel(head->bias);
}

}  // namespace irc::train
