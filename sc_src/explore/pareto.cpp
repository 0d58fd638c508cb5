// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/pareto.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace irc::explore {

namespace {

using Indices = std::vector<std::size_t>;

/// Takes the front of the remaining points repeatedly.
std::vector<Indices> fronts(std::span<const Objectives> points) {
  Indices left(points.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::vector<Indices> out;
  while (!left.empty()) {
    Indices front, rest;
    for (const auto i : left) {
      const bool beaten = std::any_of(left.begin(), left.end(),
                                      [&](std::size_t other) { return dominates(points[other], points[i]); });
      (beaten ? rest : front).push_back(i);
    }
    out.push_back(std::move(front));
    left = std::move(rest);
  }
  return out;
}

/// Crowding distance of every member of a front. It grows with the gap around the member and is infinite at
/// the ends.
std::vector<double> crowding(std::span<const Objectives> points, const Indices& front) {
  std::vector<double> distance(front.size(), 0);
  for (std::size_t k = 0; k < points[front.front()].size(); ++k) {
    Indices order(front.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto value = [&](std::size_t member) { return points[front[member]][k]; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return value(a) < value(b); });
    const double width = value(order.back()) - value(order.front());
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    if (!(width > 0)) continue;
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
      distance[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / width;
  }
  return distance;
}

}  // namespace

bool dominates(const Objectives& a, const Objectives& b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better = better || a[k] < b[k];
  }
  return better;
}

std::vector<std::size_t> pareto_front(std::span<const Objectives> points) {
  Indices front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::none_of(points.begin(), points.end(),
                     [&](const auto& other) { return dominates(other, points[i]); }))
      front.push_back(i);
  return front;
}

std::vector<std::size_t> by_promise(std::span<const Objectives> points) {
  Indices out;
  for (const auto& front : fronts(points)) {
    const auto distance = crowding(points, front);
    Indices order(front.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distance[a] > distance[b]; });
    for (const auto member : order) out.push_back(front[member]);
  }
  return out;
}

}  // namespace irc::explore
