// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "irc/cosim/lock_step.h"

namespace irc::tb {

class CosimBench;
using CommandLine = std::vector<std::string>;  ///< of this program

/// Says on the standard output where RTL and model differ, and how to look at it.
void report_difference(const CosimBench& bench, const CommandLine& command_line);

/// Runs this program once more, which does the same again, and has it write the waveforms around the
/// difference: <prefix>.rtl.vcd and <prefix>.model.vcd. Throws InputError where that does not work.
void write_waves(const cosim::Difference& difference, const std::string& prefix,
                 const CommandLine& command_line);

}  // namespace irc::tb
