// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "irc/explore/experiment.h"

namespace irc::explore {

/// The points of a grid, random, lhs or sobol experiment, in a fixed order and without duplicates. They
/// depend on the experiment and its seed only. Empty for nsga2, whose points depend on results.
std::vector<Assignment> design(const Experiment& experiment);

/// The same points as coordinates in [0, 1), one for each parameter. Several coordinates may give the same
/// point.
std::vector<std::vector<double>> sample(const Experiment& experiment);

}  // namespace irc::explore
