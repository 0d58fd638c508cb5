// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// Writes Chrome's JSON trace events, with one process each for the controller, the DMA, the digital unit and
/// each macro.
std::unique_ptr<Sink> make_perfetto_sink(OutputFile& file, const std::vector<std::string>& layers,
                                         std::size_t macros, Level level);

}  // namespace irc::trace
