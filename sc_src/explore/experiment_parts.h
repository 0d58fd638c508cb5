// SPDX-License-Identifier: Apache-2.0
// Private to the reading of experiments.
#pragma once
#include <string>
#include <vector>

#include "irc/core/toml.h"
#include "irc/explore/experiment.h"

namespace irc::explore::detail {

/// The [[parameter]] tables. Throws InputError.
Space read_space(const TomlTable& root, const std::vector<std::string>& keys);

/// One entry of `constraints`, which stands at `where`. Throws InputError.
Constraint parse_constraint(const std::string& text, const SourceLocation& where);
/// Throws InputError where no result can meet all of them.
void check_constraints(const std::vector<Constraint>& constraints, const SourceLocation& where);

}  // namespace irc::explore::detail
