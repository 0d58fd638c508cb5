// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/core/random.h"

namespace irc::cosim {

/// How often a driver of pins holds back its handshake.
struct BackPressure {
  double probability = 0;  ///< probability of a stall per cycle and channel, from 0 (never) to below 1
  std::uint64_t seed = 0;  ///< names the draws
};

/// The five AXI channels.
enum class AxiChannel : unsigned {
  aw,  ///< write address
  w,   ///< write data
  b,   ///< write response
  ar,  ///< read address
  r    ///< read data
};

/// Draws which channels stall in each cycle. The draws depend only on the seed and the number of the draw.
class StallSource {
 public:
  /// Throws InputError when the probability is not in [0, 1).
  explicit StallSource(const BackPressure& back_pressure);

  /// Draws for the next cycle.
  void next_cycle();
  /// Whether a channel stalls in this cycle.
  bool stalled(AxiChannel channel) const { return (stalled_ >> static_cast<unsigned>(channel) & 1) != 0; }

 private:
  CounterRandom random_;
  std::uint64_t threshold_;  // in 1/4096
  std::uint64_t draws_ = 0;
  unsigned stalled_ = 0;
};

}  // namespace irc::cosim
