// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "batches.h"
#include "net.h"

namespace irc::train {

/// Options of training. One run has three stages: soft_epochs, which go from clamped to stepped activations
/// and weights; hard ones up to `epochs`; then hardware_epochs, whose array layers use the sums of drawn
/// hardware, with a smaller step.
struct TrainOptions {
  int epochs = 30;                     ///< epochs of the first two stages
  int soft_epochs = 0;                 ///< epochs of the soft stage
  int hardware_epochs = 0;             ///< epochs of the hardware stage
  const Hardware* hardware = nullptr;  ///< for the hardware stage
  double learning_rate = 5e-3;         ///< at the start of the first stage
  double hardware_rate = 1e-3;         ///< learning rate at the start of the hardware stage
  /// Largest gradient of an output channel's weights, relative to the weights. 0: the whole gradient is
  /// limited to a fixed length instead. (Adaptive gradient clipping: Brock et al., arXiv 2102.06171, section
  /// 4.)
  double adaptive_clip = 0;
  int batch = 16;          ///< examples per step
  int validate_every = 5;  ///< epochs between validations
  bool split_batch =
      false;  ///< compute half of each batch on a thread of its own and average the losses (CPU only)
  std::uint64_t seed = 1;            ///< of all draws
  Augmentation augmentation;         ///< limits of augmentation
  std::filesystem::path checkpoint;  ///< written after every epoch, whole or not at all; empty: never written
  int stop_after = 0;   ///< end after this epoch of the schedule, as if interrupted; 0: no early end
  bool resume = false;  ///< continue from `checkpoint` if it exists
  /// What to start from: a checkpoint, an exported .onnx, or the name of a shipped detector; empty: fresh
  /// weights. A head of another shape is skipped.
  std::string start_from;
  torch::Device device = torch::kCPU;  ///< where torch computes
};

/// Learning rate at `progress` (0..1) of a stage: a short warm-up, then a cosine down to zero.
double rate_at(double progress, double peak);

/// Trains in place and prints one line per epoch to standard output. The result depends on data, options and
/// seed, but not on interruptions. torch does not promise the same bits for other thread counts and machines.
void train(DetectorNet& net, const std::vector<Example>& training, const std::vector<Example>& validation,
           const TrainOptions& options);

/// Reads the weights of a checkpoint. Throws InputError if it is missing, damaged or belongs to another net.
void load_weights(DetectorNet& net, const std::filesystem::path& checkpoint);

}  // namespace irc::train
