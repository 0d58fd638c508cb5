// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/core/random.h"

namespace irc::scene {

/// Reads counter-based draws in order. Drawing one scene is sequential, but scenes are independent of each
/// other.
class Dice {
 public:
  explicit Dice(const CounterRandom& random) : random_(random) {}
  double uniform(double low, double high) { return low + (high - low) * random_.uniform(next_++); }
  int between(int low, int high) {
    return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1), next_++));
  }
  bool chance(double probability) { return random_.uniform(next_++) < probability; }

 private:
  CounterRandom random_;
  std::uint64_t next_ = 0;
};

}  // namespace irc::scene
