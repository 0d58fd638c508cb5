// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/device/cell.h"
#include "irc/device/variation.h"
#include "irc/macro/unit_current.h"

using namespace irc;

namespace {

macro::MacroConfig config_of_card() {
  macro::MacroConfig config;
  config.card = device::load_card(IRC_CARDS_DIR "/default.toml");
  config.conditions = array::ArrayConditions::nominal(config.card);
  config.nonidealities = device::Nonidealities::none();
  config.sense = sense::SenseConfig::from_card(config.card);
  return config;
}

}  // namespace

TEST_CASE("unit currents are those of cells without variation") {
  auto config = config_of_card();
  config.card.retention_s = 1e6;
  config.card.rram.lrs.drift_ln_per_decade = 0.2;
  for (const bool drift : {false, true}) {
    config.nonidealities.drift = drift;
    const auto found = macro::unit_currents(config);
    const device::CellVariation cells(config.card, config.nonidealities, 1, 0, 0);
    const auto current_a = [&](device::CellState state) {
      return device::solve_cell(config.card, cells.draw({0, 0}, state), config.conditions.v_bl_v, 0,
                                config.conditions.v_wl_v)
          .i_a;
    };
    CHECK(found.lrs_a == current_a(device::CellState::lrs));
    CHECK(found.hrs_a == current_a(device::CellState::hrs));
    CHECK(found.unit_a == found.lrs_a - found.hrs_a);
  }
}

TEST_CASE("with the transistor wide open the unit current is Ohm's law") {
  auto config = config_of_card();
  config.card.transistor.width_m = 1e-4;
  config.conditions.v_wl_v = 3;
  const auto& rram = config.card.rram;
  const double v_v = config.conditions.v_bl_v;
  CHECK(macro::unit_currents(config).unit_a ==
        Approx(v_v / rram.lrs.r_ohm - v_v / rram.hrs.r_ohm).epsilon(1e-3));
}

TEST_CASE("a reference column halves the unit, and units set threshold and levels") {
  auto config = config_of_card();
  const double unit_a = macro::unit_currents(config).unit_a;
  macro::derive_units(config);
  CHECK(config.unit_current_a == unit_a);
  CHECK(config.sense.threshold_a == 0.5 * unit_a);
  CHECK(config.sense.i_lsb_a == unit_a);
  CHECK(config.geometry.one_bit_readout);
  config.geometry.scheme = mapping::WeightScheme::binary_reference;
  config.sense.kind = sense::SenseConfig::Kind::multi_bit;
  macro::derive_units(config, 0.25, 2);
  CHECK(config.unit_current_a == 0.5 * unit_a);
  CHECK(config.sense.threshold_a == 0.125 * unit_a);
  CHECK(config.sense.i_lsb_a == unit_a);
  CHECK_FALSE(config.geometry.one_bit_readout);
}

TEST_CASE("a word line at which no state conducts more than the other is refused") {
  auto config = config_of_card();
  config.card.rram.hrs.r_ohm = config.card.rram.lrs.r_ohm;
  CHECK_THROWS_AS(macro::derive_units(config), InputError);
}
