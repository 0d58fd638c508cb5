// SPDX-License-Identifier: Apache-2.0
// Average precision of each class, for the reports.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "irc/core/printable.h"
#include "report_parts.h"

namespace irc::platform::detail {

namespace {

constexpr std::size_t most_lines = 20;

/// Number of objects of each category that count for its AP, on the images that the accelerator ran.
/// Difficult objects and crowds do not count.
std::vector<std::uint64_t> objects_of(const RunResult& result, const detection::Dataset& dataset) {
  std::vector<std::uint64_t> objects(dataset.categories.size());
  for (const auto index : result.indices)
    for (const auto& truth : dataset.samples[index].annotations)
      objects[static_cast<std::size_t>(truth.category)] += !truth.difficult && !truth.crowd;
  return objects;
}

}  // namespace

nlohmann::json per_class_json(const RunResult& result, const Workload& workload) {
  const auto& dataset = workload.dataset();
  if (!dataset.annotated) return nullptr;
  const auto objects = objects_of(result, dataset);
  auto list = nlohmann::json::array();
  for (std::size_t c = 0; c < result.per_class_ideal.size(); ++c)
    list.push_back({{"class", dataset.categories[c]},
                    {"objects", objects[c]},
                    {"ideal", metric(result.per_class_ideal[c])},
                    {"nonideal", metric(result.class_mean(c))}});
  return list;
}

std::vector<std::pair<std::string, std::string>> per_class_lines(const RunResult& result,
                                                                 const Workload& workload) {
  const auto& dataset = workload.dataset();
  std::vector<std::pair<std::string, std::string>> lines;
  if (!dataset.annotated) return lines;
  const auto objects = objects_of(result, dataset);
  for (std::size_t c = 0; c < result.per_class_ideal.size(); ++c)
    if (result.per_class_ideal[c] != detection::no_truth)
      lines.emplace_back(
          "AP@0.5 " + printable(dataset.categories[c]),
          fmt::format("{} ideal, {} nonideal, {} {}", points(result.per_class_ideal[c]),
                      points(result.class_mean(c)), objects[c], objects[c] == 1 ? "object" : "objects"));
  if (lines.size() <= most_lines) return lines;
  return {{"AP@0.5 per class", fmt::format("{} classes with objects; result.json lists them", lines.size())}};
}

}  // namespace irc::platform::detail
