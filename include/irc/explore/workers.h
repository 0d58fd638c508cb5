// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "irc/explore/point.h"
#include "irc/explore/store.h"

namespace irc::explore {

/// How points are evaluated on this machine. SystemC elaborates once per process, so each point has its own
/// process: PROGRAM explore worker, with the configuration on standard input and the result on standard
/// output.
struct WorkerOptions {
  std::string program;        ///< path of the irc program
  std::uint64_t workers = 0;  ///< processes at the same time; 0: as many as the machine has processors
  std::uint64_t threads = 0;  ///< of all workers together; 0: as many as the machine has processors
  std::uint64_t memory_bytes =
      0;  ///< of all workers together; 0: nine tenths of the free memory at the start
};

/// Exit code of a worker that could not write its result. The point is then tried once more, and never
/// recorded as failed, because the machine is at fault and not the point.
inline constexpr int mute_exit_code = 74;

/// Evaluates a resolved configuration and returns what a worker prints for a finished point. Runs the
/// simulation, so call it once per process. Throws InputError.
std::string work(const std::string& config_toml, std::uint64_t threads);

/// Evaluates the points in order as workers become free. `done` receives each record as soon as it is there,
/// in the calling thread. A point fails where its configuration is wrong, the worker reports an error or
/// gives an answer that record_check refuses, or a signal ends the worker twice. `skip` is asked before a
/// point is started; true leaves the point out. `stopped` is asked regularly; true kills the workers and
/// returns. Returns false if it was stopped. Throws InputError where no worker can be started or a worker
/// cannot hand over its result.
bool evaluate(const std::vector<const Point*>& points, const WorkerOptions& options,
              const std::function<void(const Point&, const Record&)>& done,
              const std::function<bool(const Point&)>& skip, const std::function<bool()>& stopped);

/// Bytes that a process may still take: free memory of the machine, or less where a control group limits it.
std::uint64_t available_memory();

/// Number of workers that fit into the memory: at least one, at most `wanted`. `each_bytes` is the memory of
/// one worker.
std::uint64_t worker_limit(std::uint64_t wanted, std::uint64_t budget_bytes, std::uint64_t each_bytes);

}  // namespace irc::explore
