// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc::sense {

/// What all amplifiers of a bank have in common.
struct DifferenceRules {
  double reference_a = 0;  ///< added to the minus input
  bool limited = false;    ///< by the sensing range
  double i_min_a = 0, i_max_a = 0, gm_floor = 0, noise_sigma_a = 0, half_growth_per_a = 0;
};

/// What they have each: neighbours lie side by side, currents plus_step and minus_step apart.
struct DifferenceInputs {
  const double *plus, *minus;
  std::size_t plus_step, minus_step;
  const double *added_plus, *added_minus;  ///< or nullptr
  const double *bias_plus, *bias_minus, *offset, *trim;
  const double* noise;  ///< standard normals, or nullptr
};

/// The differences that n amplifiers decide on.
void differences(const DifferenceRules& rules, const DifferenceInputs& in, double* out, std::size_t n);
/// Bit i of the result says whether values[i] > threshold; bits from n on are zero.
void above(const double* values, std::size_t n, double threshold, std::uint64_t* bits);

}  // namespace irc::sense
