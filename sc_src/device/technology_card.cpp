// SPDX-License-Identifier: Apache-2.0
#include "irc/device/technology_card.h"

#include <cmath>

#include "irc/core/random.h"

namespace irc::device {

double Transistor::sigma_v_t_v() const {
  return a_vt_v_m / std::sqrt(width_m * length_m);
}

double TechnologyCard::u_t_v() const {
  constexpr double boltzmann_j_per_k = 1.380649e-23, charge_c = 1.602176634e-19;
  return boltzmann_j_per_k * temperature_k / charge_c;
}

Transistor TechnologyCard::transistor_at_temperature() const {
  Transistor t = transistor;
  t.v_t_v += t.v_t_tc_v_per_k * (temperature_k - reference_temperature_k);
  t.i_s_square_a *= std::sqrt(temperature_k / reference_temperature_k);
  return t;
}

double TechnologyCard::r_median_ohm(const RramState& state) const {
  double r_ohm = state.r_ohm * (1 + state.tc_per_k * (temperature_k - reference_temperature_k));
  if (retention_s > rram.drift_start_s && state.drift_ln_per_decade != 0) {
    const double decades = exact_log(retention_s / rram.drift_start_s) / exact_log(10.0);
    r_ohm *= exact_exp(state.drift_ln_per_decade * decades);
  }
  return r_ohm;
}

double TechnologyCard::cell_area_m2() const {
  return (transistor.width_m + energy.cell_overhead_width_m) *
         (transistor.length_m + energy.cell_overhead_length_m);
}

}  // namespace irc::device
