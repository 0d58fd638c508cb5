// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "irc/core/error.h"
#include "irc/device/technology_card.h"

namespace irc::device {
namespace {

Transistor read_transistor(const TomlTable& t) {
  Transistor out;
  out.v_t_v = t.real("v_t_v", -1, 2);
  out.n = t.real("n", 1, 3);
  out.i_s_square_a = t.real("i_s_square_a", 1e-10, 1e-4);
  out.a_vt_v_m = t.real("a_vt_v_m", 0, 1e-7);
  out.width_m = t.real("width_m", 1e-9, 1e-4);
  out.length_m = t.real("length_m", 1e-9, 1e-4);
  out.v_t_tc_v_per_k = t.real("v_t_tc_v_per_k", -0.01, 0.01);
  return out;
}

RramState read_state(const TomlTable& t) {
  RramState out;
  out.r_ohm = t.real("r_ohm", 1, 1e12);
  // A spread of 3 puts the extreme cells of a macro at 1e-6 of the median. Beyond it the exact solver may
  // not converge.
  out.ln_sigma_device = t.real("ln_sigma_device", 0, 3);
  out.ln_sigma_cycle = t.real("ln_sigma_cycle", 0, 3);
  out.read_noise = t.real("read_noise", 0, 1);
  out.stuck_fraction = t.real("stuck_fraction", 0, 1);
  out.drift_ln_per_decade = t.real("drift_ln_per_decade", -1, 1);
  out.tc_per_k = t.real("tc_per_k", -0.01, 0.01);
  return out;
}

Rram read_rram(const TomlTable& t) {
  constexpr std::array<std::string_view, 2> conductions = {"ohmic", "sinh"};
  Rram out;
  out.lrs = read_state(t.table("lrs"));
  out.hrs = read_state(t.table("hrs"));
  out.conduction = static_cast<Conduction>(t.choice("conduction", conductions));
  if (out.conduction == Conduction::sinh) {
    out.alpha_per_v = t.real("alpha_per_v", 1e-3, 50);
  } else {
    out.alpha_per_v = t.find_real("alpha_per_v", 0, 50).value_or(0);
  }
  out.drift_start_s = t.real("drift_start_s", 1e-9, 1e9);
  if (out.lrs.r_ohm >= out.hrs.r_ohm)
    throw t.table("hrs").error("r_ohm", "more than the low-resistance state's lrs.r_ohm");
  if (out.lrs.stuck_fraction + out.hrs.stuck_fraction > 1)
    throw t.table("hrs").error("stuck_fraction", "at most 1 together with lrs.stuck_fraction");
  return out;
}

Wires read_wires(const TomlTable& t) {
  Wires out;
  out.r_bl_ohm = t.real("r_bl_ohm", 0, 1e4);
  out.r_sl_ohm = t.real("r_sl_ohm", 0, 1e4);
  out.r_wl_ohm = t.real("r_wl_ohm", 0, 1e4);
  out.c_bl_f = t.real("c_bl_f", 0, 1e-12);
  out.c_wl_f = t.real("c_wl_f", 0, 1e-12);
  out.r_clamp_ohm = t.real("r_clamp_ohm", 0, 1e6);
  out.r_settle_ohm = t.real("r_settle_ohm", 0, 1e6);
  return out;
}

Biases read_biases(const TomlTable& t) {
  Biases out;
  out.v_bl_v = t.real("v_bl_v", 1e-3, 2);
  out.v_wl_v = t.real("v_wl_v", 0, 5);
  out.v_wl_off_v = t.real("v_wl_off_v", -1, 1);
  out.v_bl_sigma_v = t.real("v_bl_sigma_v", 0, 0.1);
  out.t_word_line_s = t.real("t_word_line_s", 0, 1e-6);
  if (out.v_wl_off_v >= out.v_wl_v) throw t.error("v_wl_off_v", "less than v_wl_v");
  return out;
}

SenseValues read_sense(const TomlTable& t) {
  SenseValues out;
  out.t_sense_s = t.real("t_sense_s", 0, 1e-3);
  out.sense_charge_c = t.real("sense_charge_c", 0, 1e-9);
  out.e_decision_j = t.real("e_decision_j", 0, 1e-6);
  out.offset_sigma_a = t.real("offset_sigma_a", 0, 1e-2);
  out.noise_sigma_a = t.real("noise_sigma_a", 0, 1e-2);
  out.i_min_a = t.real("i_min_a", 0, 1);
  out.i_max_a = t.real("i_max_a", 0, 1);
  out.injected_bias_sigma = t.real("injected_bias_sigma", 0, 1);
  if (out.i_max_a <= out.i_min_a) throw t.error("i_max_a", "more than i_min_a");
  return out;
}

Programming read_programming(const TomlTable& t) {
  Programming out;
  out.v_program_v = t.real("v_program_v", 0, 10);
  out.t_pulse_s = t.real("t_pulse_s", 0, 1);
  out.e_pulse_j = t.real("e_pulse_j", 0, 1e-3);
  out.pulses_with_verify = t.real("pulses_with_verify", 1, 1e6);
  out.e_verify_j = t.real("e_verify_j", 0, 1e-3);
  return out;
}

struct EnergyKey {
  std::string_view key;
  double EnergyCoefficients::*field;
  double max;
};

constexpr std::array<EnergyKey, 34> energy_keys = {{
    {"v_dd_v", &EnergyCoefficients::v_dd_v, 10},
    {"word_line_driver_j", &EnergyCoefficients::word_line_driver_j, 1e-6},
    {"word_line_register_j", &EnergyCoefficients::word_line_register_j, 1e-6},
    {"precharge_j", &EnergyCoefficients::precharge_j, 1e-6},
    {"mux_j", &EnergyCoefficients::mux_j, 1e-6},
    {"macro_control_j_per_readout", &EnergyCoefficients::macro_control_j_per_readout, 1e-6},
    {"reference_current_ratio", &EnergyCoefficients::reference_current_ratio, 100},
    {"trim_store_j", &EnergyCoefficients::trim_store_j, 1e-6},
    {"accumulate_j", &EnergyCoefficients::accumulate_j, 1e-6},
    {"digital_mac_j", &EnergyCoefficients::digital_mac_j, 1e-6},
    {"digital_move_j_per_byte", &EnergyCoefficients::digital_move_j_per_byte, 1e-6},
    {"pool_j_per_bit", &EnergyCoefficients::pool_j_per_bit, 1e-6},
    {"sram_read_j_per_bit", &EnergyCoefficients::sram_read_j_per_bit, 1e-6},
    {"sram_write_j_per_bit", &EnergyCoefficients::sram_write_j_per_bit, 1e-6},
    {"controller_j_per_cycle", &EnergyCoefficients::controller_j_per_cycle, 1e-6},
    {"clock_j_per_cycle", &EnergyCoefficients::clock_j_per_cycle, 1e-6},
    {"dma_j_per_byte", &EnergyCoefficients::dma_j_per_byte, 1e-6},
    {"interconnect_j_per_byte", &EnergyCoefficients::interconnect_j_per_byte, 1e-6},
    {"dram_j_per_byte", &EnergyCoefficients::dram_j_per_byte, 1e-6},
    {"descriptor_j", &EnergyCoefficients::descriptor_j, 1e-6},
    {"leakage_array_w_per_cell", &EnergyCoefficients::leakage_array_w_per_cell, 1e-3},
    {"leakage_periphery_w", &EnergyCoefficients::leakage_periphery_w, 1},
    {"leakage_sram_w_per_bit", &EnergyCoefficients::leakage_sram_w_per_bit, 1e-3},
    {"leakage_digital_w", &EnergyCoefficients::leakage_digital_w, 1},
    {"cell_overhead_width_m", &EnergyCoefficients::cell_overhead_width_m, 1e-5},
    {"cell_overhead_length_m", &EnergyCoefficients::cell_overhead_length_m, 1e-5},
    {"amplifier_area_m2", &EnergyCoefficients::amplifier_area_m2, 1e-6},
    {"word_line_driver_area_m2", &EnergyCoefficients::word_line_driver_area_m2, 1e-6},
    {"mux_area_m2", &EnergyCoefficients::mux_area_m2, 1e-6},
    {"accumulator_area_m2", &EnergyCoefficients::accumulator_area_m2, 1e-6},
    {"sram_area_m2_per_bit", &EnergyCoefficients::sram_area_m2_per_bit, 1e-6},
    {"controller_area_m2", &EnergyCoefficients::controller_area_m2, 1e-4},
    {"digital_mac_area_m2", &EnergyCoefficients::digital_mac_area_m2, 1e-6},
    {"dma_area_m2", &EnergyCoefficients::dma_area_m2, 1e-4},
}};

EnergyCoefficients read_energy(const TomlTable& t) {
  EnergyCoefficients out;
  for (const auto& entry : energy_keys) out.*entry.field = t.real(entry.key, 0, entry.max);
  return out;
}

TechnologyCard read_document(const TomlDocument& document, const std::string& fallback_name) {
  TechnologyCard card = read_card(document.root(), fallback_name);
  document.root().finish();
  return card;
}

}  // namespace

TechnologyCard read_card(const TomlTable& table, const std::string& name) {
  TechnologyCard card;
  card.name = table.find_string("name").value_or(name);
  card.notes = table.find_string("notes").value_or("");
  card.node_m = table.real("node_m", 1e-9, 1e-6);
  card.temperature_k = table.real("temperature_k", 200, 500);
  card.reference_temperature_k = table.real("reference_temperature_k", 200, 500);
  card.retention_s = table.real("retention_s", 0, 1e10);
  card.transistor = read_transistor(table.table("transistor"));
  card.rram = read_rram(table.table("rram"));
  card.wires = read_wires(table.table("wires"));
  card.biases = read_biases(table.table("biases"));
  card.sense = read_sense(table.table("sense"));
  card.programming = read_programming(table.table("programming"));
  card.energy = read_energy(table.table("energy"));
  return card;
}

TechnologyCard load_card(const std::filesystem::path& path, const TomlResources& resources,
                         const std::vector<std::string>& overrides) {
  return read_document(TomlDocument::read(path.string(), resources, overrides), path.stem().string());
}

TechnologyCard parse_card(std::string_view text, const std::string& name, const TomlResources& resources,
                          const std::vector<std::string>& overrides) {
  return read_document(TomlDocument::parse(text, name, resources, overrides), name);
}

}  // namespace irc::device
