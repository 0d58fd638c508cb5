// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "irc/explore/plan.h"
#include "irc/explore/workers.h"

namespace irc::explore {

/// Watches an exploration; either may be empty.
struct Observer {
  std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)> progress;
  /// A rung or a generation has been completed.
  std::function<void(const Plan& plan, const Records& records)> stage_done;
};

/// Runs an experiment on this machine, as far as it is not in the store already, and stores each point as
/// soon as it is evaluated. Returns the complete plan. Throws InputError.
Plan explore(const Experiment& experiment, Store& store, const WorkerOptions& workers,
             const Observer& observer);

/// Evaluates those of the points that the store lacks. Returns false if `stopped` said so.
bool evaluate_into(Store& store, const std::vector<const Point*>& points, const WorkerOptions& workers,
                   const std::function<void()>& one_done, const std::function<bool()>& stopped);

/// Writes into the store which experiment it serves; read_stored_experiment reads it back.
void remember_experiment(Store& store, const Experiment& experiment);
Experiment read_stored_experiment(const Store& store);

}  // namespace irc::explore
