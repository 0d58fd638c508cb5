// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "irc/explore/point.h"
#include "irc/explore/store.h"

namespace irc::explore {

/// How points are evaluated on this machine. SystemC elaborates once per process, so each point has a process
/// of its own: PROGRAM explore worker, configuration on standard input, result on standard output.
struct WorkerOptions {
  std::string program;             ///< the irc program
  std::uint64_t workers = 0;       ///< processes at once; 0: as many as the machine has processors
  std::uint64_t threads = 0;       ///< of all workers together; 0: as many as the machine has processors
  std::uint64_t memory_bytes = 0;  ///< of all workers together; 0: nine tenths of what is free at the start
};

/// What a worker prints for a finished point.
/// \param config_toml  a resolved configuration
/// Runs the simulation: once per process.
std::string work(const std::string& config_toml, std::uint64_t threads);

/// Evaluates the points, in their order as far as workers are free, and hands each record over as soon as it
/// is there, in the calling thread. A point fails where its configuration is wrong, the worker reports an
/// error, or a signal ends the worker twice. \param skip     asked before a point is started; true leaves it
/// out \param stopped  asked now and then; true kills the workers and returns Returns false if it was
/// stopped. Throws InputError where no worker can be started.
bool evaluate(const std::vector<const Point*>& points, const WorkerOptions& options,
              const std::function<void(const Point&, const Record&)>& done,
              const std::function<bool(const Point&)>& skip, const std::function<bool()>& stopped);

/// Bytes a process may still take: free memory of the machine, or less where a control group limits it.
std::uint64_t available_memory();

/// How many workers fit: at least one, at most `wanted`.
/// \param each  memory of one worker
std::uint64_t worker_limit(std::uint64_t wanted, std::uint64_t budget_bytes, std::uint64_t each_bytes);

}  // namespace irc::explore
