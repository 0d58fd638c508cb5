// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/detection/types.h"
#include "irc/network/graph.h"

namespace irc::detection {

/// Which peaks of a head become detections.
struct DecodeOptions {
  double score_threshold = 0.05;  ///< smallest score of a peak that counts
  int top_k = 100;                ///< largest number of detections of one image, all classes together; > 0
};

/// Boxes from a detector's head (see network::DetectorInfo), in network pixels.
///
/// The head has per cell one logit per class, then left, top, right and bottom as log distances. A cell is a
/// peak of its class if no cell of its 3x3 neighbourhood has a greater logit (of equals the first in row
/// order wins). The score is 1 / (1 + exp(-logit)). The box is clipped to width x height (pixels of the
/// network's input) and dropped if nothing is left. Order: score descending, then class, then cell. Throws
/// InputError if the head's channels are not classes + 4, if a value is not a number, or if the options are
/// out of range.
std::vector<Detection> decode(const DenseMap<float>& head, const network::DetectorInfo& info, int width,
                              int height, const DecodeOptions& options = {});

}  // namespace irc::detection
