// SPDX-License-Identifier: Apache-2.0
#include "irc/detection/decode.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/detection/letterbox.h"

namespace irc::detection {
namespace {

struct Peak {
  double score;
  int category, y, x;
};

void check(const DenseMap<float>& head, const network::DetectorInfo& info, int width, int height,
           const DecodeOptions& options) {
  const int classes = static_cast<int>(info.classes.size());
  if (classes == 0 || head.shape.channels != classes + 4 || head.values.size() != head.shape.size())
    throw InputError("the detector's head has " + std::to_string(head.shape.channels) + " channels for " +
                     std::to_string(classes) + " classes; expected one channel per class and 4 for the box");
  if (info.stride <= 0)
    throw InputError("the detector's stride is " + std::to_string(info.stride) + "; expected more than 0");
  if (width <= 0 || height <= 0)
    throw InputError("the network's input is " + std::to_string(width) + " x " + std::to_string(height) +
                     " pixels; expected positive sizes");
  if (!(options.score_threshold >= 0 && options.score_threshold <= 1))
    throw InputError("the score threshold is " + std::to_string(options.score_threshold) +
                     "; expected 0 to 1");
  if (options.top_k <= 0)
    throw InputError("top_k is " + std::to_string(options.top_k) + "; expected more than 0");
  for (const float value : head.values)
    if (std::isnan(value)) throw InputError("the detector's head holds a value that is not a number");
}

/// Whether no neighbour beats the cell. An equal neighbour beats it if it comes first in row order.
bool is_peak(const DenseMap<float>& head, int y, int x, int category) {
  const float value = head.at(y, x, category);
  for (int v = std::max(0, y - 1); v <= std::min(head.shape.height - 1, y + 1); ++v)
    for (int u = std::max(0, x - 1); u <= std::min(head.shape.width - 1, x + 1); ++u) {
      if (v == y && u == x) continue;
      const float other = head.at(v, u, category);
      const bool first = v < y || (v == y && u < x);
      if (other > value || (other == value && first)) return false;
    }
  return true;
}

double score_of(double value, ScoreForm form) {
  if (form == ScoreForm::logits) return 1 / (1 + exact_exp(-value));
  if (value >= 0 && value <= 1) return value;
  throw InputError("the detector's head holds the score " + std::to_string(value) +
                   "; expected 0 to 1, because detector.scores is \"probabilities\"");
}

/// The distance to an edge in pixels of the network's input.
double distance_of(double value, BoxForm form, int stride) {
  if (form == BoxForm::log_distances) return stride * exact_exp(value);
  return std::max(0.0, value) * (form == BoxForm::distances ? stride : 1);
}

std::vector<Peak> find_peaks(const DenseMap<float>& head, int classes, const DecodeOptions& options) {
  std::vector<Peak> peaks;
  for (int category = 0; category < classes; ++category)
    for (int y = 0; y < head.shape.height; ++y)
      for (int x = 0; x < head.shape.width; ++x) {
        const double score = score_of(static_cast<double>(head.at(y, x, category)), options.scores);
        if (score >= options.score_threshold && is_peak(head, y, x, category))
          peaks.push_back({score, category, y, x});
      }
  return peaks;
}

}  // namespace

std::vector<Detection> decode(const DenseMap<float>& head, const network::DetectorInfo& info, int width,
                              int height, const DecodeOptions& options) {
  check(head, info, width, height, options);
  const int classes = static_cast<int>(info.classes.size());
  std::vector<Peak> peaks = find_peaks(head, classes, options);
  std::sort(peaks.begin(), peaks.end(), [](const Peak& a, const Peak& b) {
    return std::make_tuple(-a.score, a.category, a.y, a.x) < std::make_tuple(-b.score, b.category, b.y, b.x);
  });
  if (peaks.size() > static_cast<std::size_t>(options.top_k))
    peaks.resize(static_cast<std::size_t>(options.top_k));
  std::vector<Detection> detections;
  for (const Peak& peak : peaks) {
    const double centre_x = (peak.x + 0.5) * info.stride, centre_y = (peak.y + 0.5) * info.stride;
    const auto distance = [&](int side) {
      // No box reaches further than an image. The bound keeps an overflowing exponential finite.
      const double limit = 2.0 * std::max(width, height) + centre_x + centre_y;
      return std::min(limit, distance_of(static_cast<double>(head.at(peak.y, peak.x, classes + side)),
                                         options.box, info.stride));
    };
    const double left = distance(0), top = distance(1), right = distance(2), bottom = distance(3);
    const Box box = clip({centre_x - left, centre_y - top, left + right, top + bottom}, width, height);
    if (box.area() > 0) detections.push_back({box, peak.category, peak.score});
  }
  return detections;
}

}  // namespace irc::detection
