// SPDX-License-Identifier: Apache-2.0
// Private to the reading of experiments.
#pragma once
#include <string>
#include <vector>

#include "irc/core/toml.h"
#include "irc/explore/experiment.h"

namespace irc::explore::detail {

/// Every key a configuration may set ("array.v_wl_v"), from one that is in force.
std::vector<std::string> configuration_keys(const std::string& config,
                                            const std::vector<std::string>& settings);

/// "; did you mean x?" or nothing.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

/// The [[parameter]] tables. Throws InputError.
Space read_space(const TomlTable& root, const std::vector<std::string>& keys);

/// One entry of `constraints`, which stands at `where`. Throws InputError.
Constraint parse_constraint(const std::string& text, const SourceLocation& where);
/// Throws InputError where no result can meet all of them.
void check_constraints(const std::vector<Constraint>& constraints, const SourceLocation& where);

/// Throws InputError, at `where`, unless `setting` is "key=value" with a known key.
void check_setting(const std::string& setting, const SourceLocation& where,
                   const std::vector<std::string>& keys);

}  // namespace irc::explore::detail
