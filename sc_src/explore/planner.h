// SPDX-License-Identifier: Apache-2.0
// Private to the exploration: collects points and records which are missing.
#pragma once
#include <set>

#include "irc/explore/outcome.h"
#include "irc/explore/plan.h"

namespace irc::explore::detail {

class Planner {
 public:
  Planner(const Experiment& experiment, PointMaker& maker, const Records& records)
      : experiment_(experiment), maker_(maker), records_(records) {}

  const Experiment& experiment() const { return experiment_; }

  /// Asks for a point. Returns its outcome, or nullptr where it is missing.
  const Outcome* ask(const Assignment& assignment, std::size_t rung);
  bool complete() const { return plan_.missing.empty(); }
  std::size_t size() const { return plan_.points.size(); }
  void set_stage(std::string stage) { plan_.stage = std::move(stage); }
  /// Points requested on a rung, in order and without duplicates, with their outcomes. None may be missing.
  std::vector<std::pair<Assignment, Outcome>> rung(std::size_t rung) const;
  Plan take() && { return std::move(plan_); }

 private:
  const Experiment& experiment_;
  PointMaker& maker_;
  const Records& records_;
  Plan plan_;
  std::map<std::pair<std::size_t, Assignment>, std::string> ids_;
  std::set<std::string> planned_;
  std::map<std::string, Outcome> outcomes_;
};

/// Replays NSGA-II on the first rung until it has finished or a generation is incomplete.
void replay_nsga2(Planner& planner);

/// Asks for the neighbours of the front, a population at a time, until the front has none left or the
/// experiment's number of points is reached. It runs after replay_nsga2.
void local_search(Planner& planner);

}  // namespace irc::explore::detail
