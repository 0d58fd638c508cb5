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

/// The plan of an experiment for what a store holds.
struct PlannedStore {
  Records records;  ///< the store's sound records
  Plan plan;        ///< the plan for them
};
/// Plans an experiment for a store. Store::bad lists the records that could not be used.
PlannedStore plan_for(const Store& store, const Experiment& experiment, PointMaker& maker);

/// Whether the store has a sound record of a point that is of the point's configuration.
bool is_known(const Store& store, const Point& point);
/// Stores the record of a point, in place of one that is_known does not accept.
void keep(Store& store, const Point& point, const Record& record);

/// Evaluates the points that the store lacks. Returns false if `stopped` returned true.
bool evaluate_into(Store& store, const std::vector<const Point*>& points, const WorkerOptions& workers,
                   const std::function<void()>& one_done, const std::function<bool()>& stopped);

/// Records in the store which experiment it belongs to.
void remember_experiment(Store& store, const Experiment& experiment);
/// The experiment that remember_experiment wrote. Throws InputError where there is none.
Experiment read_stored_experiment(const Store& store);

}  // namespace irc::explore
