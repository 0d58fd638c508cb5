// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/detection/types.h"

namespace irc::detection {

/// Greedy non-maximum suppression within each class. In order of score (equal scores: order of the input), a
/// detection is kept unless its overlap with a kept one of its class is greater than `iou_threshold`. Returns
/// the kept detections, score descending. Throws InputError if the threshold is not in [0, 1].
std::vector<Detection> nms(std::vector<Detection> detections, double iou_threshold = 0.5);

}  // namespace irc::detection
