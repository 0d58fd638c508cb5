// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/plan.h"

#include <cmath>

#include "irc/explore/design.h"
#include "planner.h"

namespace irc::explore {

namespace detail {

const Outcome* Planner::ask(const Assignment& assignment, std::size_t rung) {
  const auto [known, fresh] = ids_.try_emplace({rung, assignment});
  if (fresh) {
    auto point = maker_.make(assignment, rung);
    known->second = point.id;
    if (planned_.insert(point.id).second) {
      const auto record = records_.find(point.id);
      const bool found = record != records_.end();
      const auto problem = found ? foreign_record(point, record->second) : std::nullopt;
      if (problem) plan_.foreign.push_back({point.id, *problem});
      if (found && !problem)
        outcomes_.emplace(point.id, outcome_of(experiment_, record->second));
      else
        plan_.missing.push_back(plan_.points.size());
      plan_.points.push_back(std::move(point));
    }
  }
  const auto outcome = outcomes_.find(known->second);
  return outcome == outcomes_.end() ? nullptr : &outcome->second;
}

std::vector<std::pair<Assignment, Outcome>> Planner::rung(std::size_t rung) const {
  std::vector<std::pair<Assignment, Outcome>> out;
  for (const auto& point : plan_.points)
    if (point.rung == rung) out.emplace_back(point.assignment, outcomes_.at(point.id));
  return out;
}

namespace {

/// The share of the rung below that is promoted. Failed points are left out.
std::vector<Assignment> promoted(const Planner& planner, std::size_t rung) {
  std::vector<Assignment> candidates;
  std::vector<Objectives> objectives;
  for (const auto& [assignment, outcome] : planner.rung(rung - 1)) {
    if (outcome.status == Outcome::Status::failed) continue;
    candidates.push_back(assignment);
    objectives.push_back(outcome.ranking());
  }
  const double share = planner.experiment().ladder[rung].keep;
  // The factor keeps a rounding error of the product from adding a point.
  const auto count =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(candidates.size()) * (1 - 1e-12)));
  std::vector<Assignment> out;
  for (const auto i : by_promise(objectives))
    if (out.size() < count) out.push_back(candidates[i]);
  return out;
}

void climb(Planner& planner) {
  const auto rungs = planner.experiment().ladder.size();
  for (std::size_t rung = 1; rung < rungs && planner.complete(); ++rung) {
    planner.set_stage("rung " + std::to_string(rung + 1) + " of " + std::to_string(rungs));
    for (const auto& assignment : promoted(planner, rung)) planner.ask(assignment, rung);
  }
}

}  // namespace
}  // namespace detail

Plan plan(const Experiment& experiment, PointMaker& maker, const Records& records) {
  detail::Planner planner(experiment, maker, records);
  const auto rungs = experiment.ladder.size();
  if (experiment.strategy.kind == StrategyKind::nsga2) {
    detail::replay_nsga2(planner);
    detail::local_search(planner);
  } else {
    planner.set_stage(rungs == 1 ? "points" : "rung 1 of " + std::to_string(rungs));
    for (const auto& assignment : design(experiment)) planner.ask(assignment, 0);
  }
  detail::climb(planner);
  return std::move(planner).take();
}

}  // namespace irc::explore
