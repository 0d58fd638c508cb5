// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "fixture.h"
#include "irc/explore/pareto.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an experiment is read with its defaults") {
  const auto e = parsed(head + "seed = 7\nconstraints = [\"map_drop <= 0.05\"]\n" + voltage + metrics + grid);
  CHECK(e.name == "t");
  CHECK(e.seed == 7);
  CHECK(e.settings == std::vector<std::string>{"run.seed=7"});
  REQUIRE(e.space.parameters.size() == 1);
  CHECK(e.space.parameters[0].unit == "V");
  CHECK(e.space.parameters[0].values == std::vector<Value>{0.5, 0.6, 0.7});
  CHECK(e.objectives().size() == 2);
  CHECK(e.metrics[0].metric.name == "map_drop");  // the order of the file
  CHECK(e.ladder.size() == 1);
  CHECK(e.constraints.at(0).violation(0.07) == Approx(0.02));
  CHECK(e.constraints.at(0).violation(0.01) == 0);
}

TEST_CASE("the command line's seed and settings win") {
  const auto e = parsed(head + "seed = 7\nset = [\"array.macros=4\"]\n" + voltage + metrics + grid,
                        {{"array.macros=2"}, 9});
  CHECK(e.seed == 9);
  CHECK(e.settings == std::vector<std::string>{"run.seed=9", "array.macros=4", "array.macros=2"});
}

TEST_CASE("ranges become values") {
  const auto values = [](const std::string& lines) {
    return parsed(head + "[[parameter]]\nkey = \"array.macros\"\n" + lines + metrics + grid)
        .space.parameters[0]
        .values;
  };
  CHECK(values("range = [1, 4]\ninteger = true\n") ==
        std::vector<Value>{std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{4}});
  CHECK(values("range = [2, 8]\ninteger = true\nstep = 3\n") ==
        std::vector<Value>{std::int64_t{2}, std::int64_t{5}, std::int64_t{8}});
  CHECK(values("range = [1, 16]\ninteger = true\nscale = \"log\"\nsteps = 5\n") ==
        std::vector<Value>{std::int64_t{1}, std::int64_t{2}, std::int64_t{4}, std::int64_t{8},
                           std::int64_t{16}});
  const auto log =
      parsed(
          head +
          "[[parameter]]\nkey = \"card.rram.hrs.r_ohm\"\nrange = [1e5, 1e7]\nscale = \"log\"\nsteps = 3\n" +
          metrics + grid)
          .space.parameters[0]
          .values;
  REQUIRE(log.size() == 3);
  CHECK(std::get<double>(log[0]) == 1e5);
  CHECK(std::get<double>(log[1]) == Approx(1e6).epsilon(1e-12));
  CHECK(std::get<double>(log[2]) == 1e7);
}

TEST_CASE("mistakes are named with file, line, key, value and expectation") {
  struct Case {
    std::string text;
    std::vector<std::string> said;
  };
  const auto with = [](const std::string& parameter) {
    return head + "[[parameter]]\n" + parameter + metrics + grid;
  };
  const auto constrained = [](const std::string& list) {
    return head + "constraints = " + list + "\n" + voltage + metrics + grid;
  };
  const std::vector<Case> cases{
      {with("key = \"array.v_wl\"\nvalues = [1.0]\n"),
       {"e.toml:4:", "parameter", "key", "\"array.v_wl\"", "did you mean array.v_wl_v?"}},
      {with("key = \"array.v_wl_v\"\nvalues = []\n"), {"e.toml:5:", "values", "must not be empty"}},
      {with("key = \"array.v_wl_v\"\nvalues = [0.5, 0.5]\n"), {"e.toml:5:", "0.5 occurs twice"}},
      {with("key = \"array.v_wl_v\"\nrange = [0.7, 0.5]\nsteps = 3\n"),
       {"e.toml:5:", "range", "low < high", "empty"}},
      {with("key = \"array.v_wl_v\"\nrange = [0.5, 0.5]\nsteps = 3\n"), {"e.toml:5:", "range", "empty"}},
      {with("key = \"array.v_wl_v\"\nrange = [0, 1]\nsteps = 3\nscale = \"log\"\n"),
       {"e.toml:5:", "above zero"}},
      {with("key = \"array.v_wl_v\"\nrange = [0.5, 0.7]\n"),
       {"e.toml:3:", "array.v_wl_v", "'steps'", "grid"}},
      {with("key = \"array.v_wl_v\"\n"), {"e.toml:3:", "exactly one of 'values', 'range'"}},
      {with("key = \"array.v_wl_v\"\nvalues = [0.5]\nvaluse = [0.6]\n"), {"e.toml:6:", "valuse", "values"}},
      {with("key = \"array.v_wl_v\"\nvalues = [0.5]\nwhen = { scheme = [\"a\"] }\n"),
       {"e.toml:6:", "earlier parameter"}},
      {head + voltage + voltage + metrics + grid, {"e.toml:7:", "no other parameter"}},
      {constrained("[\"map_dorp <= 0.1\"]"), {"e.toml:3:", "map_dorp", "did you mean map_drop?"}},
      {constrained("[\"map_drop is small\"]"), {"e.toml:3:", "map_drop is small", "<= or >="}},
      {constrained("[\"map_nonideal >= 1.5\"]"), {"e.toml:3:", "map_nonideal >= 1.5", "no result can meet"}},
      {constrained("[\"area_m2 <= 1e-6\", \"area_m2 >= 2e-6\"]"),
       {"e.toml:3:", "area_m2 >= 2e-6", "no result can meet"}},
      {head + voltage + "[metrics]\nenergy_j_per_imge = \"min\"\n" + grid,
       {"e.toml:7:", "energy_j_per_imge", "did you mean energy_j_per_image?"}},
      {head + voltage + "[metrics]\nmap_drop = \"small\"\n" + grid,
       {"e.toml:7:", "\"small\"", "none | max | min"}},
      {head + voltage + grid, {"metrics", "missing"}},
      {head + voltage + metrics + "[strategy]\nkind = \"gird\"\n",
       {"e.toml:10:", "gird", "did you mean grid?"}},
      {head + voltage + metrics + "[strategy]\nkind = \"grid\"\npoints = 3\n",
       {"e.toml:11:", "points", "grid"}},
      {head + voltage + metrics + "[strategy]\nkind = \"lhs\"\n", {"strategy.points", "missing"}},
      {head + "set = [\"array.macro=2\"]\n" + voltage + metrics + grid, {"e.toml:1:", "macro", "macros"}},
      {head + "config = \"nothing.toml\"\n" + voltage + metrics + grid, {"e.toml:1:", "nothing.toml"}},
      {head + voltage + metrics + grid + "[[fidelity]]\nimages = 10\n[[fidelity]]\nimages = 5\n",
       {"e.toml:14:", "images", "previous rung"}},
      {"[experiment]\nname = \"a b\"\n" + voltage + metrics + grid, {"e.toml:2:", "\"a b\"", "letters"}},
  };
  for (const auto& c : cases) {
    const auto words = complaint(c.text);
    INFO(c.text << "\n=> " << words);
    for (const auto& expected : c.said) CHECK_THAT(words, ContainsSubstring(expected));
  }
}

TEST_CASE("a value that no configuration takes is refused before any point runs") {
  const auto refusal = [](const std::string& parameters) -> std::string {
    const auto e = parsed(head + parameters + metrics + grid);
    PointMaker maker(e);
    try {
      check_values(e, maker);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK_THAT(refusal("[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.5, 9.0]\n"),
             ContainsSubstring("e.toml:3:") && ContainsSubstring("array.v_wl_v") &&
                 ContainsSubstring("9.0") && ContainsSubstring("from 0.0 to 5.0"));
  // 3 amplifiers divide 96 column pairs but not 128. That is a result, not a mistake.
  const std::string pairs = "[[parameter]]\nkey = \"array.column_pairs\"\nvalues = [96, 128]\n";
  CHECK(refusal(pairs + "[[parameter]]\nkey = \"array.amplifiers\"\nvalues = [3, 4]\n") == "no error");
  CHECK_THAT(refusal(pairs + "[[parameter]]\nkey = \"array.amplifiers\"\nvalues = [4, 7]\n"),
             ContainsSubstring("e.toml:6:") && ContainsSubstring("7"));
}

TEST_CASE("a search wants pagmo, two objectives and whole families") {
  const std::string nsga2 = "[strategy]\nkind = \"nsga2\"\n";
  if (!has_pagmo()) {
    CHECK_THAT(complaint(head + voltage + metrics + nsga2), ContainsSubstring("no pagmo"));
    return;
  }
  CHECK(complaint(head + voltage + metrics + nsga2) == "no error");
  CHECK_THAT(complaint(head + voltage + "[metrics]\nmap_drop = \"min\"\n" + nsga2),
             ContainsSubstring("two metrics"));
  CHECK_THAT(complaint(head + voltage + metrics + nsga2 + "population = 10\n"),
             ContainsSubstring("multiple of 4"));
}

TEST_CASE("a grid too large to count is refused, not taken as empty") {
  // 4096^6 = 2^72 is 0 in 64 bits.
  std::string space;
  for (const char* key : {"array.v_wl_v", "array.v_bl_v", "array.r_bl_ohm", "array.r_sl_ohm",
                          "array.v_wl_off_v", "card.rram.hrs.r_ohm"})
    space += "[[parameter]]\nkey = \"" + std::string(key) + "\"\nrange = [0.1, 0.2]\nsteps = 4096\n";
  CHECK_THAT(complaint(head + space + metrics + grid), ContainsSubstring("at most 1000000 points"));
}
