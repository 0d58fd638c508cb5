// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "irc/cosim/lock_step.h"

using irc::cosim::LockStep;
using irc::cosim::Observation;
using Side = LockStep::Side;

namespace {

Observation row(std::uint64_t layer, std::uint64_t start) {
  Observation seen;
  seen.fields = {{"layer", layer}, {"start", start, true}};
  return seen;
}

}  // namespace

TEST_CASE("Sides that say the same agree, whoever is first") {
  LockStep lock_step;
  lock_step.observe("rows", Side::rtl, row(1, 10));
  lock_step.observe("rows", Side::rtl, row(1, 20));
  lock_step.observe("rows", Side::model, row(1, 10));
  lock_step.observe("rows", Side::model, row(1, 20));
  lock_step.observe("rows", Side::model, row(2, 30));
  lock_step.observe("rows", Side::rtl, row(2, 30));
  lock_step.finish();
  CHECK_FALSE(lock_step.difference());
  CHECK(lock_step.agreed().at("rows") == 3);
  CHECK(lock_step.observations() == 6);
}

TEST_CASE("A difference names the earlier cycle of both sides and their values") {
  LockStep lock_step;
  lock_step.observe("rows", Side::rtl, row(1, 11));
  lock_step.observe("rows", Side::model, row(1, 10));
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->stream == "rows");
  CHECK(lock_step.difference()->cycle == 10);
  CHECK(lock_step.difference()->text.find("start: 11 in the RTL, 10 in the model") != std::string::npos);
}

TEST_CASE("Without a cycle stamp it is the cycle in which it was seen") {
  LockStep lock_step;
  Observation seen;
  seen.fields = {{"beats", 4}};
  seen.seen = 77;
  lock_step.observe("DMA read", Side::rtl, seen);
  seen.fields[0].value = 5;
  seen.seen = 78;
  lock_step.observe("DMA read", Side::model, seen);
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->cycle == 77);
}

TEST_CASE("What only one side has is found at the end, the earliest of it") {
  LockStep lock_step;
  lock_step.observe("a", Side::rtl, row(1, 90));
  lock_step.observe("b", Side::model, row(1, 30));
  lock_step.observe("c", Side::rtl, row(1, 60));
  lock_step.finish();
  REQUIRE(lock_step.difference());
  CHECK(lock_step.difference()->stream == "b");
  CHECK(lock_step.difference()->cycle == 30);
  CHECK(lock_step.difference()->text.find("only the model has") != std::string::npos);
}
