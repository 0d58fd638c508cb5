// SPDX-License-Identifier: Apache-2.0
// Experiments and results for tests.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "irc/explore/experiment.h"
#include "irc/explore/plan.h"
#include "irc/explore/point.h"

namespace irc::explore::test {

inline const std::string head = "[experiment]\nname = \"t\"\n";
inline const std::string metrics = "[metrics]\nmap_drop = \"min\"\nenergy_j_per_image = \"min\"\n";
inline const std::string grid = "[strategy]\nkind = \"grid\"\n";
inline const std::string voltage = "[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.5, 0.6, 0.7]\n";

inline Experiment parsed(const std::string& text, const ExperimentOptions& options = {}) {
  return parse_experiment(text, "e.toml", options);
}

/// The error message for the text, or "no error".
inline std::string complaint(const std::string& text, const ExperimentOptions& options = {}) {
  try {
    parsed(text, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// The result document of a run with these values, as a store keeps it.
inline nlohmann::json result(double drop, double energy_j, double area_m2 = 1e-6, double latency_s = 1e-5) {
  return {{"map",
           {{"ideal", 0.8},
            {"nonideal", 0.8 - drop},
            {"per_chip", {0.8 - drop, 0.8 - drop}},
            {"std", 0.01},
            {"ci95", 0.02},
            {"worst", 0.8 - drop},
            {"coco", 0.3}}},
          {"latency_s_per_image", latency_s},
          {"cycles_per_image", 100},
          {"energy_j_per_image", energy_j},
          {"energy_j", {{"array", energy_j}}},
          {"area_m2", area_m2},
          {"tops_per_w", 1.0},
          {"setup_s", 1.0},
          {"setup_j", 1.0},
          {"model", "m"},
          {"images", 1},
          {"chips", 2},
          {"layers",
           {{{"name", "c1"},
             {"cycles", 100},
             {"energy_j", {{"array", energy_j}}},
             {"bit_errors", 1},
             {"bits", 8}}}}};
}

/// The record of a finished point of a configuration.
inline Record done(const nlohmann::json& document, const std::string& config_toml = "[run]\n") {
  Record record;
  record.result = document.dump();
  record.config_toml = config_toml;
  return record;
}

inline Record failed(const std::string& error) {
  Record record;
  record.status = Record::Status::failed;
  record.error = error;
  return record;
}

/// A content address for tests.
inline std::string address(const std::string& name) {
  return sha256(name);
}

/// A number in the point's configuration, by section and key.
inline double in_force(const Point& point, const std::string& section, const std::string& key) {
  return TomlDocument::parse(point.config_toml, "point").root().table(section).real(key);
}

}  // namespace irc::explore::test
