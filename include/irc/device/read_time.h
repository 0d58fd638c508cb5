// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/device/technology_card.h"

namespace irc::device {

/// A line of `cells` cells of r_ohm and c_f each, driven through r_source_ohm: Elmore's first moment
/// (r_source + R/2) C in seconds.
double line_delay_s(double r_source_ohm, double r_ohm, double c_f, double cells);

/// From the driver's input until a word line of `cells` cells is within `accuracy` (a share) of its final
/// voltage: t_word_line_s + ln(1/accuracy) times the line's delay.
double word_line_time_s(const TechnologyCard& card, double cells, double accuracy);

/// Until a bit line of `cells` cells (r_bl_ohm each, which a platform may set beside the card's) is within
/// `accuracy`: ln(1/accuracy) times the delay behind clamp and settling resistance.
double bit_line_time_s(const TechnologyCard& card, double r_clamp_ohm, double r_bl_ohm, double cells,
                       double accuracy);

/// One amplifier decision that resolves `unit_current_a` (above 0): t_sense_s + sense_charge_c /
/// unit_current.
double decision_time_s(const SenseValues& sense, double unit_current_a);

}  // namespace irc::device
