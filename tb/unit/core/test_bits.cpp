// SPDX-License-Identifier: Apache-2.0

#include "support/catch.h"

#include <algorithm>

#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/core/instruction_set.h"
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

TEST_CASE("instruction sets of this machine are among those compiled in") {
  const auto compiled = compiled_instruction_sets();
  for (const auto& set : instruction_sets()) {
    INFO(set);
    CHECK(std::count(compiled.begin(), compiled.end(), set) == 1);
  }
}

TEST_CASE("bits are counted and set, on every instruction set") {
  const CounterRandom random(3, Stream::test);
  std::vector<std::uint64_t> a, b;
  for (std::uint64_t i = 0; i < 41; ++i) a.push_back(random.bits(2 * i)), b.push_back(random.bits(2 * i + 1));
  for (const auto& set : instruction_sets()) {
    limit_instruction_set(set);
    INFO(set);
    for (std::size_t n = 0; n <= a.size(); ++n) {
      std::uint64_t ones = 0, different = 0;
      for (std::size_t bit = 0; bit < 64 * n; ++bit) {
        const auto x = (a[bit / 64] >> (bit % 64)) & 1, y = (b[bit / 64] >> (bit % 64)) & 1;
        ones += x;
        different += x != y;
      }
      CHECK(count_ones(std::span(a).first(n)) == ones);
      CHECK(count_differences(std::span(a).first(n), b.data()) == different);
      CHECK(count_bits(a.data(), 0, 64 * n) == ones);
    }
  }
  limit_instruction_set({});
  for (const std::size_t begin : {0, 1, 63, 64, 70})
    for (const std::size_t end : {70, 127, 128, 192}) {
      std::vector<std::uint64_t> words(3, 0);
      set_bits(words.data(), begin, end);
      CHECK(count_bits(words.data(), begin, end) == end - begin);
      CHECK(count_ones(words) == end - begin);
    }
}

TEST_CASE("an instruction set that the machine does not know is refused, and limits can be lifted") {
  const auto sets = instruction_sets();
  REQUIRE_FALSE(sets.empty());
  limit_instruction_set(sets.back());
  if (sets.size() > 1) CHECK_FALSE(matrix_tiles());
  CHECK_THROWS_AS(limit_instruction_set("mmx"), InputError);
  CHECK_THROWS_WITH(limit_instruction_set("mmx"), Catch::Matchers::ContainsSubstring("'mmx'") &&
                                                      Catch::Matchers::ContainsSubstring(sets.front()));
  limit_instruction_set({});
  CHECK(matrix_tiles() == (sets.front() == "amx"));
  CHECK(instruction_sets() == sets);
}
