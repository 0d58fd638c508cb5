// SPDX-License-Identifier: Apache-2.0
// Private to the report of a run: the parts that have source files of their own.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "irc/platform/run.h"

namespace irc::platform::detail {

/// JSON has no value for "nothing to find"; null is used instead.
nlohmann::json metric(double value);
/// The same as text in percent.
std::string points(double value);

/// The value of map.per_class in result.json; null without annotations.
nlohmann::json per_class_json(const RunResult& result, const Workload& workload);
/// The same as lines of the summary, each a label and a value. With many classes it is one line only.
std::vector<std::pair<std::string, std::string>> per_class_lines(const RunResult& result,
                                                                 const Workload& workload);

/// The value of data in result.json: what was read, and what was left out.
nlohmann::json data_json(const Workload& workload);
/// Lines of the summary on classes that only one side has, each a label and a value.
std::vector<std::pair<std::string, std::string>> unmatched_lines(const Workload& workload);

/// The value of head in result.json; null without run.write_head.
nlohmann::json head_json(const RunResult& result, const Workload& workload);
/// Writes the files of the heads. If there are no heads, removes the files of an earlier run. Returns the
/// paths that were written.
std::vector<std::string> write_heads(const RunResult& result, const std::string& folder);

}  // namespace irc::platform::detail
