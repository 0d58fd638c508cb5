// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/cosim/lock_step.h"

namespace irc::tb {

class CosimBench;
using CommandLine = std::vector<std::string>;  ///< words of this program's command line

/// Prints where RTL and model differ, and how to look at it.
void report_difference(const CosimBench& bench, const CommandLine& command_line);

/// Runs this program again, which repeats the same simulation, and makes it write the waveforms around the
/// difference: <prefix>.rtl.vcd and <prefix>.model.vcd. Throws InputError where that does not work.
void write_waves(const cosim::Difference& difference, const std::string& prefix,
                 const CommandLine& command_line);

}  // namespace irc::tb
