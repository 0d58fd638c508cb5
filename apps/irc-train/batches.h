// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

#include "irc/core/random.h"
#include "irc/detection/types.h"

namespace irc::train {

/// An image and its objects in network pixels.
struct Example {
  Picture picture;                             ///< the image
  std::vector<detection::Annotation> objects;  ///< its objects
};

/// Letterboxes every sample to width x height.
std::vector<Example> load_examples(const detection::Dataset& data, int width, int height);

/// Limits of augmentation.
struct Augmentation {
  double zoom = 1.25;   ///< scale between 1/zoom and zoom
  double shift = 0.12;  ///< largest translation, as a share of the side
  double gain = 1.3;    ///< brightness between 1/gain and gain
  double tint = 0.08;   ///< largest change of a single channel
};

/// One augmented view: flip, scale, translation, brightness. It depends only on its arguments.
Example augmented(const Example& example, const Augmentation& how, const CounterRandom& random);

/// Several examples as a tensor.
struct Batch {
  torch::Tensor pictures;                                 ///< [n, 3, height, width], 0..255
  std::vector<std::vector<detection::Annotation>> truth;  ///< objects of each image
};
/// Combines examples of equal size.
Batch make_batch(std::span<const Example> examples);

/// A random permutation of 0 .. count - 1 (Fisher-Yates).
std::vector<std::size_t> shuffled(std::size_t count, const CounterRandom& random);

}  // namespace irc::train
