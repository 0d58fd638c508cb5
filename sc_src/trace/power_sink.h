// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// A table of about 2 GB.
inline constexpr std::int64_t most_power_rows = 10'000'000;

/// Writes power.csv: mean and peak power and energy by component, window by window without gaps. The energy
/// of an operation is spread evenly over its own time, a command's own energy over the command. The first
/// window begins at the begin of `traced`, and nothing outside `traced` is shown. A profile that needs more
/// than `most_rows` windows fails its file as soon as that is known: the width is most likely a mistake, and
/// the table would take hours and fill the disk.
std::unique_ptr<Sink> make_power_sink(OutputFile& file, const Window& traced, Picoseconds width_ps,
                                      std::int64_t most_rows = most_power_rows);

}  // namespace irc::trace
