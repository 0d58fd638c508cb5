// SPDX-License-Identifier: Apache-2.0
// Tests the comparison of two sides, observation by observation: agreement, differences, and observations
// that are not compared.
#include "support/catch.h"

#include "irc/cosim/lock_step.h"

namespace {

using irc::cosim::LockStep;
using irc::cosim::Observation;
using Side = LockStep::Side;

Observation seen(std::uint64_t cycle, std::uint64_t value, std::vector<std::uint64_t> bits = {}) {
  return {{{"start", cycle, true}, {"tile", value}}, std::move(bits)};
}

}  // namespace

TEST_CASE("Either side may be first, streams are on their own") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, seen(1, 2));
  lock_step.observe("a", Side::rtl, seen(3, 4));
  lock_step.observe("b", Side::model, seen(5, 6));
  lock_step.observe("a", Side::model, seen(1, 2));
  lock_step.observe("b", Side::rtl, seen(5, 6));
  lock_step.observe("a", Side::model, seen(3, 4));
  lock_step.finish();
  CHECK_FALSE(lock_step.difference());
  CHECK(lock_step.agreed().at("a") == 2);
  CHECK(lock_step.agreed().at("b") == 1);
  CHECK(lock_step.observations() == 6);
}

TEST_CASE("The first difference is kept, with stream, cycle and both values") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, seen(1, 2));
  lock_step.observe("a", Side::model, seen(1, 2));
  lock_step.observe("a", Side::rtl, seen(8, 2));
  lock_step.observe("a", Side::model, seen(7, 2));
  lock_step.observe("a", Side::rtl, seen(9, 1));
  lock_step.observe("a", Side::model, seen(9, 0));
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->stream == "a");
  CHECK(lock_step.difference()->index == 1);
  CHECK(lock_step.difference()->cycle == 7);
  CHECK_THAT(lock_step.difference()->text,
             Catch::Matchers::ContainsSubstring("start: 8 in the RTL, 7 in the model"));
}

TEST_CASE("Bits are counted, the first is named") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, seen(1, 2, {0, 1u << 4}));
  lock_step.observe("a", Side::model, seen(1, 2, {0, 0b11u << 4}));
  REQUIRE(lock_step.difference());
  CHECK_THAT(lock_step.difference()->text,
             Catch::Matchers::ContainsSubstring("1 of its bits differ, the first is number 69"));
}

TEST_CASE("While it is suspended nothing counts, and what waited is forgotten") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, seen(1, 2));
  lock_step.suspend();
  lock_step.observe("a", Side::model, seen(9, 9));
  lock_step.differ("b", 3, "no matter");
  lock_step.finish();
  CHECK_FALSE(lock_step.difference());
  lock_step.resume();
  lock_step.observe("a", Side::model, seen(4, 4));
  lock_step.observe("a", Side::rtl, seen(4, 4));
  lock_step.finish();
  CHECK_FALSE(lock_step.difference());
  lock_step.differ("b", 3, "matters");
  CHECK(lock_step.difference());
}

TEST_CASE("Without a cycle stamp it is the cycle in which it was seen") {
  LockStep lock_step;
  Observation burst;
  burst.fields = {{"beats", 4}};
  burst.seen = 77;
  lock_step.observe("DMA read", Side::rtl, burst);
  burst.fields[0].value = 5;
  burst.seen = 78;
  lock_step.observe("DMA read", Side::model, burst);
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->cycle == 77);
}

TEST_CASE("What only one side has is found at the end, the earliest of it") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, seen(90, 1));
  lock_step.observe("b", Side::model, seen(30, 1));
  lock_step.observe("c", Side::rtl, seen(60, 1));
  lock_step.finish();
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->stream == "b");
  CHECK(lock_step.difference()->cycle == 30);
  CHECK(lock_step.difference()->text.find("only the model has") != std::string::npos);
}
