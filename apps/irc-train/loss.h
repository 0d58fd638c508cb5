// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <vector>

#include "irc/detection/types.h"

namespace irc::train {

/// Wanted output of the head for one batch, in cells of `stride` pixels.
struct Targets {
  torch::Tensor heat;    ///< [n, classes, h, w], 1 at an object's centre cell, Gaussian around
  torch::Tensor boxes;   ///< [n, 4, h, w], left, top, right, bottom edge of the object to learn, in cells
  torch::Tensor weight;  ///< [n, h, w], 0 where no box is learnt
};

/// Targets of the annotated objects. `height` and `width` are those of the network's input in pixels.
Targets make_targets(const std::vector<std::vector<detection::Annotation>>& truth, int classes, int height,
                     int width, int stride);

/// Penalty-reduced focal loss on the heat map (Zhou et al., "Objects as points", 2019) plus generalised IoU
/// (Rezatofighi et al., CVPR 2019) of the boxes.
torch::Tensor detection_loss(const torch::Tensor& head, const Targets& targets, double box_weight = 1.5);

}  // namespace irc::train
