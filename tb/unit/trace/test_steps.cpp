// SPDX-License-Identifier: Apache-2.0
#include <vector>
#include "support/catch.h"

#include "steps.h"

using namespace irc::trace;

namespace {

struct Seen {
  std::vector<std::pair<Picoseconds, double>> steps;
  Steps sum{[this](Picoseconds time_ps, double value) { steps.emplace_back(time_ps, value); }};
};

}  // namespace

TEST_CASE("contributions add up while they last") {
  Seen seen;
  seen.sum.add(10, 30, 1);
  seen.sum.add(20, 40, 2);
  seen.sum.add(25, 25, 100);  // takes no time
  seen.sum.finish();
  CHECK(seen.steps == std::vector<std::pair<Picoseconds, double>>{{10, 1}, {20, 3}, {30, 2}, {40, 0}});
}

TEST_CASE("neighbours that meet make one step, equal ones none") {
  Seen seen;
  seen.sum.add(0, 10, 1);
  seen.sum.add(10, 20, 1);
  seen.sum.add(20, 30, 4);
  seen.sum.add(30, 40, 0);
  seen.sum.finish();
  CHECK(seen.steps == std::vector<std::pair<Picoseconds, double>>{{0, 1}, {20, 4}, {30, 0}});
}

TEST_CASE("a step is handed on when nothing can change it any more") {
  Seen seen;
  seen.sum.add(10, 20, 1);
  seen.sum.advance(10);
  CHECK(seen.steps.empty());  // another part may still begin at 10
  seen.sum.advance(11);
  CHECK(seen.steps.size() == 1);
  seen.sum.advance(20);
  CHECK(seen.steps.size() == 1);
  seen.sum.finish();
  CHECK(seen.steps.size() == 2);
}

TEST_CASE("no rounding is left when all is over") {
  Seen seen;
  for (int i = 0; i < 10; ++i) seen.sum.add(i, 20 + i, 0.1 * (i + 1));
  seen.sum.finish();
  CHECK(seen.steps.back() == std::pair<Picoseconds, double>{29, 0});
}
