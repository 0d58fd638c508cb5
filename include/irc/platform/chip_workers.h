// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "irc/platform/chip_run.h"

namespace irc::platform {

/// The program that runs chips. `PROGRAM run-chips FIRST COUNT --threads N` calls work_on_chips.
struct ChipWorkers {
  std::string program;        ///< path of the program
  std::uint64_t threads = 0;  ///< of all workers together; 0: as many as the machine has processors
};

/// Number of processes that `run_in_workers` starts: at most one per chip and one per thread.
std::uint64_t chip_workers(std::uint64_t chips, std::uint64_t threads);

/// Divides the chips among the workers in order. The first workers get one chip more where it does not
/// divide.
std::vector<ChipRange> chip_ranges(std::uint64_t chips, std::uint64_t workers);

/// Gives the same result as `run`, bit for bit, but runs the chips side by side in processes of their own. It
/// writes no traces, because a trace shows a single simulation. Throws InternalError where a worker fails or
/// is killed, and InputError where a worker refuses its input; both name the chip. The other workers are then
/// killed.
RunResult run_in_workers(const RunConfig& config, const Workload& workload, const Progress& progress,
                         const ChipWorkers& workers);

/// The part of one worker. `job` is the descriptor of the file that run_in_workers wrote. `out` receives a
/// frame for each image and each chip, without delay. Runs the simulation, so call it once per process.
/// Throws UsageError where `job` is no such file.
void work_on_chips(int job, ChipRange range, std::ostream& out);

}  // namespace irc::platform
