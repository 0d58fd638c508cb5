// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "irc/core/bits.h"
#include "irc/core/random.h"

using namespace irc;

TEST_CASE("copy_bits equals a bit-by-bit copy and touches nothing else") {
  const CounterRandom random(3, Stream::test);
  std::uint64_t draw = 0;
  for (int round = 0; round < 300; ++round) {
    BitMatrix source(1, 400), target(1, 400);
    for (std::size_t i = 0; i < 400; ++i) {
      source.set(0, i, random.below(2, draw++) != 0);
      target.set(0, i, random.below(2, draw++) != 0);
    }
    const std::size_t count = random.below(200, draw++), from = random.below(200, draw++),
                      to = random.below(200, draw++);
    BitMatrix expected = target;
    for (std::size_t i = 0; i < count; ++i) expected.set(0, to + i, source.get(0, from + i));
    copy_bits(source.row(0).data(), from, target.row(0).data(), to, count);
    CHECK(target == expected);
  }
}
