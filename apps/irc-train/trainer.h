// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "batches.h"
#include "net.h"

namespace irc::train {

/// How to train. Three stages in one run: soft_epochs from clamped to stepped activations and weights, then
/// hard ones up to `epochs`, then hardware_epochs more whose array layers see the sums of drawn hardware,
/// with a smaller step.
struct TrainOptions {
  int epochs = 30;
  int soft_epochs = 0;
  int hardware_epochs = 0;
  const Hardware* hardware = nullptr;  ///< of the hardware stage
  double learning_rate = 5e-3;
  double hardware_rate = 1e-3;  ///< learning rate at the start of the hardware stage
  /// Largest gradient of an output channel's weights, relative to the weights; 0: the whole gradient is held
  /// to a fixed length instead. (Adaptive gradient clipping: Brock et al., arXiv 2102.06171, section 4.)
  double adaptive_clip = 0;
  int batch = 16;
  int validate_every = 5;
  bool split_batch = false;  ///< half of each batch on a thread of its own, losses averaged (CPU only)
  std::uint64_t seed = 1;
  Augmentation augmentation;
  std::filesystem::path checkpoint;  ///< written after every epoch, whole or not at all; empty: never
  int stop_after = 0;                ///< end after this epoch of the schedule, as if interrupted; 0: never
  bool resume = false;               ///< go on from `checkpoint`, if it is there
  /// What to start from: a checkpoint, an exported .onnx, or a shipped detector by name; empty: from nothing.
  /// A head of another shape is skipped.
  std::string start_from;
  torch::Device device = torch::kCPU;
};

/// Learning rate at `progress` (0..1) of a stage: a short warm-up, then a cosine to zero.
double rate_at(double progress, double peak);

/// Trains in place; reports to standard output, one line per epoch. The result depends on data, options and
/// seed, not on interruptions; across thread counts and machines torch does not promise the same bits.
void train(DetectorNet& net, const std::vector<Example>& training, const std::vector<Example>& validation,
           const TrainOptions& options);

/// Reads the weights of a checkpoint. Throws InputError if it is missing, damaged or of another net.
void load_weights(DetectorNet& net, const std::filesystem::path& checkpoint);

}  // namespace irc::train
