// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <set>
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/design.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;

namespace {

const std::string square =
    "[[parameter]]\nkey = \"array.v_wl_v\"\nrange = [0.4, 0.8]\n[[parameter]]\nkey = "
    "\"card.rram.hrs.r_ohm\"\nrange = "
    "[1e5, 1e7]\nscale = \"log\"\n";

Experiment sampled(const std::string& kind, int points, int seed = 1) {
  return parsed(head + "seed = " + std::to_string(seed) + "\n" + square + metrics + "[strategy]\nkind = \"" +
                kind + "\"\npoints = " + std::to_string(points) + "\n");
}

double number(const Assignment& assignment, std::size_t p) {
  return std::get<double>(*assignment[p]);
}

}  // namespace

TEST_CASE("a grid is the product, the last parameter fastest") {
  const auto e =
      parsed(head + voltage + "[[parameter]]\nkey = \"array.macros\"\nvalues = [4, 8]\n" + metrics + grid);
  const auto points = design(e);
  REQUIRE(points.size() == 6);
  CHECK(e.space.overrides(points[0]) == std::vector<std::string>{"array.v_wl_v=0.5", "array.macros=4"});
  CHECK(e.space.overrides(points[1]) == std::vector<std::string>{"array.v_wl_v=0.5", "array.macros=8"});
  CHECK(e.space.overrides(points[5]) == std::vector<std::string>{"array.v_wl_v=0.7", "array.macros=8"});
}

TEST_CASE("a conditional parameter counts only where its condition holds") {
  const auto e = parsed(
      head +
      "[[parameter]]\nkey = \"sense.kind\"\nvalues = [\"differential\", \"multi_bit\"]\n"
      "[[parameter]]\nkey = \"sense.bits\"\nvalues = [2, 3]\nwhen = { \"sense.kind\" = [\"multi_bit\"] }\n" +
      metrics + grid);
  const auto points = design(e);
  REQUIRE(points.size() == 3);  // not 4, because the differential amplifier has no bits
  CHECK(e.space.overrides(points[0]) == std::vector<std::string>{"sense.kind=\"differential\""});
  CHECK(e.space.overrides(points[2]) == std::vector<std::string>{"sense.kind=\"multi_bit\"", "sense.bits=3"});
}

TEST_CASE("bundles set several keys, quotients one from another") {
  const auto e = parsed(
      head +
      "[[parameter]]\nname = \"scheme\"\n[[parameter.choice]]\nlabel = \"a\"\nset = [\"array.macros=1\", "
      "\"array.rows=512\"]\n[[parameter.choice]]\nlabel = \"b\"\nset = []\n"
      "[[parameter]]\nkey = \"array.column_pairs\"\nvalues = [64, 96]\n"
      "[[parameter]]\nname = \"mux\"\nkey = \"array.amplifiers\"\ndivides = \"array.column_pairs\"\nvalues = "
      "[1, 64]\n" +
      metrics + grid);
  const auto points = design(e);
  REQUIRE(points.size() == 8);
  CHECK(e.space.overrides(points[1]) == std::vector<std::string>{"array.macros=1", "array.rows=512",
                                                                 "array.column_pairs=64",
                                                                 "array.amplifiers=1"});
  // 96 / 64 is not whole, so the value is left for the configuration to refuse.
  CHECK(e.space.overrides(points[7]) ==
        std::vector<std::string>{"array.column_pairs=96", "array.amplifiers=\"96 / 64\""});
}

TEST_CASE("samples are a function of the seed") {
  for (const char* kind : {"random", "lhs", "sobol"}) {
    CAPTURE(kind);
    const auto points = design(sampled(kind, 32));
    CHECK(points.size() == 32);
    CHECK(points == design(sampled(kind, 32)));
    CHECK(points != design(sampled(kind, 32, 2)));
    for (const auto& point : points) {
      CHECK((number(point, 0) >= 0.4 && number(point, 0) <= 0.8));
      CHECK((number(point, 1) >= 1e5 && number(point, 1) <= 1e7));
    }
  }
}

TEST_CASE("a Latin hypercube has one point in each strip of each axis") {
  constexpr int n = 16;
  std::set<int> linear, logarithmic;
  for (const auto& point : design(sampled("lhs", n))) {
    linear.insert(static_cast<int>(std::floor((number(point, 0) - 0.4) / 0.4 * n)));
    logarithmic.insert(static_cast<int>(std::floor((std::log10(number(point, 1)) - 5) / 2 * n)));
  }
  CHECK(linear.size() == n);
  CHECK(logarithmic.size() == n);
}

TEST_CASE("Sobol points fill the square evenly") {
  // 64 points of the sequence, shifted or not, put 4 in each of 16 squares. Random points would leave some
  // empty.
  std::map<std::pair<int, int>, int> boxes;
  for (const auto& point : design(sampled("sobol", 64)))
    ++boxes[{static_cast<int>((number(point, 0) - 0.4) / 0.4 * 4),
             static_cast<int>((std::log10(number(point, 1)) - 5) / 2 * 4)}];
  CHECK(boxes.size() == 16);
  for (const auto& [box, count] : boxes) CHECK(count <= 8);
}
