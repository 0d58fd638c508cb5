// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

/// What a sample of chips says of all chips.
namespace irc::platform {

struct Interval {
  double low = 0, high = 0;
};

/// How many chips lose at most `drop` of mAP against `map_ideal`. A chip without a value
/// (detection::no_truth) does not count as good.
std::uint64_t chips_within(std::span<const double> chip_map, double map_ideal, double drop);

/// 95 % confidence interval of a share of which `successes` of `trials` were seen: Clopper and Pearson,
/// Biometrika 26 (1934) 404, exact, so it covers at least 95 %. Throws InternalError for no trials or more
/// successes than trials.
Interval share_ci95(std::uint64_t successes, std::uint64_t trials);

/// Half width of the 95 % confidence interval of the mean of `n` normal values with the sample standard
/// deviation `std` (Student's t); 0 for n < 2, where there is none.
double mean_ci95(double std, std::uint64_t n);

/// 95 % confidence interval of the standard deviation of the same values (chi-square); {0, 0} for n < 2.
Interval std_ci95(double std, std::uint64_t n);

}  // namespace irc::platform
