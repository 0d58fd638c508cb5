// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "irc/core/toml.h"

namespace irc::device {

/// The access transistor (NMOS, bulk at 0 V) in the EKV model.
struct Transistor {
  double v_t_v = 0;           ///< median threshold voltage at the reference temperature
  double n = 0;               ///< slope factor
  double i_s_square_a = 0;    ///< specific current of a square device (W = L)
  double a_vt_v_m = 0;        ///< Pelgrom coefficient of the threshold voltage
  double width_m = 0;         ///< channel width
  double length_m = 0;        ///< channel length
  double v_t_tc_v_per_k = 0;  ///< threshold shift per kelvin
  /// Specific current of this device, i_s_square_a * W / L.
  double i_s_a() const { return i_s_square_a * width_m / length_m; }
  /// Standard deviation of the threshold voltage by Pelgrom's law: A_VT / sqrt(W L).
  double sigma_v_t_v() const;
};

/// How the current of the RRAM depends on its voltage.
enum class Conduction {
  ohmic,  ///< I = V / R
  sinh    ///< I = sinh(alpha V) / (alpha R)
};

/// One resistance state. The ln-sigmas are standard deviations of ln(R).
struct RramState {
  double r_ohm = 0;                ///< median resistance at the reference temperature
  double ln_sigma_device = 0;      ///< device-to-device spread, fixed per chip
  double ln_sigma_cycle = 0;       ///< spread that is redrawn at each programming
  double read_noise = 0;           ///< relative standard deviation of the cell current at each read
  double stuck_fraction = 0;       ///< fraction of cells that are in this state whatever was programmed
  double drift_ln_per_decade = 0;  ///< shift of ln(R) per decade of seconds after programming
  double tc_per_k = 0;             ///< relative change of R per kelvin from the reference temperature
};

/// The resistive memory element.
struct Rram {
  RramState lrs,                              ///< low-resistance state
      hrs;                                    ///< high-resistance state
  Conduction conduction = Conduction::ohmic;  ///< law of conduction
  double alpha_per_v = 0;                     ///< alpha of sinh conduction; not used when ohmic
  double drift_start_s = 1;                   ///< time after programming at which drift begins
};

/// Wires, per cell pitch, and the clamp that holds the bit line.
struct Wires {
  double r_bl_ohm = 0,     ///< bit-line resistance per cell
      r_sl_ohm = 0,        ///< source-line resistance per cell
      r_wl_ohm = 0;        ///< word-line resistance per cell
  double c_bl_f = 0,       ///< bit-line capacitance per cell
      c_wl_f = 0;          ///< word-line capacitance per cell
  double r_clamp_ohm = 0;  ///< static output resistance of the settled clamp
  /// Extra resistance while the line settles, because the clamp's loop has a finite speed.
  double r_settle_ohm = 0;
};

/// Voltages of the array, and the delay of the word-line driver.
struct Biases {
  double v_bl_v = 0;         ///< voltage of the bit-line clamp
  double v_wl_v = 0;         ///< nominal word-line voltage of a driven row
  double v_wl_off_v = 0;     ///< word-line voltage of an undriven row
  double v_bl_sigma_v = 0;   ///< spread of the clamp voltage, per column
  double t_word_line_s = 0;  ///< delay of the word-line driver, besides the RC of the line
};

/// The technology's values for the sense amplifier. A platform may choose other values.
struct SenseValues {
  double t_sense_s = 0;  ///< shortest time of one decision
  /// A decision takes, in addition, the time in which the unit current delivers this charge.
  double sense_charge_c = 0;
  double e_decision_j = 0;         ///< energy of one decision
  double offset_sigma_a = 0;       ///< standard deviation of the input-referred offset, per amplifier
  double noise_sigma_a = 0;        ///< standard deviation of the input-referred noise, per decision
  double i_min_a = 0;              ///< lower end of the sensing range
  double i_max_a = 0;              ///< upper end of the sensing range
  double injected_bias_sigma = 0;  ///< relative spread of an injected bias current, per amplifier input
};

/// Programming of a cell by pulses, each followed by a verifying read.
struct Programming {
  double v_program_v = 0;         ///< programming voltage
  double t_pulse_s = 0;           ///< duration of one pulse
  double e_pulse_j = 0;           ///< energy of one pulse
  double pulses_with_verify = 0;  ///< mean number of pulses per cell
  double e_verify_j = 0;          ///< energy of the read after each pulse: cell current, clamp and decision
};

/// Energies and areas of everything except the cell current itself. Each value is an assumption, and the card
/// gives its source.
struct EnergyCoefficients {
  double v_dd_v = 0;                       ///< supply voltage
  double word_line_driver_j = 0;           ///< per driven row, in addition to C V^2 of the line
  double word_line_register_j = 0;         ///< per bit loaded into the word-line register
  double precharge_j = 0;                  ///< per bit line and read
  double mux_j = 0;                        ///< per column selection
  double macro_control_j_per_readout = 0;  ///< timing generator, decoders and latches of a macro, per readout
  /// Current of reference and mirror branches, relative to the bit-line current.
  double reference_current_ratio = 0;
  double trim_store_j = 0;              ///< per trim decision, in addition to the decision
  double accumulate_j = 0;              ///< one addition of a partial readout
  double digital_mac_j = 0;             ///< one 8-bit multiply-accumulate of the digital unit
  double digital_move_j_per_byte = 0;   ///< moving one byte between buffers
  double pool_j_per_bit = 0;            ///< per bit that pooling combines
  double sram_read_j_per_bit = 0;       ///< reading one bit of on-chip memory
  double sram_write_j_per_bit = 0;      ///< writing one bit of on-chip memory
  double controller_j_per_cycle = 0;    ///< controller, per clock cycle
  double clock_j_per_cycle = 0;         ///< clock tree and clock pins of the registers
  double dma_j_per_byte = 0;            ///< DMA engine, per byte
  double interconnect_j_per_byte = 0;   ///< interconnect, per byte
  double dram_j_per_byte = 0;           ///< external memory, per byte
  double descriptor_j = 0;              ///< fetching and decoding one descriptor
  double leakage_array_w_per_cell = 0;  ///< leakage of one cell
  double leakage_periphery_w = 0;       ///< leakage of the periphery of one macro
  double leakage_sram_w_per_bit = 0;    ///< leakage of one bit of on-chip memory
  double leakage_digital_w = 0;         ///< leakage of the controller and the digital unit together
  double cell_overhead_width_m = 0;     ///< cell pitch across the channel width, beyond the width itself
  double cell_overhead_length_m = 0;    ///< cell pitch along the channel, beyond the length itself
  double amplifier_area_m2 = 0;         ///< one sense amplifier
  double word_line_driver_area_m2 = 0;  ///< driver of one word line
  double mux_area_m2 = 0;               ///< multiplexer of one column
  double accumulator_area_m2 = 0;       ///< one accumulator
  double sram_area_m2_per_bit = 0;      ///< one bit of on-chip memory
  double controller_area_m2 = 0;        ///< the controller
  double digital_mac_area_m2 = 0;       ///< one multiply-accumulate unit of the digital unit
  double dma_area_m2 = 0;               ///< the DMA engine
};

/// All values of a technology, resolved, in SI units. The numbers are declared assumptions of this project;
/// the card file gives the source of each beside the value.
struct TechnologyCard {
  std::string name;                    ///< name of the card
  double node_m = 0;                   ///< technology node
  std::string notes;                   ///< free text of the card file
  double temperature_k = 0;            ///< temperature of this simulation
  double reference_temperature_k = 0;  ///< temperature for which the card's values hold
  double retention_s = 0;              ///< time since programming
  Transistor transistor;               ///< access transistor
  Rram rram;                           ///< resistive memory element
  Wires wires;                         ///< wires and clamp
  Biases biases;                       ///< voltages
  SenseValues sense;                   ///< sense amplifier
  Programming programming;             ///< programming
  EnergyCoefficients energy;           ///< energies, leakage and areas

  /// Thermal voltage kT/q at temperature_k.
  double u_t_v() const;
  /// The transistor at temperature_k: the threshold is shifted, and the specific current scales with
  /// sqrt(T/Tref), because mobility scales with T^-1.5 and the current also with U_T^2.
  Transistor transistor_at_temperature() const;
  /// Median resistance of `state` at temperature_k and after retention_s.
  double r_median_ohm(const RramState& state) const;
  /// Cell area: (W + cell_overhead_width_m) (L + cell_overhead_length_m).
  double cell_area_m2() const;
};

/// Reads a card from a table that holds its sections. The caller then calls finish() on the document. Throws
/// InputError with file:line:column, key, value and what was expected.
TechnologyCard read_card(const TomlTable& table, const std::string& name);
/// Reads a card file. The card's name is the value of `name` in the file, or else the file's stem. Throws
/// InputError.
TechnologyCard load_card(const std::filesystem::path& path, const TomlResources& resources = {},
                         const std::vector<std::string>& overrides = {});
/// Reads a card from `text`. `name` stands for the file in messages. Throws InputError.
TechnologyCard parse_card(std::string_view text, const std::string& name, const TomlResources& resources = {},
                          const std::vector<std::string>& overrides = {});

}  // namespace irc::device
