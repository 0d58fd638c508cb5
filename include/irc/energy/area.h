// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "irc/device/technology_card.h"

namespace irc::energy {

/// Where silicon area goes; each square metre is counted once. Routing, pads and clock tree are not in it.
enum class AreaComponent : std::uint8_t {
  array,
  word_line_driver,
  sense,
  mux,
  accumulate,
  buffer,
  controller,
  digital,
  dma,
};
inline constexpr std::size_t area_component_count = 9;
const std::array<AreaComponent, area_component_count>& area_components();
std::string_view name(AreaComponent component);

/// What area needs to know of an accelerator. Counts per macro unless said otherwise.
struct AreaParameters {
  device::TechnologyCard card;
  std::size_t macros = 0;
  std::size_t rows = 0;
  std::size_t column_pairs = 0;
  std::size_t amplifiers = 0;
  bool single_ended = false;                  ///< as in EnergyParameters
  std::size_t comparators_per_amplifier = 1;  ///< 2^bits - 1 for flash
  std::size_t accumulators = 0;               ///< 0 where a readout decides alone
  std::size_t buffer_bits = 0;                ///< activation buffer, of the accelerator
  std::size_t digital_macs = 0;               ///< multiply-accumulate units of the digital unit
};

/// Area in square metres.
struct Area {
  std::array<double, area_component_count> by_component{};
  double area_m2(AreaComponent component) const { return by_component[static_cast<std::size_t>(component)]; }
  /// Sum of the components.
  double total_m2() const;
};

/// Area from the card's coefficients (docs/energy.md). Throws InputError (naming the value) where a number is
/// negative, not finite or zero and must not be.
Area area(const AreaParameters& parameters);

}  // namespace irc::energy
