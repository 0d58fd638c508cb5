// SPDX-License-Identifier: Apache-2.0
// Private to the report of a run: its parts that have files of their own.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "irc/platform/run.h"

namespace irc::platform::detail {

/// JSON has no "nothing to find": null stands for it.
nlohmann::json metric(double value);
/// The same for people, in percent.
std::string points(double value);

/// map.per_class of result.json; null without annotations.
nlohmann::json per_class_json(const RunResult& result, const Workload& workload);
/// The same as lines of the summary, "what" and value; few lines however many classes there are.
std::vector<std::pair<std::string, std::string>> per_class_lines(const RunResult& result,
                                                                 const Workload& workload);

/// head of result.json; null without run.write_head.
nlohmann::json head_json(const RunResult& result, const Workload& workload);
/// Writes the heads, if there are any, and removes those of an earlier run if not. Returns the paths.
std::vector<std::string> write_heads(const RunResult& result, const std::string& folder);

}  // namespace irc::platform::detail
