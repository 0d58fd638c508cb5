// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "irc/core/toml.h"

namespace irc::device {

/// Access transistor (NMOS, bulk at 0 V) in the EKV model.
struct Transistor {
  double v_t_v = 0;         ///< median threshold voltage at the reference temperature
  double n = 0;             ///< slope factor
  double i_s_square_a = 0;  ///< specific current of a square device (W = L)
  double a_vt_v_m = 0;      ///< Pelgrom coefficient of the threshold voltage
  double width_m = 0;
  double length_m = 0;
  double v_t_tc_v_per_k = 0;  ///< threshold shift per kelvin
  /// Specific current of this device, i_s_square_a * W / L.
  double i_s_a() const { return i_s_square_a * width_m / length_m; }
  /// Pelgrom: A_VT / sqrt(W L).
  double sigma_v_t_v() const;
};

enum class Conduction { ohmic, sinh };

/// One resistance state; ln-sigmas are standard deviations of ln(R).
struct RramState {
  double r_ohm = 0;                ///< median
  double ln_sigma_device = 0;      ///< device to device, fixed per chip
  double ln_sigma_cycle = 0;       ///< redrawn at each programming
  double read_noise = 0;           ///< relative standard deviation of the cell current at each read
  double stuck_fraction = 0;       ///< cells that are in this state whatever was programmed
  double drift_ln_per_decade = 0;  ///< shift of ln(R) per decade of seconds after programming
  double tc_per_k = 0;             ///< relative change of R per kelvin from the reference temperature
};

struct Rram {
  RramState lrs, hrs;
  Conduction conduction = Conduction::ohmic;
  double alpha_per_v = 0;    ///< sinh conduction: I = G/alpha sinh(alpha V); unused when ohmic
  double drift_start_s = 1;  ///< drift counts from here: no shift before
};

/// Wires, per cell pitch, and the clamp that holds the bit line.
struct Wires {
  double r_bl_ohm = 0, r_sl_ohm = 0, r_wl_ohm = 0;
  double c_bl_f = 0, c_wl_f = 0;
  double r_clamp_ohm = 0;   ///< static: what the settled clamp drops
  double r_settle_ohm = 0;  ///< besides it while the line settles: the clamp's loop has finite speed
};

struct Biases {
  double v_bl_v = 0;         ///< voltage of the bit-line clamp
  double v_wl_v = 0;         ///< nominal word-line voltage of a driven row
  double v_wl_off_v = 0;     ///< word-line voltage of a row not driven
  double v_bl_sigma_v = 0;   ///< spread of the clamp voltage, per column
  double t_word_line_s = 0;  ///< word-line driver, besides the RC of the line
};

/// What the technology says of the sense amplifier; the platform may choose other values.
struct SenseValues {
  double t_sense_s = 0;
  double sense_charge_c = 0;  ///< a decision waits until the unit current has delivered this charge
  double e_decision_j = 0;
  double offset_sigma_a = 0;  ///< input-referred, per amplifier
  double noise_sigma_a = 0;   ///< input-referred, per decision
  double i_min_a = 0;         ///< sensing range
  double i_max_a = 0;
  double injected_bias_sigma = 0;  ///< relative spread of an injected bias current, per amplifier input
};

struct Programming {
  double v_program_v = 0;
  double t_pulse_s = 0;
  double e_pulse_j = 0;
  double pulses_with_verify = 0;  ///< mean per cell
  double e_verify_j = 0;          ///< the read after each pulse: cell current, clamp and decision
};

/// Energy and area of everything that is not the cell current itself. Each is an assumption with its source
/// in the card.
struct EnergyCoefficients {
  double v_dd_v = 0;
  double word_line_driver_j = 0;           ///< per row driven, besides C V^2 of the line
  double word_line_register_j = 0;         ///< per register bit loaded
  double precharge_j = 0;                  ///< per bit line and read
  double mux_j = 0;                        ///< per column selection
  double macro_control_j_per_readout = 0;  ///< timing generator, decoders, latches of a macro
  double reference_current_ratio = 0;      ///< reference and mirror branches over the bit-line current
  double trim_store_j = 0;                 ///< per calibration decision, besides the decision
  double accumulate_j = 0;                 ///< one add of a partial readout
  double digital_mac_j = 0;                ///< 8-bit multiply-accumulate of the digital unit
  double digital_move_j_per_byte = 0;
  double pool_j_per_bit = 0;  ///< bit combined by pooling
  double sram_read_j_per_bit = 0;
  double sram_write_j_per_bit = 0;
  double controller_j_per_cycle = 0;
  double clock_j_per_cycle = 0;  ///< clock tree and the registers' clock pins
  double dma_j_per_byte = 0;     ///< DMA engine
  double interconnect_j_per_byte = 0;
  double dram_j_per_byte = 0;
  double descriptor_j = 0;  ///< fetch and decode
  double leakage_array_w_per_cell = 0;
  double leakage_periphery_w = 0;  ///< per macro
  double leakage_sram_w_per_bit = 0;
  double leakage_digital_w = 0;       ///< controller and digital unit together
  double cell_overhead_width_m = 0;   ///< cell pitch across the channel width, beyond the width itself
  double cell_overhead_length_m = 0;  ///< cell pitch along the channel, beyond the length itself
  double amplifier_area_m2 = 0;
  double word_line_driver_area_m2 = 0;
  double mux_area_m2 = 0;  ///< per column
  double accumulator_area_m2 = 0;
  double sram_area_m2_per_bit = 0;
  double controller_area_m2 = 0;
  double digital_mac_area_m2 = 0;
  double dma_area_m2 = 0;
};

/// Every value of a technology, resolved, in SI. The numbers are declared assumptions of this project; the
/// card file gives the source of each beside the value.
struct TechnologyCard {
  std::string name;
  double node_m = 0;
  std::string notes;
  double temperature_k = 0;            ///< of this simulation
  double reference_temperature_k = 0;  ///< at which the card's values hold
  double retention_s = 0;              ///< time since programming
  Transistor transistor;
  Rram rram;
  Wires wires;
  Biases biases;
  SenseValues sense;
  Programming programming;
  EnergyCoefficients energy;

  /// Thermal voltage kT/q at temperature_k.
  double u_t_v() const;
  /// Transistor at temperature_k: threshold shifted, specific current scaled by sqrt(T/Tref)
  /// (mobility ~ T^-1.5 times U_T^2).
  Transistor transistor_at_temperature() const;
  /// Median resistance of a state at temperature_k and after retention_s.
  double r_median_ohm(const RramState& state) const;
  /// Cell area: (W + cell_overhead_width_m) (L + cell_overhead_length_m), so a wider transistor costs area.
  double cell_area_m2() const;
};

/// Reads a card from a table that holds its sections; the caller calls finish() on the document.
/// Throws InputError (file:line:column, key, value, expectation).
TechnologyCard read_card(const TomlTable& table, const std::string& name);
/// Reads a card file; the name is the file's stem unless the file says `name`.
TechnologyCard load_card(const std::filesystem::path& path, const TomlResources& resources = {},
                         const std::vector<std::string>& overrides = {});
/// The same of a text; `name` stands for the file in messages.
TechnologyCard parse_card(std::string_view text, const std::string& name, const TomlResources& resources = {},
                          const std::vector<std::string>& overrides = {});

}  // namespace irc::device
