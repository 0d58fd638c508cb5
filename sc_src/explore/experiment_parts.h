// SPDX-License-Identifier: Apache-2.0
// Private to the code that reads experiments.
#pragma once
#include <string>
#include <vector>

#include "irc/core/toml.h"
#include "irc/explore/experiment.h"

namespace irc::explore::detail {

/// Reads the [[parameter]] tables. Throws InputError.
Space read_space(const TomlTable& root, const std::vector<std::string>& keys);

/// Parses one entry of `constraints`, located at `where`. Throws InputError.
Constraint parse_constraint(const std::string& text, const SourceLocation& where);
/// Throws InputError where no result can meet all constraints.
void check_constraints(const std::vector<Constraint>& constraints, const SourceLocation& where);

}  // namespace irc::explore::detail
