// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// A table: one row per entry that carries energy, so a column of energies adds up to the ledger's.
std::unique_ptr<Sink> make_csv_sink(OutputFile& file, const std::vector<std::string>& layers);

/// "0.000019605000": seconds with every picosecond.
void print_seconds(OutputFile& file, Picoseconds time_ps);

/// The name of an event's kind, or of a phase.
std::string_view name(EventKind kind);
std::string_view name(Phase phase);

}  // namespace irc::trace
