// SPDX-License-Identifier: Apache-2.0
#include "irc/study/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "irc/explore/keys.h"
#include "irc/platform/config.h"
#include "sensitivity_parts.h"

namespace irc::study {

namespace {

using explore::Value;
using nlohmann::json;
using Scale = explore::Parameter::Scale;

/// The base's value of the curve's first key.
Value own_value(const SensitivityStudy& study, std::size_t base, const SensitivityCurve& curve) {
  const auto evaluation = detail::evaluation_of(study, base, curve, std::nullopt);
  const auto in_force =
      explore::configuration_values(platform::load_config(evaluation.config, evaluation.settings));
  const auto value = detail::value_of(in_force.at(curve.keys.front()));
  if (!value) throw InternalError("no value in force for the checked key " + curve.keys.front());
  return *value;
}

/// The curve's values, plus each base's own value where it is not among them.
std::vector<Value> axis(const SensitivityCurve& curve, const std::vector<Value>& own) {
  auto values = curve.values;
  for (const auto& value : own) {
    const auto same = [&](const Value& other) {
      return explore::value_json(other) == explore::value_json(value);
    };
    if (std::none_of(values.begin(), values.end(), same)) values.push_back(value);
  }
  return values;
}

/// A base's points on the axis, without the other bases' own values.
SensitivitySeries series_of(const SensitivityStudy& study, std::size_t base, const SensitivityCurve& curve,
                            const std::vector<Value>& all, const Value& own) {
  SensitivitySeries series{base, {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool listed = i < curve.values.size();
    const bool is_own = explore::value_json(all[i]) == explore::value_json(own);
    if (!listed && !is_own) continue;
    SensitivityPoint point;
    point.value = all[i];
    point.label = listed && !curve.value_labels.empty() ? curve.value_labels[i] : explore::value_text(all[i]);
    point.x =
        curve.scale == Scale::category ? static_cast<double>(i) : explore::value_json(all[i]).get<double>();
    point.working_point = is_own;
    // The base's own run has none of the curve's settings, so keys that differ within the base stay as they
    // are.
    point.evaluation =
        detail::evaluation_of(study, base, curve, is_own ? std::nullopt : std::optional(all[i]));
    series.points.push_back(std::move(point));
  }
  std::sort(series.points.begin(), series.points.end(),
            [](const SensitivityPoint& a, const SensitivityPoint& b) { return a.x < b.x; });
  return series;
}

}  // namespace

namespace detail {

Evaluation evaluation_of(const SensitivityStudy& study, std::size_t base, const SensitivityCurve& curve,
                         const std::optional<Value>& value) {
  const auto& b = study.bases.at(base);
  Evaluation evaluation{b.config,
                        {fmt::format("run.seed={}", study.seed), fmt::format("run.limit={}", b.images),
                         fmt::format("run.chips={}", b.chips)}};
  auto& settings = evaluation.settings;
  settings.insert(settings.end(), study.settings.begin(), study.settings.end());
  if (value)
    for (const auto& key : curve.keys) settings.push_back(key + "=" + explore::value_text(*value));
  return evaluation;
}

std::string_view status_name(Outcome::Status status) {
  return status == Outcome::Status::done ? "done" : status == Outcome::Status::refused ? "refused" : "failed";
}

}  // namespace detail

const Outcome& SensitivityResult::base_outcome(std::size_t base) const {
  for (const auto& curve : curves)
    for (const auto& series : curve)
      for (const auto& point : series.points)
        if (series.base == base && point.working_point) return point.outcome;
  throw InternalError("a sensitivity study without the run of its base " + study.bases.at(base).label);
}

SensitivityResult plan_sensitivity(const SensitivityStudy& study) {
  SensitivityResult result{study, {}};
  for (const auto& curve : study.curves) {
    std::vector<Value> own;
    const std::size_t bases = curve.against ? study.bases.size() : 1;
    for (std::size_t base = 0; base < bases; ++base) own.push_back(own_value(study, base, curve));
    const auto all = axis(curve, own);
    auto& series = result.curves.emplace_back();
    for (std::size_t base = 0; base < bases; ++base)
      series.push_back(series_of(study, base, curve, all, own[base]));
  }
  return result;
}

SensitivityResult run_sensitivity(const SensitivityStudy& study, explore::Store& store,
                                  const explore::WorkerOptions& workers, const Progress& progress) {
  auto result = plan_sensitivity(study);
  std::vector<SensitivityPoint*> points;
  for (auto& curve : result.curves)
    for (auto& series : curve)
      for (auto& point : series.points) points.push_back(&point);
  std::vector<Evaluation> evaluations;
  for (const auto* point : points) evaluations.push_back(point->evaluation);
  const auto outcomes = evaluate(evaluations, store, workers, progress);
  for (std::size_t i = 0; i < points.size(); ++i) points[i]->outcome = outcomes[i];
  return result;
}

}  // namespace irc::study
