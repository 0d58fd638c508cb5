// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "irc/mapping/compiler.h"
#include "irc/mapping/geometry.h"
#include "irc/mapping/timing.h"

namespace irc::tb {

/// What random programs are made for.
struct RandomTarget {
  mapping::Geometry geometry;
  mapping::Timing timing;
  std::uint64_t memory_bytes = 0;
  double back_pressure_max = 0.7;
};

/// One program with the memory it needs, as a function of seed and number alone.
struct RandomCase {
  std::uint64_t seed = 0, number = 0;
  mapping::Segment memory;
  std::uint64_t program_address = 0;
  std::uint32_t picture = 0;
  double back_pressure = 0;
  bool register_traffic = false;   ///< the host reads and writes registers while the program runs
  std::string flaw;                ///< what is wrong with it, for people; empty: it must run to its end
  std::vector<std::string> words;  ///< a line per command and tile
};

/// The program of this name. What it does is defined (docs/registers.md), for a program with a flaw up to the
/// error; buffer contents that it reads it has written before. Tile numbers are unlike those of other cases.
RandomCase random_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number);

}  // namespace irc::tb
