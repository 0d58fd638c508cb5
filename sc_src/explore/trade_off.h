// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "irc/explore/experiment.h"

namespace irc::explore {

/// Effect of the word-line voltage on a cell and a column, for the configuration that every point starts
/// from. This is the report's `tradeoff`, with the starting point's own voltage marked. It uses the
/// experiment's voltages, or nine voltages between the ends of a range. Null for an experiment that does not
/// vary array.v_wl_v.
nlohmann::json trade_off(const Experiment& experiment);

}  // namespace irc::explore
