// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// Writes a table with one row per entry that carries energy, so a column of energies adds up to the
/// ledger's.
std::unique_ptr<Sink> make_csv_sink(OutputFile& file, const std::vector<std::string>& layers);

/// Seconds with every picosecond, such as "0.000019605000".
void print_seconds(OutputFile& file, Picoseconds time_ps);

/// Name of an event's kind.
std::string_view name(EventKind kind);
/// Name of a phase.
std::string_view name(Phase phase);

}  // namespace irc::trace
