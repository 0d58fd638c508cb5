// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "irc/core/random.h"

namespace irc::tb::random {

/// Successive draws from a named stream.
class Draws {
 public:
  explicit Draws(const CounterRandom& random) : random_(random) {}
  std::uint64_t below(std::uint64_t n) { return random_.below(n, next_++); }
  int range(int from, int to) {
    return from + static_cast<int>(below(static_cast<std::uint64_t>(to - from + 1)));
  }
  bool chance(double probability) { return random_.uniform(next_++) < probability; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }
  template <typename T>
  const T& of(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  CounterRandom random_;
  std::uint64_t next_ = 0;
};

/// Thrown when draws lead nowhere; the next attempt uses others.
struct Unlucky {};

}  // namespace irc::tb::random
