// SPDX-License-Identifier: Apache-2.0
#include "irc/device/read_time.h"

#include <cmath>

namespace irc::device {

double line_delay_s(double r_source_ohm, double r_ohm, double c_f, double cells) {
  return (r_source_ohm + 0.5 * r_ohm * cells) * c_f * cells;
}

double word_line_time_s(const TechnologyCard& card, double cells, double accuracy) {
  const auto& wires = card.wires;
  return card.biases.t_word_line_s +
         std::log(1 / accuracy) * line_delay_s(0, wires.r_wl_ohm, wires.c_wl_f, cells);
}

double bit_line_time_s(const TechnologyCard& card, double r_clamp_ohm, double r_bl_ohm, double cells,
                       double accuracy) {
  const auto& wires = card.wires;
  return std::log(1 / accuracy) *
         line_delay_s(r_clamp_ohm + wires.r_settle_ohm, r_bl_ohm, wires.c_bl_f, cells);
}

double decision_time_s(const SenseValues& sense, double unit_current_a) {
  return sense.t_sense_s + sense.sense_charge_c / unit_current_a;
}

}  // namespace irc::device
