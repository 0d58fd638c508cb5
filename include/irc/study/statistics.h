// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace irc::study {

/// A mean over chips with its uncertainty.
struct Mean {
  double value = 0;  ///< the mean
  /// Half width of the 95 % confidence interval (Student's t); nothing with fewer than two chips.
  std::optional<double> ci95;
  std::size_t n = 0;  ///< number of chips

  /// Whether the interval excludes 0, so that the value can be told from no effect.
  bool measurable() const;
};

/// Mean of a[i] - b[i] over chips. Chip i has the same seed on both sides, so variation that both sides share
/// cancels. Throws InternalError unless both have the same length, which is not zero.
Mean paired_difference(std::span<const double> a, std::span<const double> b);

}  // namespace irc::study
