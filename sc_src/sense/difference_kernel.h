// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc::sense {

/// Values that all amplifiers of a bank share.
struct DifferenceRules {
  double reference_a = 0;  ///< added to the minus input
  bool limited = false;    ///< whether the sensing range applies
  double i_min_a = 0, i_max_a = 0, gm_floor = 0, noise_sigma_a = 0, half_growth_per_a = 0;
  double threshold_a = 0;
};

/// Values of each amplifier. Neighbours are adjacent, except that currents are plus_step and minus_step
/// apart.
struct DifferenceInputs {
  const double *plus, *minus;
  std::size_t plus_step, minus_step;
  const double *added_plus, *added_minus;  ///< may be nullptr
  const double *bias_plus, *bias_minus, *offset, *trim;
};

/// Computes the differences on which n amplifiers decide. `noise` holds their standard normal draws, or is
/// nullptr.
void differences(const DifferenceRules& rules, const DifferenceInputs& in, const double* noise, double* out,
                 std::size_t n);
/// Sets bit i of `above` if amplifier i finds its difference above the threshold, and bit i of `open` if that
/// depends on its noise, a normal draw between -largest_noise and largest_noise. Every operation from the
/// noise to the difference is monotone, rounding included, so the two ends of the interval decide for all
/// values between them.
void decide(const DifferenceRules& rules, const DifferenceInputs& in, double largest_noise,
            std::uint64_t* above, std::uint64_t* open, std::size_t n);

}  // namespace irc::sense
