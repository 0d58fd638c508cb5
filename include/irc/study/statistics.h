// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace irc::study {

/// A mean over chips with its uncertainty.
struct Mean {
  double value = 0;
  /// Half width of the 95 % confidence interval (Student's t); nothing with fewer than two chips.
  std::optional<double> ci95;
  std::size_t n = 0;

  /// Whether the interval leaves 0 out: what can be told from no effect.
  bool measurable() const;
};

/// Mean of a[i] - b[i], chip by chip: chip i has the same seed on both sides, so what the chips have in
/// common drops out. Throws InternalError unless both have the same, non-zero length.
Mean paired_difference(std::span<const double> a, std::span<const double> b);

}  // namespace irc::study
