// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// power.csv: mean and peak power and energy by component, window by window without gaps. The energy of an
/// operation is spread evenly over its own time, a command's own energy over the command.
/// \param traced  its begin is where a window begins; nothing outside of it is shown
std::unique_ptr<Sink> make_power_sink(OutputFile& file, const Window& traced, Picoseconds width_ps);

}  // namespace irc::trace
