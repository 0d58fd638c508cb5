// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/explore/point.h"
#include "irc/explore/store.h"

namespace irc::explore {

/// How far an experiment is: a pure function of the experiment and of what is in the store. So it makes no
/// difference who evaluated the points, in what order, or how often the run was broken off.
struct Plan {
  std::vector<Point> points;         ///< all the experiment has asked for so far, in its order, no id twice
  std::vector<std::size_t> missing;  ///< indices of those that are not in the store: what to evaluate next
  std::string stage;                 ///< for people: "rung 1 of 2", "generation 3 of 10"

  bool complete() const { return missing.empty(); }
};

/// The ladder's first rung takes all points of the design, or what the search asks for; each further rung the
/// most promising share of the rung below, once that is complete. A search is replayed from its seed with the
/// results that are there, up to the first generation that lacks some.
Plan plan(const Experiment& experiment, PointMaker& maker, const Records& records);

}  // namespace irc::explore
