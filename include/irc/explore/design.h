// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/explore/experiment.h"

namespace irc::explore {

/// The points of a grid, random, lhs or sobol experiment, in a fixed order, none twice. A pure function of
/// the experiment and its seed. Empty for nsga2, whose points depend on results.
std::vector<Assignment> design(const Experiment& experiment);

}  // namespace irc::explore
