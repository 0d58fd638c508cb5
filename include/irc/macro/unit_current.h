// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/macro/macro_config.h"

namespace irc::macro {

/// Currents of single median cells at the clamp, at the conditions of reading: no wires, no variation.
struct UnitCurrents {
  double lrs_a = 0;   ///< of a low-resistance cell
  double hrs_a = 0;   ///< of a high-resistance cell
  double unit_a = 0;  ///< what one step of an integer sum is worth; not above 0 where no cell conducts
};

/// Computes them for the card, conditions, nonidealities (drift only) and weight scheme of `config`.
UnitCurrents unit_currents(const MacroConfig& config);

/// Sets what follows from the other values of `config`: unit_current_a, and from it the decision threshold
/// and the width of a readout level, both given in unit currents. Also tells the mapper whether a readout is
/// one bit. Throws InputError where a low-resistance cell does not conduct more than a high-resistance one.
void derive_units(MacroConfig& config, double threshold_units = 0.5, double level_units = 1);

}  // namespace irc::macro
