// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "irc/explore/experiment.h"
#include "irc/explore/pareto.h"
#include "irc/explore/store.h"

namespace irc::explore {

/// What a record means to an experiment.
struct Outcome {
  enum class Status { done, infeasible, failed };
  Status status = Status::failed;
  std::string error;                          ///< of a failed point
  std::vector<double> values;                 ///< in the order of Experiment::metrics; empty if failed
  std::vector<std::optional<double>> spread;  ///< over chips, likewise
  Objectives objectives;                      ///< in the order of Experiment::objectives(), smaller is better
  Objectives ranked;                          ///< the same, spaced as they are compared
  double violation = 0;                       ///< of the constraints, relative to their bounds, summed

  /// Objectives by which points are ranked: an infeasible point is worse than any feasible one, the more the
  /// farther off; a failed one worse than all.
  Objectives ranking() const;
};

/// A record without a metric the experiment asks for counts as failed.
Outcome outcome_of(const Experiment& experiment, const Record& record);

std::string_view status_name(Outcome::Status status);

/// Indices of the feasible outcomes that no other dominates; `eligible` says which take part.
std::vector<std::size_t> front_of(std::span<const Outcome> outcomes, const std::vector<bool>& eligible);

}  // namespace irc::explore
