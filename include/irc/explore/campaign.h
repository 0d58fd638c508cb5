// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "irc/explore/plan.h"
#include "irc/explore/workers.h"

namespace irc::explore {

/// Callbacks of an exploration. Either may be empty.
struct Observer {
  /// What is under way, how much is done, how much there is.
  std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)> progress;
  /// Called when a rung or a generation has been completed.
  std::function<void(const Plan& plan, const Records& records)> stage_done;
};

/// Runs the part of an experiment that is not in the store yet on this machine, and stores each point as soon
/// as it is evaluated. Returns the complete plan. Throws InputError.
Plan explore(const Experiment& experiment, Store& store, const WorkerOptions& workers,
             const Observer& observer);

/// Evaluates the points that the store lacks. Returns false if `stopped` returned true.
bool evaluate_into(Store& store, const std::vector<const Point*>& points, const WorkerOptions& workers,
                   const std::function<void()>& one_done, const std::function<bool()>& stopped);

/// Records in the store which experiment it belongs to.
void remember_experiment(Store& store, const Experiment& experiment);
/// The experiment that remember_experiment wrote. Throws InputError where there is none.
Experiment read_stored_experiment(const Store& store);

}  // namespace irc::explore
