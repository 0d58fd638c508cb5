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

/// The meaning of a record for an experiment.
struct Outcome {
  /// State of a point.
  enum class Status {
    done,        ///< evaluated, and all constraints hold
    infeasible,  ///< evaluated, but a constraint does not hold
    failed       ///< no result
  };
  Status status = Status::failed;             ///< state of the point
  std::string error;                          ///< why the point failed
  std::vector<double> values;                 ///< in the order of Experiment::metrics; empty if failed
  std::vector<std::optional<double>> spread;  ///< standard deviation over chips, in the same order
  Objectives objectives;                      ///< in the order of Experiment::objectives(); smaller is better
  Objectives
      ranked;  ///< the same in the scale of the comparison: logarithms for quantities without an upper limit
  double violation = 0;  ///< sum over the constraints, relative to their bounds

  /// The objectives by which points are ranked. An infeasible point is worse than any feasible one, and worse
  /// the more it violates; a failed point is worse than all.
  Objectives ranking() const;
};

/// The outcome of a record. A record without a metric that the experiment asks for counts as failed.
Outcome outcome_of(const Experiment& experiment, const Record& record);

/// Name of a status: "done", "infeasible" or "failed".
std::string_view status_name(Outcome::Status status);

/// Indices of the feasible outcomes that no other outcome dominates. Only those with `eligible` true take
/// part.
std::vector<std::size_t> front_of(std::span<const Outcome> outcomes, const std::vector<bool>& eligible);

}  // namespace irc::explore
