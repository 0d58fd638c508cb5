// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/chip_statistics.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>

#include "irc/core/error.h"
#include "irc/detection/average_precision.h"

namespace irc::platform {

namespace {
constexpr double tail = 0.025;  // on each side
}

std::uint64_t chips_within(std::span<const double> chip_map, double map_ideal, double drop) {
  const double floor = map_ideal - drop;
  return static_cast<std::uint64_t>(std::count_if(chip_map.begin(), chip_map.end(), [&](double map) {
    return map != detection::no_truth && map >= floor;
  }));
}

Interval share_ci95(std::uint64_t successes, std::uint64_t trials) {
  if (trials == 0 || successes > trials)
    throw InternalError("a share of " + std::to_string(successes) + " of " + std::to_string(trials));
  using boost::math::binomial;
  const auto n = static_cast<double>(trials), k = static_cast<double>(successes);
  return {binomial::find_lower_bound_on_p(n, k, tail), binomial::find_upper_bound_on_p(n, k, tail)};
}

double mean_ci95(double std, std::uint64_t n) {
  if (n < 2) return 0;
  const auto count = static_cast<double>(n);
  return boost::math::quantile(boost::math::students_t(count - 1), 1 - tail) * std / std::sqrt(count);
}

Interval std_ci95(double std, std::uint64_t n) {
  if (n < 2) return {};
  const double freedom = static_cast<double>(n) - 1;
  const boost::math::chi_squared distribution(freedom);
  return {std * std::sqrt(freedom / quantile(distribution, 1 - tail)),
          std * std::sqrt(freedom / quantile(distribution, tail))};
}

}  // namespace irc::platform
