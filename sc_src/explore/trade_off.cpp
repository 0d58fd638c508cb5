// SPDX-License-Identifier: Apache-2.0
#include "trade_off.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/explore/table.h"
#include "irc/platform/device_report.h"

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
  for (const double v_wl_v : voltages_of(*found)) {
    auto settings = experiment.settings;
    settings.push_back(std::string(voltage_key) + "=" + json(v_wl_v).dump());
    try {
      const auto config = platform::load_config(experiment.config, settings);
      const auto cell = platform::describe_device(config, {config.geometry.rows});
      current["points"].push_back({v_wl_v, cell.lrs_mean_current_a});
      ratio["points"].push_back({v_wl_v, cell.on_off});
      spread["points"].push_back({v_wl_v, cell.lrs_sigma});
      kept["points"].push_back({v_wl_v, cell.kept});
    } catch (const InputError&) {
      // A voltage that does not go with the starting point is a failed point of the exploration, not of this
      // chart.
    }
  }
  return {
      {"title",
       "Word-line voltage: current against spread, on/off and compression, on the starting configuration"},
      {"x", {{"label", "V_WL"}, {"unit", "V"}}},
      {"series", {current, ratio, spread, kept}},
      {"marked_x", base.conditions.v_wl_v}};
}

}  // namespace irc::explore
