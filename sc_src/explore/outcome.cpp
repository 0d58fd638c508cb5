// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/outcome.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "irc/core/json.h"
#include "irc/core/random.h"

namespace irc::explore {

namespace {

// Larger than every objective, in SI units, that a run can have.
constexpr double infeasible_floor = 1e30;
constexpr double failed_value = 1e60;

double relative_violation(const Constraint& constraint, double value) {
  const double scale = std::abs(constraint.bound);
  return constraint.violation(value) / (scale > 0 ? scale : 1.0);
}

/// Rescales an objective without changing which point is better. Quantities without an upper limit (times,
/// energies, areas) are compared by ratio, so that one slow point does not make all fast points look alike.
double spaced(const Metric& metric, double objective) {
  if (metric.low < 0 || metric.high <= 1) return objective;
  const double size = exact_log(std::max(std::abs(objective), 1e-300));
  return objective < 0 ? -size : size;
}

}  // namespace

Objectives Outcome::ranking() const {
  if (status == Status::done) return ranked;
  const double value = status == Status::failed ? failed_value : infeasible_floor * (1 + violation);
  return Objectives(std::max<std::size_t>(objectives.size(), 1), value);
}

Outcome outcome_of(const Experiment& experiment, const Record& record) {
  Outcome out;
  // A failed point also has one entry per objective.
  out.objectives.assign(experiment.objectives().size(), 0.0);
  if (record.status == Record::Status::failed) {
    out.error = record.error;
    return out;
  }
  try {
    const auto result = parse_json(record.result, "result");
    std::size_t objective = 0;
    for (const auto& [metric, goal] : experiment.metrics) {
      const double value = metric_value(metric, result, experiment.yield_drop);
      out.values.push_back(value);
      out.spread.push_back(metric_spread(metric, result));
      if (goal == Goal::none) continue;
      out.objectives[objective] = goal == Goal::max ? -value : value;
      out.ranked.push_back(spaced(metric, out.objectives[objective++]));
    }
    for (const auto& constraint : experiment.constraints)
      out.violation +=
          relative_violation(constraint, metric_value(constraint.metric, result, experiment.yield_drop));
    out.status = out.violation > 0 ? Outcome::Status::infeasible : Outcome::Status::done;
  } catch (const InputError& error) {
    out.values.clear();
    out.spread.clear();
    out.error = error.what();
  }
  return out;
}

std::string_view status_name(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::done:
      return "done";
    case Outcome::Status::infeasible:
      return "infeasible";
    default:
      return "failed";
  }
}

std::vector<std::size_t> front_of(std::span<const Outcome> outcomes, const std::vector<bool>& eligible) {
  std::vector<std::size_t> members;
  std::vector<Objectives> objectives;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!eligible[i] || outcomes[i].status != Outcome::Status::done || outcomes[i].objectives.empty())
      continue;
    members.push_back(i);
    objectives.push_back(outcomes[i].objectives);
  }
  std::vector<std::size_t> front;
  for (const auto i : pareto_front(objectives)) front.push_back(members[i]);
  return front;
}

}  // namespace irc::explore
