// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/outcome.h"
#include "irc/explore/pareto.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;

namespace {
// By hand: 0, 1 and 2 form the front; 1 dominates 3, all dominate 4, and 5 equals 1.
const std::vector<Objectives> points{{1, 4}, {2, 2}, {4, 1}, {3, 3}, {5, 5}, {2, 2}};
}  // namespace

TEST_CASE("domination needs one objective that is better and none that is worse") {
  CHECK(dominates({1, 2}, {2, 2}));
  CHECK_FALSE(dominates({2, 2}, {2, 2}));
  CHECK_FALSE(dominates({1, 3}, {2, 2}));
}

TEST_CASE("the front is what nothing dominates, equals included") {
  CHECK(pareto_front(points) == std::vector<std::size_t>{0, 1, 2, 5});
  CHECK(pareto_front({}).empty());
}

TEST_CASE("promise goes front by front, the ends first") {
  CHECK(by_promise(std::vector<Objectives>{{1, 4}, {1.9, 2.1}, {2, 2}, {4, 1}, {3, 3}, {5, 5}}) ==
        std::vector<std::size_t>{0, 3, 2, 1, 4, 5});
}

TEST_CASE("hypervolumes by hand") {
  if (!has_pagmo()) {
    CHECK_THROWS_AS(hypervolume(points, {6, 6}), InputError);
    return;
  }
  // Rectangles to (5, 5): 4 x 1 + 3 x 2 + 1 x 1 = 11.
  CHECK(hypervolume(points, {5, 5}) == Approx(11));
  // Points on or beyond the reference add nothing.
  CHECK(hypervolume(std::vector<Objectives>{{1, 5}, {6, 1}}, {5, 5}) == 0);
  CHECK(hypervolume(std::vector<Objectives>{{0, 0, 0}}, {1, 2, 3}) == Approx(6));
  // Two boxes of volume 4 with a common part of 1 x 2 x 1 = 2.
  CHECK(hypervolume(std::vector<Objectives>{{0, 1, 1}, {1, 1, 0}}, {2, 3, 2}) == Approx(4 + 4 - 2));
}

TEST_CASE("records become outcomes") {
  const auto e = parsed(head + "constraints = [\"map_drop <= 0.05\"]\nyield_drop = 0.03\n" + voltage +
                        "[metrics]\nmap_drop = \"min\"\ntops_per_w = \"max\"\nyield = \"none\"\n" + grid);
  SECTION("done") {
    const auto outcome = outcome_of(e, done(result(0.02, 1e-6)));
    CHECK(outcome.status == Outcome::Status::done);
    CHECK(outcome.values.at(0) == Approx(0.02));
    CHECK(outcome.values.at(2) == 1.0);
    CHECK(outcome.spread.at(0) == 0.01);
    CHECK(outcome.objectives.at(1) == -1.0);  // more is better
  }
  SECTION("the yield counts chips") {
    auto document = result(0.02, 1e-6);
    document["map"]["per_chip"] = {0.78, 0.76, 0.775, 0.5};
    CHECK(outcome_of(e, done(document)).values.at(2) == 0.5);
  }
  SECTION("infeasible is worse than feasible, farther off worse still, failed worst") {
    const auto feasible = outcome_of(e, done(result(0.04, 1))), near = outcome_of(e, done(result(0.06, 1))),
               far = outcome_of(e, done(result(0.2, 1))), broken = outcome_of(e, failed("no"));
    CHECK(near.status == Outcome::Status::infeasible);
    CHECK(near.violation == Approx(0.2));
    CHECK(dominates(feasible.ranking(), near.ranking()));
    CHECK(dominates(near.ranking(), far.ranking()));
    CHECK(dominates(far.ranking(), broken.ranking()));
    CHECK(broken.error == "no");
    const std::vector<Outcome> all{near, feasible, broken};
    CHECK(front_of(all, {true, true, true}) == std::vector<std::size_t>{1});
    CHECK(front_of(all, {true, false, true}).empty());
  }
  SECTION("a metric the run does not have fails the point, with the reason") {
    auto document = result(0, 1);
    document["map"]["nonideal"] = nullptr;
    const auto outcome = outcome_of(e, done(document));
    CHECK(outcome.status == Outcome::Status::failed);
    CHECK_THAT(outcome.error, Catch::Matchers::ContainsSubstring("map.nonideal") &&
                                  Catch::Matchers::ContainsSubstring("annotations"));
  }
}
