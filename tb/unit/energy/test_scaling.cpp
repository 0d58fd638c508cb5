// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/energy/area.h"
#include "irc/energy/scaling.h"
#include "parameters.h"

using namespace irc;
using namespace irc::energy;

namespace {

device::TechnologyCard card_28nm() {
  auto card = round_card();
  card.node_m = 28e-9;
  card.wires.r_bl_ohm = 2;
  card.wires.r_clamp_ohm = 100;
  card.rram.lrs.r_ohm = 10e3;
  card.biases.t_word_line_s = 1e-9;
  return card;
}

}  // namespace

TEST_CASE("twice the node at half the supply, by hand", "[scaling]") {
  const auto card = scaled(card_28nm(), 56e-9, 0.4);  // from 28 nm and 0.8 V
  CHECK(card.node_m == 56e-9);
  CHECK(card.energy.v_dd_v == 0.4);
  // C V^2: 2 * 1/4. V I: 2 * 1/2. Area 4, length 2.
  CHECK(card.energy.digital_mac_j == Approx(125e-15));
  CHECK(card.sense.e_decision_j == Approx(25e-15));
  CHECK(card.energy.macro_control_j_per_readout == Approx(50e-15));
  CHECK(card.energy.leakage_periphery_w == Approx(50e-6));
  CHECK(card.energy.amplifier_area_m2 == Approx(120e-12));
  CHECK(card.cell_area_m2() == Approx(4 * card_28nm().cell_area_m2()));
  CHECK(card.wires.c_bl_f == Approx(0.5e-15));
  CHECK(card.wires.r_bl_ohm == Approx(1));
  // Values that do not depend on lithography stay.
  CHECK(card.rram.lrs.r_ohm == 10e3);
  CHECK(card.wires.r_clamp_ohm == 100);
  CHECK(card.biases.t_word_line_s == 1e-9);
  CHECK(card.programming.e_pulse_j == 10e-12);
  CHECK(card.energy.dram_j_per_byte == 100e-12);
  CHECK(card.energy.reference_current_ratio == 0.5);
}

TEST_CASE("scaling to where a card already is changes nothing, there and back neither", "[scaling]") {
  const auto card = card_28nm();
  const auto same = scaled(card, card.node_m, card.energy.v_dd_v);
  CHECK(same.energy.sram_read_j_per_bit == card.energy.sram_read_j_per_bit);
  CHECK(same.wires.c_wl_f == card.wires.c_wl_f);
  const auto back = scaled(scaled(card, 130e-9, 1.5), card.node_m, card.energy.v_dd_v);
  CHECK(back.energy.controller_j_per_cycle == Approx(card.energy.controller_j_per_cycle).epsilon(1e-13));
  CHECK(back.transistor.width_m == Approx(card.transistor.width_m).epsilon(1e-13));
  CHECK(back.wires.r_bl_ohm == Approx(card.wires.r_bl_ohm).epsilon(1e-13));
}

TEST_CASE("no node, no scaling", "[scaling]") {
  CHECK_THROWS_AS(scaled(card_28nm(), 0, 0.9), InputError);
  CHECK_THROWS_AS(scaled(card_28nm(), 28e-9, -1), InputError);
}
