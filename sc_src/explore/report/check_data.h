// SPDX-License-Identifier: Apache-2.0
// Checks the document that a report is made from.
#pragma once
#include <nlohmann/json.hpp>

namespace irc::explore {

/// Throws InputError, naming the place and the expectation there, unless `data` is a report document.
void check_report_data(const nlohmann::json& data);

}  // namespace irc::explore
