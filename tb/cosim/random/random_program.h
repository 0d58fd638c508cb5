// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/mapping/geometry.h"
#include "irc/mapping/timing.h"

namespace irc::tb {

/// The accelerator for which random programs are made.
struct RandomTarget {
  mapping::Geometry geometry;
  mapping::Timing timing;
  std::uint64_t memory_bytes = 0;
  double back_pressure_max = 0.7;
};

/// One program with its memory. It depends only on seed and number.
struct RandomCase {
  std::uint64_t seed = 0, number = 0;
  mapping::Segment memory;
  std::uint64_t program_address = 0;
  std::uint32_t picture = 0;
  double back_pressure = 0;
  bool register_traffic = false;  ///< whether the host accesses registers while the program runs
  std::string flaw;  ///< what is wrong with the program, for people; empty: it must run to its end
  std::vector<std::string> words;  ///< a line per command and tile
};

/// The program with this seed and number. docs/registers.md defines all that it does; for a program with a
/// flaw, up to the error. It reads only buffer contents that it has written. Its tile numbers differ from
/// those of other cases.
RandomCase random_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number);

}  // namespace irc::tb
