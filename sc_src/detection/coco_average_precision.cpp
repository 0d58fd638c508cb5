// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "check_results.h"

namespace irc::detection {
namespace {

constexpr std::size_t thresholds = 10, recalls = 101;
constexpr std::array<std::size_t, 3> limits{1, 10, 100};

struct SizeRange {
  double low, high;
};
constexpr std::array<SizeRange, 4> ranges{{{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}};
enum RangeIndex : std::size_t { all, small, medium, large };

/// The official evaluator's thresholds, including its rounding errors: an equally spaced range from .5 to
/// .95.
double threshold_at(std::size_t t) {
  return t + 1 == thresholds ? 0.95 : 0.5 + static_cast<double>(t) * ((0.95 - 0.5) / (thresholds - 1));
}
double recall_at(std::size_t r) {
  return r + 1 == recalls ? 1.0 : static_cast<double>(r) * 0.01;
}

/// One category of one image.
struct Case {
  std::vector<const Annotation*> truths;
  std::vector<const Detection*> detections;  ///< best first, at most 100
  std::vector<double> overlaps;              ///< [detection][truth]
};

double overlap(const Detection& detection, const Annotation& truth) {
  if (!truth.crowd) return iou(detection.box, truth.box);
  const Box &a = detection.box, &b = truth.box;
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return width > 0 && height > 0 ? width * height / a.area() : 0;
}

Case make_case(const PictureResult& picture, int category) {
  Case out;
  for (const auto& truth : picture.truth)
    if (truth.category == category) out.truths.push_back(&truth);
  for (const auto& detection : picture.detections)
    if (detection.category == category) out.detections.push_back(&detection);
  std::stable_sort(out.detections.begin(), out.detections.end(),
                   [](const auto* a, const auto* b) { return a->score > b->score; });
  if (out.detections.size() > limits.back()) out.detections.resize(limits.back());
  for (const auto* detection : out.detections)
    for (const auto* truth : out.truths) out.overlaps.push_back(overlap(*detection, *truth));
  return out;
}

bool outside(double area, const SizeRange& range) {
  return area < range.low || area > range.high;
}

enum class Verdict : std::uint8_t { wrong, right, ignored };

/// The rank of a detection in its image decides which of the limits 1, 10, 100 include it.
struct Scored {
  double score;
  std::size_t rank;
  Verdict verdict;
};

/// Truths that do not count in this size range come last, because a detection prefers one that counts.
struct Truths {
  std::vector<std::size_t> order;
  std::vector<bool> ignored;  ///< by place in `order`
};

Truths order_truths(const Case& item, const SizeRange& range) {
  std::vector<bool> ignored;
  for (const auto* truth : item.truths) ignored.push_back(truth->crowd || outside(truth->area, range));
  Truths out;
  for (const bool pass : {false, true})
    for (std::size_t t = 0; t < ignored.size(); ++t)
      if (ignored[t] == pass) {
        out.order.push_back(t);
        out.ignored.push_back(pass);
      }
  return out;
}

void match(const Case& item, const Truths& truths, const SizeRange& range, double threshold,
           std::vector<Scored>& out) {
  constexpr auto none = std::numeric_limits<std::size_t>::max();
  std::vector<bool> taken(truths.order.size());
  for (std::size_t d = 0; d < item.detections.size(); ++d) {
    double best = std::min(threshold, 1 - 1e-10);
    std::size_t found = none;
    for (std::size_t g = 0; g < truths.order.size(); ++g) {
      const std::size_t truth = truths.order[g];
      if (taken[g] && !item.truths[truth]->crowd) continue;
      if (found != none && !truths.ignored[found] && truths.ignored[g]) break;
      const double value = item.overlaps[d * item.truths.size() + truth];
      if (value < best) continue;
      best = value;
      found = g;
    }
    Verdict verdict = Verdict::wrong;
    if (found != none) {
      taken[found] = true;
      verdict = truths.ignored[found] ? Verdict::ignored : Verdict::right;
    } else if (outside(item.detections[d]->box.area(), range)) {
      verdict = Verdict::ignored;
    }
    out.push_back({item.detections[d]->score, d, verdict});
  }
}

/// Precision and recall of one category at one threshold, size range and limit.
struct Value {
  double precision = no_truth;  ///< mean over the 101 recall points
  double recall = no_truth;
};

Value accumulate(const std::vector<Scored>& sorted, std::size_t limit, std::size_t truths) {
  std::vector<double> precision, recall;
  double right = 0, wrong = 0;
  for (const auto& item : sorted) {
    if (item.rank >= limit) continue;
    right += item.verdict == Verdict::right;
    wrong += item.verdict == Verdict::wrong;
    recall.push_back(right / static_cast<double>(truths));
    precision.push_back(right / (wrong + right + std::numeric_limits<double>::epsilon()));
  }
  for (std::size_t i = precision.size(); i-- > 1;)
    precision[i - 1] = std::max(precision[i - 1], precision[i]);
  double sum = 0;
  for (std::size_t r = 0; r < recalls; ++r) {
    const auto first = std::lower_bound(recall.begin(), recall.end(), recall_at(r));
    if (first != recall.end()) sum += precision[static_cast<std::size_t>(first - recall.begin())];
  }
  return {sum / recalls, recall.empty() ? 0.0 : recall.back()};
}

struct Mean {
  double sum = 0;
  int count = 0;
  void add(double value) {
    if (value == no_truth) return;
    sum += value;
    ++count;
  }
  double value() const { return count > 0 ? sum / count : no_truth; }
};

/// Values of one category, as [range][limit][threshold].
using Table = std::array<std::array<std::array<Value, thresholds>, limits.size()>, ranges.size()>;

Table evaluate(const std::vector<Case>& cases) {
  Table table;
  for (std::size_t a = 0; a < ranges.size(); ++a) {
    std::vector<Truths> truths;
    std::size_t count = 0;
    for (const auto& item : cases) {
      truths.push_back(order_truths(item, ranges[a]));
      count += static_cast<std::size_t>(
          std::count(truths.back().ignored.begin(), truths.back().ignored.end(), false));
    }
    if (count == 0) continue;
    for (std::size_t t = 0; t < thresholds; ++t) {
      std::vector<Scored> scored;
      for (std::size_t i = 0; i < cases.size(); ++i)
        match(cases[i], truths[i], ranges[a], threshold_at(t), scored);
      std::stable_sort(scored.begin(), scored.end(),
                       [](const Scored& x, const Scored& y) { return x.score > y.score; });
      for (std::size_t m = 0; m < limits.size(); ++m) table[a][m][t] = accumulate(scored, limits[m], count);
    }
  }
  return table;
}

double mean_of(const std::vector<Table>& tables, RangeIndex range, std::size_t limit, double Value::*what,
               std::size_t from = 0, std::size_t to = thresholds) {
  Mean mean;
  for (const auto& table : tables)
    for (std::size_t t = from; t < to; ++t) mean.add(table[range][limit][t].*what);
  return mean.value();
}

}  // namespace

CocoResult coco_average_precision(std::span<const PictureResult> results, int categories) {
  check_results(results, categories);
  std::vector<Table> tables;
  CocoResult out;
  for (int category = 0; category < categories; ++category) {
    std::vector<Case> cases;
    for (const auto& picture : results) {
      Case item = make_case(picture, category);
      if (!item.truths.empty() || !item.detections.empty()) cases.push_back(std::move(item));
    }
    tables.push_back(evaluate(cases));
    out.per_class.push_back(mean_of({tables.back()}, all, 2, &Value::precision));
  }
  out.ap = mean_of(tables, all, 2, &Value::precision);
  out.ap50 = mean_of(tables, all, 2, &Value::precision, 0, 1);
  out.ap75 = mean_of(tables, all, 2, &Value::precision, 5, 6);
  out.ap_small = mean_of(tables, small, 2, &Value::precision);
  out.ap_medium = mean_of(tables, medium, 2, &Value::precision);
  out.ap_large = mean_of(tables, large, 2, &Value::precision);
  out.ar1 = mean_of(tables, all, 0, &Value::recall);
  out.ar10 = mean_of(tables, all, 1, &Value::recall);
  out.ar100 = mean_of(tables, all, 2, &Value::recall);
  out.ar_small = mean_of(tables, small, 2, &Value::recall);
  out.ar_medium = mean_of(tables, medium, 2, &Value::recall);
  out.ar_large = mean_of(tables, large, 2, &Value::recall);
  return out;
}

}  // namespace irc::detection
