// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/point_search.h"

#include <algorithm>
#include <cmath>

#include "irc/core/error.h"

namespace irc::platform {

namespace {

// Rounds 0 to 2 search the bias, the others the threshold.
constexpr int first_threshold_round = 3;
// Of the bias grid, in i_min_a.
constexpr double bias_step = 0.25;
constexpr int bias_steps = 5;
// Finest step of the threshold; sums of weights are whole units, wires shrink them by less than that.
constexpr double finest_units = 0.0625;

}  // namespace

std::vector<double> PointSearch::biases(int round) const {
  std::vector<double> out;
  if (round == 0) {
    out.push_back(space_.configured.injected_bias_a);
    for (int i = 0; space_.i_min_a > 0 && i <= bias_steps; ++i) out.push_back(i * bias_step * space_.i_min_a);
    if (space_.i_min_a <= 0) out.push_back(0);
    return out;
  }
  const double centre = best().point.injected_bias_a,
               step = bias_step * space_.i_min_a / (round == 1 ? 2 : 4);
  if (step <= 0) return out;
  return {std::max(0.0, centre - step), centre + step};
}

std::vector<double> PointSearch::thresholds(int round) const {
  if (!space_.search_threshold) return {};
  const double configured = space_.configured.threshold_units;
  if (round == first_threshold_round) {
    std::vector<double> out;
    for (const double away : {0.125, 0.25, 0.5, 1.0, 2.0}) {
      out.push_back(configured - away);
      out.push_back(configured + away);
    }
    return out;
  }
  const double centre = best().point.threshold_units;
  const double step = std::max(finest_units, std::abs(centre - configured) / 4);
  return {centre - step, centre + step};
}

bool PointSearch::known(const PointValues& point) const {
  return std::any_of(measurements_.begin(), measurements_.end(),
                     [&](const auto& each) { return each.point == point; });
}

std::vector<PointValues> PointSearch::candidates(int round) const {
  std::vector<PointValues> out;
  const auto add = [&](const PointValues& point) {
    if (!known(point) && std::find(out.begin(), out.end(), point) == out.end()) out.push_back(point);
  };
  if (round < first_threshold_round) {
    const double threshold = space_.configured.threshold_units;
    for (const double bias : biases(round)) add({bias, threshold});
  } else {
    const double bias = best().point.injected_bias_a;
    for (const double threshold : thresholds(round)) add({bias, threshold});
  }
  return out;
}

void PointSearch::measured(const PointValues& point, std::uint64_t errors) {
  if (!known(point)) measurements_.push_back({point, errors});
}

bool PointSearch::better(const Measurement& a, const Measurement& b) const {
  if (a.errors != b.errors) return a.errors < b.errors;
  if (a.point.injected_bias_a != b.point.injected_bias_a)
    return a.point.injected_bias_a < b.point.injected_bias_a;
  const auto away = [&](const Measurement& m) {
    return std::abs(m.point.threshold_units - space_.configured.threshold_units);
  };
  if (away(a) != away(b)) return away(a) < away(b);
  return a.point.threshold_units < b.point.threshold_units;
}

const PointSearch::Measurement& PointSearch::best() const {
  if (measurements_.empty()) throw InternalError("a search of a working point without measurements");
  return *std::min_element(measurements_.begin(), measurements_.end(),
                           [&](const auto& a, const auto& b) { return better(a, b); });
}

std::uint64_t PointSearch::errors_configured() const {
  for (const auto& each : measurements_)
    if (each.point == space_.configured) return each.errors;
  throw InternalError("a search of a working point without the configured one");
}

}  // namespace irc::platform
