// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/device/technology_card.h"
#include "irc/energy/energy_ledger.h"

namespace irc::energy {

/// A card of round numbers, so that results can be calculated by hand.
inline device::TechnologyCard round_card() {
  device::TechnologyCard card;
  card.transistor.width_m = 200e-9;
  card.transistor.length_m = 50e-9;
  card.wires.c_bl_f = 0.25e-15;
  card.wires.c_wl_f = 1e-15;
  card.sense.e_decision_j = 50e-15;
  card.programming.e_pulse_j = 10e-12;
  card.programming.pulses_with_verify = 4;
  card.programming.e_verify_j = 0.5e-12;
  auto& e = card.energy;
  e.v_dd_v = 0.8;
  e.word_line_driver_j = 5e-15;
  e.word_line_register_j = 2e-15;
  e.precharge_j = 3e-15;
  e.mux_j = 7e-15;
  e.macro_control_j_per_readout = 100e-15;
  e.reference_current_ratio = 0.5;
  e.trim_store_j = 11e-15;
  e.accumulate_j = 30e-15;
  e.digital_mac_j = 250e-15;
  e.digital_move_j_per_byte = 200e-15;
  e.pool_j_per_bit = 1e-15;
  e.sram_read_j_per_bit = 10e-15;
  e.sram_write_j_per_bit = 20e-15;
  e.controller_j_per_cycle = 2e-12;
  e.clock_j_per_cycle = 3e-12;
  e.dma_j_per_byte = 0.25e-12;
  e.interconnect_j_per_byte = 0.75e-12;
  e.dram_j_per_byte = 100e-12;
  e.descriptor_j = 50e-12;
  e.leakage_array_w_per_cell = 1e-9;
  e.leakage_periphery_w = 50e-6;
  e.leakage_sram_w_per_bit = 10e-12;
  e.leakage_digital_w = 200e-6;
  e.cell_overhead_width_m = 100e-9;
  e.cell_overhead_length_m = 50e-9;
  e.amplifier_area_m2 = 30e-12;
  e.word_line_driver_area_m2 = 3e-12;
  e.mux_area_m2 = 0.5e-12;
  e.accumulator_area_m2 = 20e-12;
  e.sram_area_m2_per_bit = 0.25e-12;
  e.controller_area_m2 = 5e-9;
  e.digital_mac_area_m2 = 300e-12;
  e.dma_area_m2 = 10e-9;
  return card;
}

/// Two macros of 1000 rows and 64 column pairs, a clock of 1 ns and the round card.
inline EnergyParameters two_macros() {
  EnergyParameters p;
  p.card = round_card();
  p.v_wl_v = 0.5;
  p.v_wl_off_v = 0;
  p.v_bl_v = 0.2;
  p.macros = 2;
  p.rows = 1000;
  p.column_pairs = 64;
  p.amplifiers = 64;
  p.buffer_bits = 1'000'000;
  p.t_clk_s = 1e-9;
  return p;
}

}  // namespace irc::energy
