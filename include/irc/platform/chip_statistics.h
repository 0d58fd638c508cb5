// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

/// Statements about all chips from a sample of chips.
namespace irc::platform {

/// A confidence interval.
struct Interval {
  double low = 0,  ///< lower end
      high = 0;    ///< upper end
};

/// Number of chips that lose at most `drop` of mAP against `map_ideal`. A chip without a value
/// (detection::no_truth) does not count as good.
std::uint64_t chips_within(std::span<const double> chip_map, double map_ideal, double drop);

/// 95 % confidence interval of a share, from `successes` in `trials`. Exact interval of Clopper and Pearson,
/// Biometrika 26 (1934) 404: it covers at least 95 %. Throws InternalError for no trials or more successes
/// than trials.
Interval share_ci95(std::uint64_t successes, std::uint64_t trials);

/// Half width of the 95 % confidence interval of the mean of `n` normal values with sample standard deviation
/// `std` (Student's t). Returns 0 for n < 2, where no interval exists.
double mean_ci95(double std, std::uint64_t n);

/// 95 % confidence interval of the standard deviation of such values (chi-square); {0, 0} for n < 2.
Interval std_ci95(double std, std::uint64_t n);

}  // namespace irc::platform
