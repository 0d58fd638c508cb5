// SPDX-License-Identifier: Apache-2.0
#include "irc/macro/unit_current.h"

#include "irc/core/error.h"
#include "irc/core/toml.h"
#include "irc/device/cell.h"
#include "irc/device/variation.h"

namespace irc::macro {

UnitCurrents unit_currents(const MacroConfig& config) {
  const auto& card = config.card;
  const auto& conditions = config.conditions;
  const double v_t_v = card.transistor_at_temperature().v_t_v;
  const auto current_a = [&](const device::RramState& state, device::CellState name) {
    const double r_ohm = device::median_ohm(card, state, config.nonidealities);
    return device::solve_cell(card, {r_ohm, v_t_v, name}, conditions.v_bl_v, 0, conditions.v_wl_v).i_a;
  };
  UnitCurrents out;
  out.lrs_a = current_a(card.rram.lrs, device::CellState::lrs);
  out.hrs_a = current_a(card.rram.hrs, device::CellState::hrs);
  out.unit_a = out.lrs_a - out.hrs_a;
  // A cell is compared with the mean of an all-LRS and an all-HRS column, so +1 and -1 are half the
  // difference away from it.
  if (config.reference_scheme()) out.unit_a *= 0.5;
  return out;
}

void derive_units(MacroConfig& config, double threshold_units, double level_units) {
  config.unit_current_a = unit_currents(config).unit_a;
  if (!(config.unit_current_a > 0))
    throw InputError("'conditions.v_wl_v': found " + toml_real(config.conditions.v_wl_v) +
                     " V, expected a word-line voltage at which a low-resistance cell conducts more than a "
                     "high-resistance one");
  config.sense.threshold_a = threshold_units * config.unit_current_a;
  config.sense.i_lsb_a = level_units * config.unit_current_a;
  config.geometry.one_bit_readout = !config.multi_bit();
}

}  // namespace irc::macro
