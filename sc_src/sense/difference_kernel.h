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
  double threshold_a = 0;
};

/// What they have each: neighbours lie side by side, currents plus_step and minus_step apart.
struct DifferenceInputs {
  const double *plus, *minus;
  std::size_t plus_step, minus_step;
  const double *added_plus, *added_minus;  ///< or nullptr
  const double *bias_plus, *bias_minus, *offset, *trim;
};

/// The differences that n amplifiers decide on; `noise`: their standard normals, or nullptr.
void differences(const DifferenceRules& rules, const DifferenceInputs& in, const double* noise, double* out,
                 std::size_t n);
/// Bit i of `above` says whether amplifier i finds its difference above the threshold; bit i of `open`, that
/// this hangs on its noise, whose normal lies between -largest_noise and largest_noise. Every operation from
/// the noise to the difference is monotone, rounding included, so the ends decide for all between.
void decide(const DifferenceRules& rules, const DifferenceInputs& in, double largest_noise,
            std::uint64_t* above, std::uint64_t* open, std::size_t n);

}  // namespace irc::sense
