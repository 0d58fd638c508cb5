// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "irc/explore/experiment.h"

namespace irc::explore {

/// What the word-line voltage does to a cell and a column, on the configuration that every point starts from:
/// the report's `tradeoff`, with the starting point's own voltage marked. The experiment's voltages are
/// taken, or nine between a range's ends. Null for an experiment that does not vary array.v_wl_v.
nlohmann::json trade_off(const Experiment& experiment);

}  // namespace irc::explore
