// SPDX-License-Identifier: Apache-2.0
// Pareto local search: tries the neighbours of the points on the front, which a population misses.
#include <algorithm>

#include "planner.h"

namespace irc::explore::detail {

namespace {

/// The assignment with the parameter's value replaced. Parameters that begin to count take their first value.
Assignment with(const Space& space, Assignment assignment, std::size_t parameter, const Value& value) {
  assignment[parameter] = value;
  for (std::size_t p = 0; p < assignment.size(); ++p) {
    if (!space.counts(p, assignment))
      assignment[p].reset();
    else if (!assignment[p])
      assignment[p] = space.parameters[p].at(0);
  }
  return assignment;
}

/// Assignments one step up or down in one listed parameter. Continuous parameters are left to the search.
std::vector<Assignment> neighbours(const Space& space, const Assignment& assignment) {
  std::vector<Assignment> out;
  for (std::size_t p = 0; p < assignment.size(); ++p) {
    const auto& values = space.parameters[p].values;
    if (!assignment[p] || values.empty()) continue;
    const auto at = std::find(values.begin(), values.end(), *assignment[p]);
    if (at != values.begin()) out.push_back(with(space, assignment, p, *std::prev(at)));
    if (std::next(at) != values.end()) out.push_back(with(space, assignment, p, *std::next(at)));
  }
  return out;
}

}  // namespace

void local_search(Planner& planner) {
  const auto& experiment = planner.experiment();
  const auto& strategy = experiment.strategy;
  while (planner.complete() && planner.size() < strategy.points) {
    const auto known = planner.rung(0);
    std::vector<Objectives> objectives;
    for (const auto& [assignment, outcome] : known) objectives.push_back(outcome.ranking());
    const auto room = std::min<std::size_t>(strategy.population, strategy.points - planner.size());
    planner.set_stage("neighbours of the front");
    const auto before = planner.size();
    const auto front = pareto_front(objectives).size();
    std::size_t member = 0;
    // by_promise returns the front first.
    for (const auto i : by_promise(objectives)) {
      if (member++ == front) break;
      for (const auto& next : neighbours(experiment.space, known[i].first))
        if (planner.size() - before < room) planner.ask(next, 0);
    }
    if (planner.size() == before) return;
  }
}

}  // namespace irc::explore::detail
