// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/explore/outcome.h"
#include "irc/explore/plan.h"

namespace irc::explore {

/// One point with what came of it.
struct Row {
  const Point* point = nullptr;
  Outcome outcome;
  bool on_front = false;
};

/// The plan's evaluated points in its order. The front is drawn from the highest rung that has any: values of
/// different fidelity must not compete.
std::vector<Row> rows_of(const Experiment& experiment, const Plan& plan, const Records& records);

/// The front as a table for people, at most `most` lines.
std::string front_text(const Experiment& experiment, const std::vector<Row>& rows, std::size_t most);

}  // namespace irc::explore
