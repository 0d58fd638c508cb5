// SPDX-License-Identifier: Apache-2.0
// What was read of the data set and what was left out, for the reports.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "irc/core/printable.h"
#include "report_parts.h"

namespace irc::platform::detail {

namespace {

nlohmann::json notes_json(const std::vector<detection::ReadingNote>& notes) {
  auto list = nlohmann::json::array();
  for (const auto& note : notes)
    list.push_back({{"reason", note.reason}, {"count", note.count}, {"first", note.first}});
  return list;
}

}  // namespace

nlohmann::json data_json(const Workload& workload) {
  const auto& dataset = workload.dataset();
  auto foreign = nlohmann::json::array();
  for (const auto& item : workload.foreign_classes())
    foreign.push_back(
        {{"class", item.name}, {"objects", item.objects}, {"counted", !workload.ignores_foreign_classes()}});
  const auto of_truth = [&](std::uint64_t value) {
    return dataset.annotated ? nlohmann::json(value) : nlohmann::json(nullptr);
  };
  return {{"images_read", dataset.samples.size()},
          {"without_boxes", of_truth(detection::images_without_boxes(dataset))},
          {"boxes", of_truth(detection::box_count(dataset))},
          {"skipped", notes_json(dataset.report.skipped)},
          {"dropped_boxes", notes_json(dataset.report.dropped)},
          {"notes", notes_json(dataset.report.notes)},
          {"absent_classes", workload.absent_classes()},
          {"foreign_classes", foreign}};
}

std::vector<std::pair<std::string, std::string>> unmatched_lines(const Workload& workload) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto& absent = workload.absent_classes();
  if (!absent.empty() && absent.size() < workload.graph().detector.classes.size())
    lines.emplace_back("not in the images",
                       printable(detection::joined(absent), 100) + "; left out of the mean");
  std::vector<std::string> names;
  for (const auto& item : workload.foreign_classes()) names.push_back(item.name);
  if (!names.empty())
    lines.emplace_back("not in the detector",
                       printable(detection::joined(names), 100) +
                           (workload.ignores_foreign_classes() ? "; left out (run.foreign_classes)"
                                                               : "; each counts in the mean with 0 %"));
  return lines;
}

}  // namespace irc::platform::detail
