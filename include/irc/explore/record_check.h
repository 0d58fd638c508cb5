// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "irc/explore/store.h"

namespace irc::explore {

/// What is wrong with a record, for people: which key, its value, what was expected. Nothing for a sound
/// record: a failed one has a reason and no result, and a finished one has a configuration and a result in
/// which everything that metrics, reports and studies read is there and within its range.
std::optional<std::string> record_problem(const std::string& id, const Record& record);

/// What is wrong with the result of a finished point; nothing for a sound one.
std::optional<std::string> result_problem(const nlohmann::json& result);

}  // namespace irc::explore
