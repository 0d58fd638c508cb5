// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "output_file.h"
#include "record.h"

namespace irc::trace {

/// Writes signals per macro, of the controller, of the digital unit and of the DMA; traces/README.md lists
/// them.
std::unique_ptr<Sink> make_vcd_sink(OutputFile& file, const std::vector<std::string>& layers,
                                    std::size_t macros, const Window& window, Level level);

}  // namespace irc::trace
