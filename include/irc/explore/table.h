// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/explore/outcome.h"
#include "irc/explore/plan.h"

namespace irc::explore {

/// One point with its outcome.
struct Row {
  const Point* point = nullptr;  ///< the point, owned by the plan
  Outcome outcome;               ///< its outcome
  bool on_front = false;         ///< whether it is on the front
};

/// The plan's evaluated points in its order. The front is taken from the highest rung that has points,
/// because values of different fidelity cannot be compared.
std::vector<Row> rows_of(const Experiment& experiment, const Plan& plan, const Records& records);

/// The front as a table for people, with at most `most` lines.
std::string front_text(const Experiment& experiment, const std::vector<Row>& rows, std::size_t most);

}  // namespace irc::explore
