// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/platform/config.h"

namespace irc::explore {

/// Every key that a configuration may set ("array.v_wl_v", "card.rram.hrs.r_ohm"), with its value in force.
std::map<std::string, nlohmann::json> configuration_values(const platform::RunConfig& config);
/// The keys alone, for a file or preset with settings applied to it. Throws InputError.
std::vector<std::string> configuration_keys(const std::string& config,
                                            const std::vector<std::string>& settings);

/// "; did you mean x?", or an empty string if no known word is near.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

/// Throws InputError, at `where`, unless `setting` is "key=value" with a known key.
void check_setting(const std::string& setting, const SourceLocation& where,
                   const std::vector<std::string>& keys);

/// Absolute path of the file `given`, looked up beside the file that names it. Returns `given` itself where
/// there is no such file, because it may name an embedded file.
std::string located_file(const SourceLocation& where, const std::string& given);

}  // namespace irc::explore
