// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/point_search.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "irc/core/error.h"

namespace irc::platform {

namespace {

// Rounds 0 to 2 search the bias, later rounds the threshold.
constexpr int first_threshold_round = 3;
// Grid of the bias, in i_min_a.
constexpr double bias_step = 0.25;
constexpr int bias_steps = 5;
// Finest step of the threshold. Sums of weights are whole units, and wires shrink them by less than this
// step.
constexpr double finest_units = 0.0625;

// Share of searches that may wrongly take a point for better.
constexpr double chance_share = 0.05;

}  // namespace

ErrorDifference error_difference(std::span<const std::uint64_t> from, std::span<const std::uint64_t> to) {
  if (from.empty() || from.size() != to.size())
    throw InternalError("a difference between errors of " + std::to_string(from.size()) + " and " +
                        std::to_string(to.size()) + " units, expected as many of each, at least one");
  const double units = static_cast<double>(from.size());
  const auto fewer = [&](std::size_t i) { return static_cast<double>(from[i]) - static_cast<double>(to[i]); };
  ErrorDifference out;
  for (std::size_t i = 0; i < from.size(); ++i) out.fewer += fewer(i);
  if (from.size() == 1) {
    out.standard_error = std::sqrt(static_cast<double>(from[0]) + static_cast<double>(to[0]));
    return out;
  }
  double squares = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double away = fewer(i) - out.fewer / units;
    squares += away * away;
  }
  out.standard_error = std::sqrt(std::max(units * squares / (units - 1), std::abs(out.fewer)));
  return out;
}

double chance_limit(std::size_t units, std::size_t candidates) {
  if (units == 0 || candidates == 0)
    throw InternalError("a limit of chance for " + std::to_string(candidates) + " candidates on " +
                        std::to_string(units) + " units, expected at least one of each");
  const double share = chance_share / static_cast<double>(candidates);
  using boost::math::complement;
  if (units == 1) return boost::math::quantile(complement(boost::math::normal(), share));
  return boost::math::quantile(complement(boost::math::students_t(static_cast<double>(units - 1)), share));
}

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

void PointSearch::measured(const PointValues& point, std::vector<std::uint64_t> errors) {
  if (errors.empty() || (!measurements_.empty() && errors.size() != measurements_.front().errors.size()))
    throw InternalError("errors of " + std::to_string(errors.size()) +
                        " units, expected as many as at the first point, at least one");
  if (known(point)) return;
  const auto total = std::accumulate(errors.begin(), errors.end(), std::uint64_t{0});
  measurements_.push_back({point, std::move(errors), total});
}

bool PointSearch::plainer(const PointValues& a, const PointValues& b) const {
  const auto away = [&](const PointValues& point) {
    return std::abs(point.threshold_units - space_.configured.threshold_units);
  };
  return std::tuple(a.injected_bias_a, away(a), a.threshold_units) <
         std::tuple(b.injected_bias_a, away(b), b.threshold_units);
}

std::vector<const PointSearch::Measurement*> PointSearch::gaining() const {
  const auto& from = configured();
  std::vector<const Measurement*> out;
  for (const auto& each : measurements_) {
    if (each.total >= from.total) continue;
    const auto gain = error_difference(from.errors, each.errors);
    if (gain.fewer > chance_limit(from.errors.size(), measurements_.size() - 1) * gain.standard_error)
      out.push_back(&each);
  }
  return out;
}

const PointSearch::Measurement& PointSearch::best() const {
  const auto gaining = this->gaining();
  if (gaining.empty()) return configured();
  const auto* fewest = *std::min_element(gaining.begin(), gaining.end(), [&](const auto* a, const auto* b) {
    return a->total != b->total ? a->total < b->total : plainer(a->point, b->point);
  });
  const auto* best = fewest;
  for (const auto* each : gaining) {
    const auto lost = error_difference(each->errors, fewest->errors);
    if (lost.fewer <= lost.standard_error && plainer(each->point, best->point)) best = each;
  }
  return *best;
}

const PointSearch::Measurement& PointSearch::configured() const {
  for (const auto& each : measurements_)
    if (each.point == space_.configured) return each;
  throw InternalError("a search of a working point without the configured one");
}

}  // namespace irc::platform
