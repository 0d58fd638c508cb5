// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "check_results.h"

namespace irc::detection {
namespace {

double overlap(const Box& a, const Box& b, PixelRule rule) {
  if (rule == PixelRule::continuous) return iou(a, b);
  return iou({a.x, a.y, a.width + 1, a.height + 1}, {b.x, b.y, b.width + 1, b.height + 1});
}

/// One detection after matching. Detections that matched a difficult truth are left out.
struct Verdict {
  double score;
  bool right;
};

struct Matched {
  std::vector<Verdict> verdicts;  ///< in order of score
  std::size_t truths = 0;         ///< without the difficult ones
};

/// Matches the category's detections of one image, best first, which is the devkit's order.
void match_picture(const PictureResult& picture, int category, double threshold, PixelRule rule,
                   Matched& out) {
  std::vector<const Annotation*> truths;
  for (const auto& truth : picture.truth)
    if (truth.category == category) truths.push_back(&truth);
  for (const auto* truth : truths) out.truths += !truth->difficult && !truth->crowd;
  std::vector<const Detection*> detections;
  for (const auto& detection : picture.detections)
    if (detection.category == category) detections.push_back(&detection);
  std::stable_sort(detections.begin(), detections.end(),
                   [](const auto* a, const auto* b) { return a->score > b->score; });
  std::vector<bool> taken(truths.size());
  for (const auto* detection : detections) {
    double best = -1;
    std::size_t best_truth = 0;
    for (std::size_t t = 0; t < truths.size(); ++t) {
      const double value = overlap(detection->box, truths[t]->box, rule);
      if (value > best) best = value, best_truth = t;
    }
    if (best < threshold) {
      out.verdicts.push_back({detection->score, false});
    } else if (!truths[best_truth]->difficult && !truths[best_truth]->crowd) {
      out.verdicts.push_back({detection->score, !taken[best_truth]});
      taken[best_truth] = true;
    }
  }
}

/// After each detection: the number of hits so far, and the best precision from there on.
struct Curve {
  std::vector<std::size_t> hits;
  std::vector<double> precision;
};

Curve curve_of(const std::vector<Verdict>& verdicts) {
  Curve curve;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    hits += verdicts[i].right;
    curve.hits.push_back(hits);
    curve.precision.push_back(static_cast<double>(hits) / static_cast<double>(i + 1));
  }
  for (std::size_t i = verdicts.size(); i-- > 1;)
    curve.precision[i - 1] = std::max(curve.precision[i - 1], curve.precision[i]);
  return curve;
}

double all_point(const Curve& curve, std::size_t truths) {
  double area = 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i < curve.hits.size(); ++i) {
    area += static_cast<double>(curve.hits[i] - before) / static_cast<double>(truths) * curve.precision[i];
    before = curve.hits[i];
  }
  return area;
}

double eleven_point(const Curve& curve, std::size_t truths) {
  double sum = 0;
  for (std::size_t point = 0; point <= 10; ++point) {
    // The comparison includes the rounding error: in the published values 9 of 15 misses the point 6 * 0.1 =
    // 0.6000000000000001.
    const auto first = std::find_if(curve.hits.begin(), curve.hits.end(), [&](std::size_t hits) {
      return static_cast<double>(hits) / static_cast<double>(truths) >= 0.1 * static_cast<double>(point);
    });
    if (first != curve.hits.end())
      sum += curve.precision[static_cast<std::size_t>(first - curve.hits.begin())];
  }
  return sum / 11;
}

}  // namespace

ApResult voc_average_precision(std::span<const PictureResult> results, int categories, double iou,
                               VocMethod method, PixelRule rule) {
  check_results(results, categories);
  if (!(iou > 0 && iou <= 1))
    throw InputError("the overlap threshold of VOC average precision is " + std::to_string(iou) +
                     "; expected above 0, at most 1");
  ApResult out;
  double sum = 0;
  int counted = 0;
  for (int category = 0; category < categories; ++category) {
    Matched matched;
    for (const auto& picture : results) match_picture(picture, category, iou, rule, matched);
    std::stable_sort(matched.verdicts.begin(), matched.verdicts.end(),
                     [](const Verdict& a, const Verdict& b) { return a.score > b.score; });
    if (matched.truths == 0) {
      out.per_class.push_back(no_truth);
      continue;
    }
    const Curve curve = curve_of(matched.verdicts);
    out.per_class.push_back(method == VocMethod::all_point ? all_point(curve, matched.truths)
                                                           : eleven_point(curve, matched.truths));
    sum += out.per_class.back();
    ++counted;
  }
  if (counted > 0) out.mean = sum / counted;
  return out;
}

}  // namespace irc::detection
