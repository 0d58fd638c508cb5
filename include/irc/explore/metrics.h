// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace irc::explore {

/// Which direction of a metric is better.
enum class Goal {
  none,  ///< neither; the metric is only reported
  max,   ///< more is better
  min    ///< less is better
};

/// A number from a run's result.json.
struct Metric {
  std::string_view name;   ///< as in an experiment file
  std::string_view label;  ///< for people
  std::string_view unit;   ///< SI; "1" for shares and counts
  double low,              ///< no result is below
      high;                ///< no result is above
};

/// All metrics; docs/exploration.md lists them.
std::span<const Metric> all_metrics();
/// The metric of that name, or nullptr.
const Metric* find_metric(std::string_view name);

/// The metric's value in a result.json (docs/results.md). `yield_drop` is the largest drop of mAP with which
/// a chip counts as good. Throws InputError where the run has no such value: images without annotations have
/// no mAP.
double metric_value(const Metric& metric, const nlohmann::json& result, double yield_drop);

/// Standard deviation over chips where the metric has one: map_nonideal and map_drop, with several chips.
std::optional<double> metric_spread(const Metric& metric, const nlohmann::json& result);

}  // namespace irc::explore
