// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace irc::explore {

/// What is better: nothing (only reported), more, or less.
enum class Goal { none, max, min };

/// A number that a run's result.json gives.
struct Metric {
  std::string_view name;   ///< as in an experiment file
  std::string_view label;  ///< for people
  std::string_view unit;   ///< SI; "1" for shares and counts
  double low, high;        ///< no result lies outside
};

/// All metrics; docs/exploration.md lists them.
std::span<const Metric> all_metrics();
/// The metric of that name, or null.
const Metric* find_metric(std::string_view name);

/// The metric's value in a document of docs/results.md.
/// \param yield_drop  largest drop of mAP with which a chip counts as good
/// Throws InputError where the run has no such value: pictures without annotations have no mAP.
double metric_value(const Metric& metric, const nlohmann::json& result, double yield_drop);

/// Standard deviation over chips, where the metric has one: map_nonideal and map_drop with several chips.
std::optional<double> metric_spread(const Metric& metric, const nlohmann::json& result);

}  // namespace irc::explore
