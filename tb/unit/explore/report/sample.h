// SPDX-License-Identifier: Apache-2.0
// A report document with invented points for the tests: plausible in shape, synthetic in every number.
#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace irc::explore::test {

/// Text that would run, load or break something if the page treated it as markup.
std::string hostile_text();

/// `hostile`: every text that comes from people or programs becomes hostile_text().
nlohmann::json sample(std::size_t points, bool hostile = false);

}  // namespace irc::explore::test
