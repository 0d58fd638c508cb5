// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/platform/config.h"

namespace irc::explore {

/// Every key a configuration may set ("array.v_wl_v", "card.rram.hrs.r_ohm"), with its value in force.
std::map<std::string, nlohmann::json> configuration_values(const platform::RunConfig& config);
/// The keys alone, of a file or preset with settings on top of it.
std::vector<std::string> configuration_keys(const std::string& config,
                                            const std::vector<std::string>& settings);

/// "; did you mean x?" or nothing.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

/// Throws InputError, at `where`, unless `setting` is "key=value" with a known key.
void check_setting(const std::string& setting, const SourceLocation& where,
                   const std::vector<std::string>& keys);

/// The file `given` beside the file in which it stands, as an absolute path; `given` itself where there is
/// none: the name of one that travels inside the program.
std::string located_file(const SourceLocation& where, const std::string& given);

}  // namespace irc::explore
