// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "irc/platform/chip_run.h"

namespace irc::platform {

/// The program that runs chips: PROGRAM run-chips FIRST COUNT --threads N calls work_on_chips.
struct ChipWorkers {
  std::string program;
  std::uint64_t threads = 0;  ///< of all workers together; 0: as many as the machine has processors
};

/// How many processes `run_in_workers` takes: no more than chips or threads.
std::uint64_t chip_workers(std::uint64_t chips, std::uint64_t threads);

/// The chips dealt out to so many workers in their order; the first get one more where it does not divide.
std::vector<ChipRange> chip_ranges(std::uint64_t chips, std::uint64_t workers);

/// The same as `run`, bit for bit, with the chips side by side in processes of their own. Without traces, as
/// those show one simulation. Throws InternalError where a worker fails or is killed, InputError where it
/// refuses its input, both with the chip; the other workers are then killed.
RunResult run_in_workers(const RunConfig& config, const Workload& workload, const Progress& progress,
                         const ChipWorkers& workers);

/// A worker's part.
/// \param job  file descriptor of what run_in_workers wrote
/// \param out  takes a frame for each picture and each chip, at once
/// Runs the simulation: once per process. Throws UsageError where `job` is no such file.
void work_on_chips(int job, ChipRange range, std::ostream& out);

}  // namespace irc::platform
