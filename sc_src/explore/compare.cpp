// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "irc/explore/campaign.h"
#include "irc/explore/table.h"

namespace irc::explore {

namespace {

constexpr double beyond_worst = 1.1;

bool same(const Record& a, const Record& b) {
  return a.status == b.status && a.error == b.error && a.result == b.result;
}

void count(const Records& a, const Records& b, Comparison& out) {
  for (const auto& [id, record] : a) {
    const auto other = b.find(id);
    if (other == b.end()) {
      ++out.only_a;
      continue;
    }
    ++out.common;
    if (!same(record, other->second)) ++out.different;
  }
  out.only_b = b.size() - out.common;
}

std::vector<Objectives> front(const Experiment& experiment, const Store& store, Comparison::Side& side) {
  PointMaker maker(experiment);
  const auto [records, planned] = plan_for(store, experiment, maker);
  side.damaged = store.bad().size();
  std::vector<Objectives> out;
  for (const auto& row : rows_of(experiment, planned, records)) {
    ++side.evaluated;
    if (row.on_front) out.push_back(row.outcome.objectives);
  }
  side.front = out.size();
  side.experiment = experiment.name;
  return out;
}

bool same_objectives(const Experiment& a, const Experiment& b) {
  const auto x = a.objectives(), y = b.objectives();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Reported& l, const Reported& r) {
    return l.metric.name == r.metric.name && l.goal == r.goal;
  });
}

void compare_fronts(const std::vector<Objectives>& a, const std::vector<Objectives>& b, Comparison& out) {
  auto both = a;
  both.insert(both.end(), b.begin(), b.end());
  if (both.empty() || both.front().size() < 2) return;
  const auto together = pareto_front(both);
  Objectives best = both[together.front()], worst = best;
  for (const auto i : together)
    for (std::size_t k = 0; k < best.size(); ++k) {
      best[k] = std::min(best[k], both[i][k]);
      worst[k] = std::max(worst[k], both[i][k]);
    }
  const auto scaled = [&](std::vector<Objectives> points) {
    for (auto& point : points)
      for (std::size_t k = 0; k < point.size(); ++k)
        point[k] = worst[k] > best[k] ? (point[k] - best[k]) / (worst[k] - best[k]) : point[k] - best[k];
    return points;
  };
  const Objectives reference(best.size(), beyond_worst);
  out.a.hypervolume = hypervolume(scaled(a), reference);
  out.b.hypervolume = hypervolume(scaled(b), reference);
  out.has_volume = out.a.hypervolume > 0;
}

}  // namespace

Comparison compare(const Store& a, const Store& b) {
  Comparison out;
  out.a.store = a.path();
  out.b.store = b.path();
  count(a.all(), b.all(), out);
  const auto experiment_a = read_stored_experiment(a), experiment_b = read_stored_experiment(b);
  const auto front_a = front(experiment_a, a, out.a), front_b = front(experiment_b, b, out.b);
  if (has_pagmo() && same_objectives(experiment_a, experiment_b)) compare_fronts(front_a, front_b, out);
  return out;
}

std::string to_text(const Comparison& c) {
  const auto side = [&](const char* name, const Comparison::Side& s) {
    return fmt::format("{}: {}, experiment {}: {} points evaluated, {} on the front\n", name, s.store,
                       s.experiment, s.evaluated, s.front);
  };
  std::string out = side("A", c.a) + side("B", c.b);
  out += fmt::format("records: {} common ({} of them differ), {} only in A, {} only in B: {}\n", c.common,
                     c.different, c.only_a, c.only_b, c.identical() ? "identical" : "not identical");
  if (c.has_volume)
    out += fmt::format(
        "hypervolume: A {:.6g}, B {:.6g}: B has {:.2f} % of A's with {:.1f} % of its evaluations\n",
        c.a.hypervolume, c.b.hypervolume, 100 * c.b.hypervolume / c.a.hypervolume,
        100 * static_cast<double>(c.b.evaluated) / static_cast<double>(c.a.evaluated));
  return out;
}

nlohmann::json to_json(const Comparison& c) {
  const auto side = [&](const Comparison::Side& s) {
    return nlohmann::json{{"store", s.store},
                          {"experiment", s.experiment},
                          {"evaluated", s.evaluated},
                          {"damaged", s.damaged},
                          {"front", s.front},
                          {"hypervolume", c.has_volume ? nlohmann::json(s.hypervolume) : nlohmann::json()}};
  };
  return {{"a", side(c.a)},     {"b", side(c.b)},     {"common", c.common},        {"different", c.different},
          {"only_a", c.only_a}, {"only_b", c.only_b}, {"identical", c.identical()}};
}

}  // namespace irc::explore
