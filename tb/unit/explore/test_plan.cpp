// SPDX-License-Identifier: Apache-2.0
// Tests that the plan depends only on the experiment and on the known results. Results are invented here.
#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include "support/catch.h"
#include "support/skip.h"

#include "fixture.h"
#include "irc/explore/report_data.h"
#include "irc/explore/shards.h"
#include "irc/explore/table.h"

using namespace irc;
using namespace irc::explore;
using namespace irc::explore::test;

namespace {

const std::string plane =
    "[[parameter]]\nkey = \"array.v_wl_v\"\nrange = [0.4, 0.8]\nsteps = 9\n"
    "[[parameter]]\nkey = \"array.macros\"\nrange = [1, 12]\ninteger = true\n";
const std::string nsga2 = "[strategy]\nkind = \"nsga2\"\npopulation = 8\ngenerations = 4\npoints = 50\n";

/// A smooth trade-off that more images shift a little.
Record made_up(const Point& point) {
  if (!point.config_error.empty()) return failed(point.config_error);
  const double v = in_force(point, "array", "v_wl_v"), m = in_force(point, "array", "macros"),
               n = in_force(point, "run", "limit");
  return done(result(std::abs(v - 0.6) + 0.01 / m + 1e-5 * n, v * v + 0.1 * m), point.config_toml);
}

/// Evaluates missing points in a random order until none is missing.
Plan finished(const Experiment& e, Records& records, unsigned shuffle_seed, std::size_t at_once) {
  PointMaker maker(e);
  std::mt19937 dice(shuffle_seed);
  while (true) {
    auto next = plan(e, maker, records);
    if (next.complete()) return next;
    std::shuffle(next.missing.begin(), next.missing.end(), dice);
    next.missing.resize(std::min(next.missing.size(), at_once));
    for (const auto i : next.missing) records.emplace(next.points[i].id, made_up(next.points[i]));
  }
}

std::string document(const Experiment& e, const Plan& plan, const Records& records) {
  return report_data(e, plan, records).dump();
}

}  // namespace

TEST_CASE("order and number of workers leave no trace") {
  for (const auto& strategy : {grid, std::string("[strategy]\nkind = \"lhs\"\npoints = 20\n"), nsga2}) {
    if (strategy == nsga2 && !has_pagmo()) continue;
    const auto e = parsed(head + plane + metrics + strategy +
                          "[[fidelity]]\nimages = 2\n[[fidelity]]\nimages = 9\nkeep = 0.25\n");
    Records one, other;
    const auto first = finished(e, one, 1, 1000), second = finished(e, other, 2, 3);
    CHECK(one.size() == other.size());
    CHECK(document(e, first, one) == document(e, second, other));
  }
}

TEST_CASE("a ladder takes the promising up, and draws the front from the top") {
  const auto e = parsed(head + plane + metrics + grid +
                        "[[fidelity]]\nimages = 2\n[[fidelity]]\nimages = 9\nkeep = "
                        "0.25\n[[fidelity]]\nimages = 20\nkeep = 0.5\n");
  Records records;
  const auto all = finished(e, records, 1, 1000);
  std::map<std::size_t, int> count;
  for (const auto& point : all.points) ++count[point.rung];
  CHECK(count[0] == 108);
  CHECK(count[1] == 27);
  CHECK(count[2] == 14);
  const auto rows = rows_of(e, all, records);
  CHECK(std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.on_front; }));
  for (const auto& row : rows)
    if (row.on_front) CHECK(row.point->rung == 2);
}

TEST_CASE("failed points do not come up and stop nothing") {
  const auto e = parsed(head + "[[parameter]]\nkey = \"array.amplifiers\"\nvalues = [7, 8, 16]\n" + metrics +
                        grid + "[[fidelity]]\nimages = 2\n[[fidelity]]\nimages = 9\nkeep = 1.0\n");
  Records records;
  const auto all = finished(e, records, 1, 1000);
  CHECK(all.points.size() == 3 + 2);
  CHECK(std::count_if(records.begin(), records.end(),
                      [](const auto& r) { return r.second.status == Record::Status::failed; }) == 1);
}

TEST_CASE("a search finds the front of a grid with fewer points") {
  if (!has_pagmo()) tb::skip_test("built without pagmo");
  const auto exhaustive = parsed(head + plane + metrics + grid),
             search = parsed(head + plane + metrics + nsga2);
  Records all, some;
  const auto grid_plan = finished(exhaustive, all, 1, 1000), found = finished(search, some, 1, 1000);
  CHECK(found.points.size() <= 50);
  const auto volume = [](const Experiment& e, const Plan& p, const Records& r) {
    std::vector<Objectives> front;
    for (const auto& row : rows_of(e, p, r))
      if (row.on_front) front.push_back(row.outcome.objectives);
    return hypervolume(front, {0.3, 2});
  };
  CHECK(volume(search, found, some) > 0.9 * volume(exhaustive, grid_plan, all));
}

TEST_CASE("only failures: a search ends all the same") {
  if (!has_pagmo()) tb::skip_test("built without pagmo");
  const auto e = parsed(head + plane + metrics + nsga2);
  PointMaker maker(e);
  Records records;
  while (true) {
    const auto next = plan(e, maker, records);
    if (next.complete()) break;
    for (const auto i : next.missing) {
      auto record = failed("always");
      record.config_toml = next.points[i].config_toml;
      records.emplace(next.points[i].id, record);
    }
  }
  CHECK(records.size() >= 8);
}

TEST_CASE("shards share the missing points out") {
  const auto e = parsed(head + plane + metrics + grid);
  PointMaker maker(e);
  const auto next = plan(e, maker, {});
  const auto manifest = make_manifest(e, next, 5);
  REQUIRE(manifest.shards.size() == 5);
  std::set<std::string> ids;
  for (const auto& shard : manifest.shards) {
    CHECK((shard.size() == 21 || shard.size() == 22));
    for (const auto& point : shard) ids.insert(point.id);
  }
  CHECK(ids.size() == 108);
  CHECK(make_manifest(e, next, 1000).shards.size() == 108);
}

TEST_CASE("an exploration of voltages shows what the voltage does, with the starting point marked") {
  const auto document_of = [](const std::string& parameter) {
    const auto e = parsed(head + parameter + metrics + grid);
    Records records;
    const auto all = finished(e, records, 1, 1000);
    return report_data(e, all, records);
  };
  const auto shown =
      document_of("[[parameter]]\nkey = \"array.v_wl_v\"\nvalues = [0.7, 0.5]\n").at("tradeoff");
  CHECK(shown.at("marked_x") == 0.6);  // configs/robust.toml
  REQUIRE(shown.at("series").size() == 4);
  const auto at = [&](std::size_t series, std::size_t point) {
    return shown.at("series")[series].at("points")[point][1].get<double>();
  };
  for (const auto& series : shown.at("series")) {
    REQUIRE(series.at("points").size() == 2);
    CHECK(series.at("points")[0][0] == 0.5);
  }
  // A higher gate voltage gives more current, of which less is kept, and the threshold's variation matters
  // less.
  CHECK(at(0, 1) > at(0, 0));
  CHECK(at(2, 1) < at(2, 0));
  CHECK(at(3, 1) < at(3, 0));
  CHECK_FALSE(document_of("[[parameter]]\nkey = \"array.macros\"\nvalues = [8, 9]\n").contains("tradeoff"));
}
