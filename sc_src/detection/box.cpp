// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "irc/detection/letterbox.h"
#include "irc/detection/types.h"

namespace irc::detection {

double iou(const Box& a, const Box& b) {
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const double intersection = width * height;
  return intersection / (a.area() + b.area() - intersection);
}

namespace {

/// A range that needs no cut stays unchanged, so that its length gets no rounding errors.
void clip_range(double& start, double& length, double limit) {
  if (start >= 0 && length >= 0 && start + length <= limit) return;
  const double end = std::clamp(start + length, 0.0, limit);
  start = std::clamp(start, 0.0, limit);
  length = std::max(0.0, end - start);
}

}  // namespace

Box clip(const Box& box, double width, double height) {
  Box out = box;
  clip_range(out.x, out.width, width);
  clip_range(out.y, out.height, height);
  return out;
}

}  // namespace irc::detection
