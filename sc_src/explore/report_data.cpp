// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/report_data.h"

#include <nlohmann/json.hpp>

#include "irc/core/json.h"
#include "irc/explore/campaign.h"
#include "irc/explore/table.h"
#include "irc/platform/version.h"
#include "trade_off.h"

namespace irc::explore {

namespace {

using nlohmann::json;

json parameter_json(const Parameter& parameter) {
  json values = json::array();
  for (const auto& value : parameter.values) values.push_back(value_json(value));
  if (parameter.continuous()) values = {parameter.low, parameter.high};
  return {{"key", parameter.name},
          {"label", parameter.label},
          {"unit", parameter.unit},
          {"scale", scale_name(parameter.scale)},
          {"values", values}};
}

json experiment_json(const Experiment& experiment, const std::string& model) {
  json parameters = json::array(), metrics = json::array(), constraints = json::array();
  for (const auto& parameter : experiment.space.parameters) parameters.push_back(parameter_json(parameter));
  for (const auto& [metric, goal] : experiment.metrics)
    metrics.push_back(
        {{"key", metric.name}, {"label", metric.label}, {"unit", metric.unit}, {"goal", goal_name(goal)}});
  for (const auto& constraint : experiment.constraints) constraints.push_back(constraint.text);
  return {{"name", experiment.name},
          {"title", experiment.title},
          {"description", experiment.description},
          {"seed", experiment.seed},
          {"strategy", strategy_name(experiment.strategy.kind)},
          {"model", model},
          {"parameters", parameters},
          {"metrics", metrics},
          {"constraints", constraints}};
}

json layers_json(const json& result) {
  const double cycles = result.at("cycles_per_image").get<double>();
  const double period_s = cycles > 0 ? result.at("latency_s_per_image").get<double>() / cycles : 0;
  json layers = json::array();
  for (const auto& layer : result.at("layers"))
    layers.push_back({{"name", layer.at("name")},
                      {"cycles", layer.at("cycles")},
                      {"latency_s", layer.at("cycles").get<double>() * period_s},
                      {"energy_j", layer.at("energy_j")}});
  return layers;
}

/// The result of a finished point, or null.
json result_of(const Record& record) {
  return record.result.empty() ? json() : parse_json(record.result, "result");
}

json point_json(const Experiment& experiment, const PointMaker& maker, const Row& row, const Record& record) {
  const auto& rung = experiment.ladder[row.point->rung];
  json parameters = json::object(), metrics = json::object(), spread = json::object();
  for (std::size_t p = 0; p < row.point->assignment.size(); ++p)
    if (const auto& value = row.point->assignment[p])
      parameters[experiment.space.parameters[p].name] = value_json(*value);
  for (std::size_t m = 0; m < row.outcome.values.size(); ++m) {
    const std::string name(experiment.metrics[m].metric.name);
    metrics[name] = row.outcome.values[m];
    if (row.outcome.spread[m]) spread[name] = *row.outcome.spread[m];
  }
  const auto result = result_of(record);
  const bool has_result = result.is_object();
  // Shows what was run, not what was asked for, because a data set may be smaller.
  const json fidelity = {{"images", has_result ? result.at("images") : json(rung.images)},
                         {"chips", has_result ? result.at("chips") : json(rung.chips)},
                         {"rung", row.point->rung + 1}};
  return {{"id", row.point->id},
          {"status", status_name(row.outcome.status)},
          {"error", row.outcome.error.empty() ? json(nullptr) : json(row.outcome.error)},
          {"fidelity", fidelity},
          {"parameters", parameters},
          {"metrics", metrics},
          {"spread", spread},
          {"on_front", row.on_front},
          {"config_toml", maker.config_diff(*row.point)},
          {"layers", has_result ? layers_json(result) : json::array()}};
}

/// Lists the damaged records, and says on the page that they are missing.
void add_left_out(const Store& store, json& document) {
  if (store.bad().empty()) return;
  for (const auto& bad : store.bad())
    document["left_out"].push_back({{"id", bad.id}, {"problem", bad.problem}});
  auto& description = document["experiment"]["description"];
  const auto words = description.get<std::string>();
  description = words + (words.empty() ? "" : " ") +
                "Damaged records of the store that are left out: " + std::to_string(store.bad().size()) + ".";
}

}  // namespace

json report_data(const Store& store, const Experiment& experiment) {
  PointMaker maker(experiment);
  const auto [records, plan] = plan_for(store, experiment, maker);
  auto document = report_data(experiment, plan, records);
  if (document.at("points").empty() && !records.empty())
    throw InputError(store.path() + ": holds " + std::to_string(records.size()) +
                     " points, but none of experiment '" + experiment.name + "' for this irc (" +
                     code_version + ") with this seed and these settings");
  add_left_out(store, document);
  return document;
}

json report_data(const Experiment& experiment, const Plan& plan, const Records& records) {
  const PointMaker maker(experiment);
  json points = json::array();
  std::string model;
  for (const auto& row : rows_of(experiment, plan, records)) {
    const auto& record = records.at(row.point->id);
    const auto result = result_of(record);
    if (model.empty() && result.is_object()) model = result.value("model", "");
    points.push_back(point_json(experiment, maker, row, record));
  }
  json document = {{"schema", 1},
                   {"irc_version", platform::version},
                   {"created_from", experiment.file},
                   {"experiment", experiment_json(experiment, model)},
                   {"points", points}};
  if (auto voltages = trade_off(experiment); !voltages.is_null()) document["tradeoff"] = std::move(voltages);
  return document;
}

}  // namespace irc::explore
