// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/explore/point.h"
#include "irc/explore/store.h"

namespace irc::explore {

/// Progress of an experiment. It depends only on the experiment and on the content of the store, so it makes
/// no difference who evaluated the points, in what order, or how often the run was interrupted.
struct Plan {
  std::vector<Point>
      points;  ///< all points that the experiment has asked for so far, in its order, each id once
  std::vector<std::size_t>
      missing;  ///< indices of the points that are not in the store and have to be evaluated next
  std::vector<BadRecord> foreign;  ///< records of planned points that are of another configuration; the
                                   ///< points count as missing
  std::string stage;               ///< for people: "rung 1 of 2", "generation 3 of 10"

  /// Whether every point has been evaluated.
  bool complete() const { return missing.empty(); }
};

/// Computes the plan. The ladder's first rung takes all points of the design, or what the search asks for.
/// Each further rung takes the most promising share of the rung below once that rung is complete. A search is
/// replayed from its seed with the existing results, up to the first generation that lacks some.
Plan plan(const Experiment& experiment, PointMaker& maker, const Records& records);

}  // namespace irc::explore
