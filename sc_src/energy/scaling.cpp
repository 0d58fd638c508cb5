// SPDX-License-Identifier: Apache-2.0
#include "irc/energy/scaling.h"

#include "checks.h"

namespace irc::energy {
namespace {

using device::EnergyCoefficients;
using Coefficient = double EnergyCoefficients::*;

constexpr Coefficient switching[] = {
    &EnergyCoefficients::word_line_driver_j,
    &EnergyCoefficients::word_line_register_j,
    &EnergyCoefficients::precharge_j,
    &EnergyCoefficients::mux_j,
    &EnergyCoefficients::macro_control_j_per_readout,
    &EnergyCoefficients::trim_store_j,
    &EnergyCoefficients::accumulate_j,
    &EnergyCoefficients::digital_mac_j,
    &EnergyCoefficients::digital_move_j_per_byte,
    &EnergyCoefficients::pool_j_per_bit,
    &EnergyCoefficients::sram_read_j_per_bit,
    &EnergyCoefficients::sram_write_j_per_bit,
    &EnergyCoefficients::controller_j_per_cycle,
    &EnergyCoefficients::clock_j_per_cycle,
    &EnergyCoefficients::dma_j_per_byte,
    &EnergyCoefficients::interconnect_j_per_byte,
    &EnergyCoefficients::descriptor_j,
};
constexpr Coefficient leakage[] = {
    &EnergyCoefficients::leakage_array_w_per_cell,
    &EnergyCoefficients::leakage_periphery_w,
    &EnergyCoefficients::leakage_sram_w_per_bit,
    &EnergyCoefficients::leakage_digital_w,
};
constexpr Coefficient areas[] = {
    &EnergyCoefficients::amplifier_area_m2,    &EnergyCoefficients::word_line_driver_area_m2,
    &EnergyCoefficients::mux_area_m2,          &EnergyCoefficients::accumulator_area_m2,
    &EnergyCoefficients::sram_area_m2_per_bit, &EnergyCoefficients::controller_area_m2,
    &EnergyCoefficients::digital_mac_area_m2,  &EnergyCoefficients::dma_area_m2,
};

}  // namespace

device::TechnologyCard scaled(device::TechnologyCard card, double node_m, double v_dd_v) {
  require_positive("node_m", node_m);
  require_positive("v_dd_v", v_dd_v);
  const Scaling rule{node_m / card.node_m, v_dd_v / card.energy.v_dd_v};
  auto& e = card.energy;
  for (const auto member : switching) e.*member *= rule.switching();
  for (const auto member : leakage) e.*member *= rule.leakage();
  for (const auto member : areas) e.*member *= rule.area();
  card.sense.e_decision_j *= rule.switching();
  e.cell_overhead_width_m *= rule.length();
  e.cell_overhead_length_m *= rule.length();
  card.transistor.width_m *= rule.length();
  card.transistor.length_m *= rule.length();
  for (auto* c_f : {&card.wires.c_bl_f, &card.wires.c_wl_f}) *c_f *= rule.capacitance();
  for (auto* r_ohm : {&card.wires.r_bl_ohm, &card.wires.r_sl_ohm, &card.wires.r_wl_ohm})
    *r_ohm *= rule.resistance();
  card.node_m = node_m;
  e.v_dd_v = v_dd_v;
  return card;
}

}  // namespace irc::energy
