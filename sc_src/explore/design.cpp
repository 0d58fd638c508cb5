// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/design.h"

#include <boost/random/sobol.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "irc/core/random.h"

namespace irc::explore {

namespace {

using Coordinates = std::vector<double>;

/// Independent draws for each parameter.
CounterRandom dice(const Experiment& experiment, std::size_t parameter) {
  return CounterRandom(experiment.seed, Stream::exploration).fork(parameter);
}

std::vector<Coordinates> grid(const Space& space) {
  std::vector<Coordinates> points;
  for (std::size_t index = 0; index < space.grid_size(); ++index) {
    Coordinates u(space.parameters.size());
    auto rest = index;
    // The last parameter varies fastest, as in nested loops.
    for (std::size_t p = u.size(); p-- > 0;) {
      const auto count = space.parameters[p].values.size();
      u[p] = (static_cast<double>(rest % count) + 0.5) / static_cast<double>(count);
      rest /= count;
    }
    points.push_back(std::move(u));
  }
  return points;
}

std::vector<Coordinates> random(const Experiment& experiment) {
  std::vector<Coordinates> points(experiment.strategy.points,
                                  Coordinates(experiment.space.parameters.size()));
  for (std::size_t p = 0; p < experiment.space.parameters.size(); ++p)
    for (std::size_t i = 0; i < points.size(); ++i) points[i][p] = dice(experiment, p).uniform(i);
  return points;
}

/// Divides every parameter's axis into as many strips as there are points; each strip holds one point.
std::vector<Coordinates> latin_hypercube(const Experiment& experiment) {
  auto points = random(experiment);
  const auto n = points.size();
  for (std::size_t p = 0; p < experiment.space.parameters.size(); ++p) {
    std::vector<std::size_t> strip(n);
    std::iota(strip.begin(), strip.end(), std::size_t{0});
    const auto shuffle = dice(experiment, p).fork(1);
    for (std::size_t i = n; i > 1; --i) std::swap(strip[i - 1], strip[shuffle.below(i, i)]);
    for (std::size_t i = 0; i < n; ++i)
      points[i][p] = (static_cast<double>(strip[i]) + points[i][p]) / static_cast<double>(n);
  }
  return points;
}

/// Sobol's sequence, shifted modulo 1 by an amount drawn from the seed (Cranley and Patterson).
std::vector<Coordinates> sobol(const Experiment& experiment) {
  const auto dimensions = experiment.space.parameters.size();
  std::vector<Coordinates> points(experiment.strategy.points, Coordinates(dimensions));
  if (dimensions == 0) return points;
  boost::random::sobol sequence(dimensions);
  for (auto& point : points)
    for (std::size_t p = 0; p < dimensions; ++p) {
      // The upper 53 bits of a 64-bit fraction.
      const double u =
          std::ldexp(static_cast<double>(sequence() >> 11), -53) + dice(experiment, p).uniform(0);
      point[p] = u - std::floor(u);
    }
  return points;
}

}  // namespace

std::vector<std::vector<double>> sample(const Experiment& experiment) {
  switch (experiment.strategy.kind) {
    case StrategyKind::grid:
      return grid(experiment.space);
    case StrategyKind::random:
      return random(experiment);
    case StrategyKind::lhs:
      return latin_hypercube(experiment);
    case StrategyKind::sobol:
      return sobol(experiment);
    default:
      return {};
  }
}

std::vector<Assignment> design(const Experiment& experiment) {
  std::vector<Assignment> points;
  std::set<Assignment> seen;
  for (const auto& u : sample(experiment)) {
    auto assignment = experiment.space.at(u);
    if (seen.insert(assignment).second) points.push_back(std::move(assignment));
  }
  return points;
}

}  // namespace irc::explore
