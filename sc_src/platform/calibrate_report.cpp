// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "irc/core/printable.h"
#include "irc/core/toml.h"
#include "irc/platform/calibrate.h"

namespace irc::platform {

namespace {

using nlohmann::json;

double percent(std::uint64_t errors, std::uint64_t bits) {
  return bits == 0 ? 0 : 100.0 * static_cast<double>(errors) / static_cast<double>(bits);
}

bool one_bit(const RunConfig& config) {
  return config.sense.kind != sense::SenseConfig::Kind::multi_bit;
}

json values(const PointValues& point) {
  return {{"injected_bias_a", point.injected_bias_a}, {"threshold_units", point.threshold_units}};
}

std::string layer_line(const LayerCalibration& layer) {
  return fmt::format(
      "{:<16} {:>9.3f} {:>9.3f} {:>10.4f} {:>10.4f} {:>10} {:>10}  {:.4f} % to {:.4f} % of {}\n",
      printable(layer.name, 16), layer.configured.injected_bias_a * 1e6, layer.found.injected_bias_a * 1e6,
      layer.configured.threshold_units, layer.found.threshold_units, layer.errors_before, layer.errors_after,
      percent(layer.errors_before, layer.bits), percent(layer.errors_after, layer.bits), layer.bits);
}

LayerCalibration total(const CalibrationResult& result) {
  LayerCalibration sum;
  for (const auto& layer : result.layers) {
    sum.errors_before += layer.errors_before;
    sum.errors_after += layer.errors_after;
    sum.bits += layer.bits;
  }
  return sum;
}

}  // namespace

std::string calibrated_toml(const CalibrationResult& result, const RunConfig& config,
                            const RunConfig& split_config, const std::string& base,
                            const std::vector<std::string>& overrides) {
  std::string found;
  for (const auto& layer : result.layers) {
    found += "[sense.layers." + toml_quoted(layer.name) + "]\n";
    found += "injected_bias_a = " + toml_real(layer.found.injected_bias_a) + "\n";
    if (one_bit(config)) found += "threshold_units = " + toml_real(layer.found.threshold_units) + "\n";
  }
  const auto& run = split_config.run;
  found += "[calibration]\n";
  if (generated(run)) {
    found += "scene_seed = " + std::to_string(run.scene_seed) + "\n";
  } else {
    found += "images = " + toml_quoted(run.images) + "\nsplit = " + toml_quoted(run.split) + "\n";
  }
  auto settings = TomlDocument::parse("", "", {}, overrides);
  settings.overlay(TomlDocument::parse(found, "calibration").root());
  const auto all = total(result);
  return fmt::format(
             "# Written by irc calibrate: {} images on {} chips, {} bit errors of {} before and {} "
             "after.\n",
             result.pictures, result.chips, all.errors_before, all.bits, all.errors_after) +
         "base = " + toml_quoted(base) + "\n\n" + toml_text(settings.root());
}

json to_json(const CalibrationResult& result, const RunConfig& config) {
  json layers = json::array();
  for (const auto& layer : result.layers)
    layers.push_back({{"name", layer.name},
                      {"configured", values(layer.configured)},
                      {"found", values(layer.found)},
                      {"bit_errors_before", layer.errors_before},
                      {"bit_errors_after", layer.errors_after},
                      {"bits", layer.bits}});
  return {{"schema", 1},
          {"config", to_json(config)},
          {"layers", layers},
          {"images", result.pictures},
          {"chips", result.chips},
          {"cost",
           {{"passes", result.passes},
            {"operations", result.operations},
            {"decisions", result.decisions},
            {"register_writes", result.register_writes},
            {"loaded_bytes", result.loaded_bytes},
            {"energy_j", result.energy_j},
            {"time_s", result.time_s}}},
          {"wall_s", result.wall_s}};
}

std::string to_text(const CalibrationResult& result) {
  std::string out = fmt::format("{:<16} {:>9} {:>9} {:>10} {:>10} {:>10} {:>10}  {}\n", "layer", "bias uA",
                                "found", "threshold", "found", "errors", "found", "bit errors");
  for (const auto& layer : result.layers) out += layer_line(layer);
  const auto all = total(result);
  out += fmt::format(
      "\nall layers             {} to {} bit errors of {} ({:.4f} % to {:.4f} %), {} images, {} chips\n",
      all.errors_before, all.errors_after, all.bits, percent(all.errors_before, all.bits),
      percent(all.errors_after, all.bits), result.pictures, result.chips);
  const double chips = static_cast<double>(result.chips);
  out += fmt::format(
      "cost per chip          {} passes: {:.0f} macro operations, {:.0f} decisions, {:.3f} uJ and {:.3f} ms "
      "in "
      "the array layers,\n"
      "                       {:.0f} register writes, {:.0f} bytes of ideal maps loaded by the host (not "
      "priced)\n",
      result.passes, static_cast<double>(result.operations) / chips,
      static_cast<double>(result.decisions) / chips, result.energy_j * 1e6 / chips,
      result.time_s * 1e3 / chips, static_cast<double>(result.register_writes) / chips,
      static_cast<double>(result.loaded_bytes) / chips);
  out += fmt::format("wall                   {:.3g} s\n", result.wall_s);
  return out;
}

}  // namespace irc::platform
