// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "irc/explore/plan.h"

namespace irc::explore {

/// Everything that a report shows, as one document (docs/exploration.md). Throws InputError where the store
/// has points, but none of this experiment and this version of irc.
nlohmann::json report_data(const Store& store, const Experiment& experiment);

/// The same from a plan and the records of its points. The document is equal for two equal explorations.
nlohmann::json report_data(const Experiment& experiment, const Plan& plan, const Records& records);

}  // namespace irc::explore
