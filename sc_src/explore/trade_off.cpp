// SPDX-License-Identifier: Apache-2.0
#include "trade_off.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "irc/explore/table.h"
#include "irc/platform/voltage_sweep.h"

namespace irc::explore {

namespace {

using nlohmann::json;

constexpr const char* voltage_key = "array.v_wl_v";

std::vector<double> voltages_of(const Parameter& parameter) {
  std::vector<double> voltages_v;
  for (const auto& value : parameter.values) voltages_v.push_back(value_json(value).get<double>());
  constexpr int between = 8;
  for (int i = 0; parameter.continuous() && i <= between; ++i)
    voltages_v.push_back(parameter.low + (parameter.high - parameter.low) * i / between);
  std::sort(voltages_v.begin(), voltages_v.end());
  return voltages_v;
}

json series(const char* label, const char* unit, const char* scale) {
  return {{"label", label}, {"unit", unit}, {"scale", scale}, {"points", json::array()}};
}

}  // namespace

json trade_off(const Experiment& experiment) {
  const auto& parameters = experiment.space.parameters;
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [](const Parameter& p) { return p.key == voltage_key && !p.divides; });
  if (found == parameters.end()) return nullptr;
  const auto base = platform::load_config(experiment.config, experiment.settings);
  json current = series("LRS cell current, mean", "A", "log"), ratio = series("on/off", "1", "log"),
       spread = series("spread of the LRS current, sigma/I", "1", "linear"),
       kept = series("column current kept by wires and clamp", "1", "linear");
  // A voltage that the starting point refuses is left out of this chart. The exploration shows it as a failed
  // point.
  for (const auto& point :
       platform::sweep_v_wl(experiment.config, experiment.settings, voltages_of(*found), {base.geometry.rows})
           .points) {
    if (!point.report) continue;
    current["points"].push_back({point.v_wl_v, point.report->lrs_mean_current_a});
    ratio["points"].push_back({point.v_wl_v, point.report->on_off});
    spread["points"].push_back({point.v_wl_v, point.report->lrs_sigma});
    kept["points"].push_back({point.v_wl_v, point.report->kept});
  }
  return {
      {"title",
       "Word-line voltage: current against spread, on/off and compression, on the starting configuration"},
      {"x", {{"label", "V_WL"}, {"unit", "V"}}},
      {"series", {current, ratio, spread, kept}},
      {"marked_x", base.conditions.v_wl_v}};
}

}  // namespace irc::explore
