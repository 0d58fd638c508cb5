// SPDX-License-Identifier: Apache-2.0
#include "checks.h"

#include <cmath>
#include <sstream>
#include <string>
#include <utility>

#include "irc/core/error.h"

namespace irc::energy {
namespace {

[[noreturn]] void refuse(std::string_view what, double value, const char* expectation) {
  std::ostringstream message;
  message << "energy: " << what << " is " << value << ", expected " << expectation;
  throw InputError(message.str());
}

using Coefficient = double device::EnergyCoefficients::*;
constexpr std::pair<const char*, Coefficient> coefficients[] = {
    {"v_dd_v", &device::EnergyCoefficients::v_dd_v},
    {"word_line_driver_j", &device::EnergyCoefficients::word_line_driver_j},
    {"word_line_register_j", &device::EnergyCoefficients::word_line_register_j},
    {"precharge_j", &device::EnergyCoefficients::precharge_j},
    {"mux_j", &device::EnergyCoefficients::mux_j},
    {"macro_control_j_per_readout", &device::EnergyCoefficients::macro_control_j_per_readout},
    {"reference_current_ratio", &device::EnergyCoefficients::reference_current_ratio},
    {"trim_store_j", &device::EnergyCoefficients::trim_store_j},
    {"accumulate_j", &device::EnergyCoefficients::accumulate_j},
    {"digital_mac_j", &device::EnergyCoefficients::digital_mac_j},
    {"digital_move_j_per_byte", &device::EnergyCoefficients::digital_move_j_per_byte},
    {"pool_j_per_bit", &device::EnergyCoefficients::pool_j_per_bit},
    {"sram_read_j_per_bit", &device::EnergyCoefficients::sram_read_j_per_bit},
    {"sram_write_j_per_bit", &device::EnergyCoefficients::sram_write_j_per_bit},
    {"controller_j_per_cycle", &device::EnergyCoefficients::controller_j_per_cycle},
    {"clock_j_per_cycle", &device::EnergyCoefficients::clock_j_per_cycle},
    {"dma_j_per_byte", &device::EnergyCoefficients::dma_j_per_byte},
    {"interconnect_j_per_byte", &device::EnergyCoefficients::interconnect_j_per_byte},
    {"dram_j_per_byte", &device::EnergyCoefficients::dram_j_per_byte},
    {"descriptor_j", &device::EnergyCoefficients::descriptor_j},
    {"leakage_array_w_per_cell", &device::EnergyCoefficients::leakage_array_w_per_cell},
    {"leakage_periphery_w", &device::EnergyCoefficients::leakage_periphery_w},
    {"leakage_sram_w_per_bit", &device::EnergyCoefficients::leakage_sram_w_per_bit},
    {"leakage_digital_w", &device::EnergyCoefficients::leakage_digital_w},
    {"amplifier_area_m2", &device::EnergyCoefficients::amplifier_area_m2},
    {"word_line_driver_area_m2", &device::EnergyCoefficients::word_line_driver_area_m2},
    {"mux_area_m2", &device::EnergyCoefficients::mux_area_m2},
    {"accumulator_area_m2", &device::EnergyCoefficients::accumulator_area_m2},
    {"sram_area_m2_per_bit", &device::EnergyCoefficients::sram_area_m2_per_bit},
    {"controller_area_m2", &device::EnergyCoefficients::controller_area_m2},
    {"digital_mac_area_m2", &device::EnergyCoefficients::digital_mac_area_m2},
    {"dma_area_m2", &device::EnergyCoefficients::dma_area_m2},
};

}  // namespace

void require_not_negative(std::string_view what, double value) {
  if (!std::isfinite(value) || value < 0) refuse(what, value, "a finite number of at least 0");
}

void require_positive(std::string_view what, double value) {
  if (!std::isfinite(value) || value <= 0) refuse(what, value, "a finite number above 0");
}

void require_positive(std::string_view what, std::size_t value) {
  if (value == 0) refuse(what, 0, "at least 1");
}

void require_sane(const device::EnergyCoefficients& values) {
  for (const auto& [key, member] : coefficients)
    require_not_negative(std::string("card.energy.") + key, values.*member);
}

}  // namespace irc::energy
