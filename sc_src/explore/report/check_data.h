// SPDX-License-Identifier: Apache-2.0
// What the report asks of the document it is given.
#pragma once
#include <nlohmann/json.hpp>

namespace irc::explore {

/// Throws InputError, naming the place and what was expected there, unless `data` is a report document.
void check_report_data(const nlohmann::json& data);

}  // namespace irc::explore
