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
/// hard ones up to `epochs`, then noise_epochs more with noise and a smaller step.
struct TrainOptions {
  int epochs = 30;
  int soft_epochs = 0;
  int noise_epochs = 0;
  double cell_sigma = 0.25;   ///< of the noise stage
  double offset_units = 1.0;  ///< of the noise stage
  double learning_rate = 5e-3;
  double noise_rate = 1e-3;  ///< learning rate at the start of the noise stage
  int batch = 16;
  int validate_every = 5;
  bool split_batch = false;  ///< half of each batch on a thread of its own, losses averaged (CPU only)
  std::uint64_t seed = 1;
  Augmentation augmentation;
  std::filesystem::path checkpoint;  ///< written after every epoch, whole or not at all; empty: never
  int stop_after = 0;                ///< end after this epoch of the schedule, as if interrupted; 0: never
  bool resume = false;               ///< go on from `checkpoint`, if it is there
  std::filesystem::path
      start_from;  ///< checkpoint whose weights to start from (a head of another shape is skipped)
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
