// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/mapping/geometry.h"
#include "irc/model/host_driver.h"

namespace irc::tb {

/// A few short command programs, written by hand for variants/mutant.toml, that use every part of the
/// controller: row pieces and row groups, column multiplexing, streamed maps at odd addresses, bursts at 4
/// KiB, each kind of layer, and commands that are refused. Each command has its own layer number.
struct DirectedProgram {
  struct Run {
    std::string name;
    std::uint64_t address = 0;
    mapping::CommandError ends_with = mapping::CommandError::none;
  };
  std::vector<mapping::Segment> segments;
  std::vector<Run> runs;
};

/// Throws InputError where the geometry is smaller than that of variants/mutant.toml.
DirectedProgram directed_program(const mapping::Geometry& geometry, std::uint64_t memory_bytes);

/// Runs the programs one after the other and reads the registers at each interrupt. Throws HostError where
/// one does not end as expected.
void run_directed(model::HostBus& bus, const DirectedProgram& program, std::uint64_t memory,
                  std::uint64_t csr);

}  // namespace irc::tb
