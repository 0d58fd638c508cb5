// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace irc::train {

enum class Weights { ternary, binary, real };
enum class Norm { none, batch };

/// The net to train. Image sizes are in pixels. strides[i] belongs to channels[i]; the first is the stem.
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

/// Options of one pass. Hardware is drawn from torch's global generator, which the caller seeds for each
/// step.
struct PassOptions {
  double soft = 0;                     ///< share of clamped instead of stepped weights and activations, 0..1
  const Hardware* hardware = nullptr;  ///< hardware whose sums the array layers use; nullptr: exact sums
};

/// Constants shared by training and export.
inline constexpr int max_bias_cells = 32;       ///< bias cells per column, norm none
inline constexpr double bias_gain = 3;          ///< bias cells per unit of the trained bias
inline constexpr double stem_sum_scale = 6000;  ///< integer stem sum per unit of the surrogate's argument
inline constexpr double ternary_threshold = 0.6;

/// y = [z > 0]. The gradient passes through a triangle of half width 1.
torch::Tensor step(const torch::Tensor& z);
/// Scales each output's weights to mean 0 and standard deviation 1.
torch::Tensor standardised(const torch::Tensor& latent);
/// {-1, 0, +1} with threshold 0.6 sigma, or {-1, +1}, of standardised latent weights. The gradient passes
/// where |w| < 2.
torch::Tensor quantised(const torch::Tensor& latent, Weights weights);
/// Per output: round(127 w / max|w|), straight-through. `scale` receives max|w| / 127 per output.
torch::Tensor int8_weights(const torch::Tensor& latent, torch::Tensor* scale);
/// 8-bit weights of the stem. Their mean is 0, so that a plain surface of any brightness gives a sum near 0.
torch::Tensor stem_weights(const torch::Tensor& latent);
/// Rounds. The gradient is 1.
torch::Tensor rounded(const torch::Tensor& x);

/// One convolution of the detector: latent weights [out, in, k, k], and a bias or a batch norm.
struct LayerImpl : torch::nn::Module {
  LayerImpl(int inputs, int outputs, int kernel, int stride, bool batch_norm, const NetOptions& options,
            int index);
  torch::Tensor latent, bias;
  torch::nn::BatchNorm2d norm{nullptr};
  int inputs, outputs, kernel, stride;
};
TORCH_MODULE(Layer);

/// The net: a stem (int8 weights on the 8-bit image), hidden layers on binary maps (from the fifth on, each
/// reads the last two maps), and a 1x1 head on the last three maps. All sums are exact integers (below 2^24).
struct DetectorNetImpl : torch::nn::Module {
  explicit DetectorNetImpl(const NetOptions& options);
  /// `pictures` is [n, 3, height, width], values 0..255. Returns [n, classes + 4, height/stride,
  /// width/stride].
  torch::Tensor forward(const torch::Tensor& pictures, const PassOptions& pass = {});
  /// Indices into `layers` of the layers whose outputs hidden layer `i` reads (or the head, i =
  /// layers.size()).
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
