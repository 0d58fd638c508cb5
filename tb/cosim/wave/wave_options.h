// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <string>

namespace irc::tb {

struct WaveOptions {
  std::string path;  ///< empty: no waveform
  std::uint64_t from_cycle = 0;
  std::uint64_t to_cycle = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace irc::tb
