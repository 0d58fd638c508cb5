// SPDX-License-Identifier: Apache-2.0
// Results and worker programs for tests of studies.
#pragma once
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/explore/workers.h"

namespace irc::study::test {

/// A program that replaces irc: a shell script in a temporary folder.
class Program {
 public:
  explicit Program(const std::string& body) {
    std::string form = (std::filesystem::temp_directory_path() / "irc-study-XXXXXX").string();
    if (mkdtemp(form.data()) == nullptr) throw InputError("no temporary folder");
    folder = form;
    std::ofstream(folder / "irc") << "#!/bin/sh\n" << body;
    std::filesystem::permissions(folder / "irc", std::filesystem::perms::owner_all);
  }
  ~Program() { std::filesystem::remove_all(folder); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  explore::WorkerOptions workers() const { return {(folder / "irc").string(), 2, 0, 0}; }
  std::filesystem::path folder;
};

inline nlohmann::json layer(const std::string& name, int bit_errors) {
  return {{"name", name},
          {"cycles", 5},
          {"energy_j", {{"array", 1e-6}}},
          {"bit_errors", bit_errors},
          {"bits", 2}};
}

/// The result document of a run with these chips, as a store keeps it.
inline nlohmann::json result(const std::vector<double>& per_chip, double ideal = 0.8) {
  const double n = static_cast<double>(per_chip.size());
  return {{"map",
           {{"ideal", ideal},
            {"nonideal", std::accumulate(per_chip.begin(), per_chip.end(), 0.0) / n},
            {"per_chip", per_chip},
            {"std", 0.125},
            {"ci95", 0.0625},
            {"worst", *std::min_element(per_chip.begin(), per_chip.end())},
            {"coco", 0.3}}},
          {"latency_s_per_image", 1e-5},
          {"cycles_per_image", 10},
          {"energy_j_per_image", 2e-6},
          {"energy_j", {{"array", 2e-6}}},
          {"area_m2", 1e-6},
          {"tops_per_w", 1.0},
          {"setup_s", 1.0},
          {"setup_j", 1.0},
          {"images", 5},
          {"chips", per_chip.size()},
          {"layers", {layer("c1", 1), layer("c2", 0)}}};
}

}  // namespace irc::study::test
