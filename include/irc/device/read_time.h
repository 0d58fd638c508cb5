// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/device/technology_card.h"

namespace irc::device {

/// Elmore's first moment, in seconds, of a line of `cells` cells with resistance r_ohm and capacitance c_f
/// each, driven through r_source_ohm: (r_source + R/2) C, where R and C are those of the whole line.
double line_delay_s(double r_source_ohm, double r_ohm, double c_f, double cells);

/// Time from the driver's input until a word line of `cells` cells is within `accuracy` (a fraction) of its
/// final voltage: t_word_line_s plus ln(1/accuracy) times the line's delay.
double word_line_time_s(const TechnologyCard& card, double cells, double accuracy);

/// Time until a bit line of `cells` cells is within `accuracy` of its final voltage: ln(1/accuracy) times the
/// delay behind the clamp and settling resistance. A platform may choose an r_bl_ohm (per cell) other than
/// the card's.
double bit_line_time_s(const TechnologyCard& card, double r_clamp_ohm, double r_bl_ohm, double cells,
                       double accuracy);

/// Time of one amplifier decision that resolves `unit_current_a` (above 0): t_sense_s + sense_charge_c /
/// unit_current_a.
double decision_time_s(const SenseValues& sense, double unit_current_a);

}  // namespace irc::device
