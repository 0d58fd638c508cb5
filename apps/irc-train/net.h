// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace irc::train {

enum class Weights { ternary, binary, real };
enum class Norm { none, batch };

/// What is trained. Picture sizes in pixels; strides[i] belongs to channels[i], the first is the stem.
struct NetOptions {
  Weights weights = Weights::ternary;
  Norm norm = Norm::none;
  int width = 128, height = 96;
  std::vector<std::string> classes;
  std::vector<int> channels{32, 32, 48, 64, 96, 96, 96};
  std::vector<int> strides{2, 2, 1, 2, 1, 1, 1};
  std::uint64_t seed = 1;
  int stride() const {
    int product = 1;
    for (const int s : strides) product *= s;
    return product;
  }
};

class Hardware;

/// How one pass is made. The hardware is drawn from torch's global generator, which the caller seeds per
/// step.
struct PassOptions {
  double soft = 0;                     ///< share of clamped instead of stepped weights and activations, 0..1
  const Hardware* hardware = nullptr;  ///< whose sums the array layers see; null: the ideal ones
};

/// Constants that training and export share.
inline constexpr int max_bias_cells = 32;       ///< bias cells per column, norm none
inline constexpr double bias_gain = 3;          ///< bias cells per unit of the trained bias
inline constexpr double stem_sum_scale = 6000;  ///< integer stem sum per unit of the surrogate's argument
inline constexpr double ternary_threshold = 0.6;

/// y = [z > 0]; the gradient passes through a triangle of half width 1.
torch::Tensor step(const torch::Tensor& z);
/// Per output: mean 0, standard deviation 1.
torch::Tensor standardised(const torch::Tensor& latent);
/// {-1, 0, +1} by threshold 0.6 sigma, or {-1, +1}, of standardised latent weights; gradient where |w| < 2.
torch::Tensor quantised(const torch::Tensor& latent, Weights weights);
/// Per output: round(127 w / max|w|), straight-through. `scale` returns max|w| / 127 per output.
torch::Tensor int8_weights(const torch::Tensor& latent, torch::Tensor* scale);
/// 8-bit weights of the stem: mean 0, so that a plain surface gives a sum near 0 however bright it is.
torch::Tensor stem_weights(const torch::Tensor& latent);
/// Rounds, gradient 1.
torch::Tensor rounded(const torch::Tensor& x);

/// One convolution of the detector: latent weights [out, in, k, k], bias or batch norm.
struct LayerImpl : torch::nn::Module {
  LayerImpl(int inputs, int outputs, int kernel, int stride, bool batch_norm, const NetOptions& options,
            int index);
  torch::Tensor latent, bias;
  torch::nn::BatchNorm2d norm{nullptr};
  int inputs, outputs, kernel, stride;
};
TORCH_MODULE(Layer);

/// Stem (int8 weights on the 8-bit picture) - hidden layers on binary maps, from the fifth on each on the
/// last two maps - 1x1 head on the last three maps. All sums are exact integers (below 2^24).
struct DetectorNetImpl : torch::nn::Module {
  explicit DetectorNetImpl(const NetOptions& options);
  /// pictures: [n, 3, height, width], values 0..255. Returns [n, classes + 4, height/stride, width/stride].
  torch::Tensor forward(const torch::Tensor& pictures, const PassOptions& pass = {});
  /// Indices into `layers` whose outputs hidden layer `i` (or the head, i = layers.size()) reads.
  std::vector<int> predecessors(int i) const;

  NetOptions options;
  std::vector<Layer> layers;  ///< stem first
  Layer head{nullptr};

 private:
  torch::Tensor stem(const torch::Tensor& pictures, const PassOptions& pass);
  torch::Tensor hidden(Layer& layer, const torch::Tensor& input, const PassOptions& pass);
  torch::Tensor activate(const torch::Tensor& z, const PassOptions& pass) const;
};
TORCH_MODULE(DetectorNet);

}  // namespace irc::train
