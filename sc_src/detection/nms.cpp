// SPDX-License-Identifier: Apache-2.0
#include "irc/detection/nms.h"

#include <algorithm>
#include <string>

#include "irc/core/error.h"

namespace irc::detection {

std::vector<Detection> nms(std::vector<Detection> detections, double iou_threshold) {
  if (!(iou_threshold >= 0 && iou_threshold <= 1))
    throw InputError("the overlap threshold of non-maximum suppression is " + std::to_string(iou_threshold) +
                     "; expected 0 to 1");
  std::stable_sort(detections.begin(), detections.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  std::vector<Detection> kept;
  for (const Detection& candidate : detections) {
    const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](const Detection& better) {
      return better.category == candidate.category && iou(better.box, candidate.box) > iou_threshold;
    });
    if (!suppressed) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace irc::detection
