// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/core/random.h"

namespace irc::cosim {

/// How often a driver of pins holds back.
struct BackPressure {
  double probability = 0;  ///< chance per cycle and channel that it stalls, 0 (never) to below 1
  std::uint64_t seed = 0;  ///< name of the draws
};

/// The five AXI channels.
enum class AxiChannel : unsigned { aw, w, b, ar, r };

/// Draws per cycle which channels stall: a function of the seed and the number of the draw only.
class StallSource {
 public:
  /// Throws InputError when the probability is not in [0, 1).
  explicit StallSource(const BackPressure& back_pressure);

  void next_cycle();
  bool stalled(AxiChannel channel) const { return (stalled_ >> static_cast<unsigned>(channel) & 1) != 0; }

 private:
  CounterRandom random_;
  std::uint64_t threshold_;  // in 1/4096
  std::uint64_t draws_ = 0;
  unsigned stalled_ = 0;
};

}  // namespace irc::cosim
