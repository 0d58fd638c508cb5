// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "irc/explore/store.h"

namespace irc::explore {

struct Experiment;

/// Everything a report shows, as one document; docs/exploration.md describes it.
nlohmann::json report_data(const Store& store, const Experiment& experiment);

}  // namespace irc::explore
