// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "irc/device/technology_card.h"

/// Energy and area: the prices of the card, and the ledger that applies them to events.
namespace irc::energy {

/// The components of silicon area. Each square metre is counted once. Routing, pads and the clock tree are
/// not included.
enum class AreaComponent : std::uint8_t {
  array,             ///< cells
  word_line_driver,  ///< word-line drivers
  sense,             ///< sense amplifiers
  mux,               ///< column multiplexers
  accumulate,        ///< accumulators
  buffer,            ///< activation buffer
  controller,        ///< controller
  digital,           ///< digital unit
  dma,               ///< DMA engine
};
/// Number of area components.
inline constexpr std::size_t area_component_count = 9;
/// All area components in the order of the enumeration.
const std::array<AreaComponent, area_component_count>& area_components();
/// The name used in results: "array", "word_line_driver", ... Throws InternalError for an unknown component.
std::string_view name(AreaComponent component);

/// The properties of an accelerator that determine its area. Counts are per macro unless said otherwise.
struct AreaParameters {
  device::TechnologyCard card;                ///< technology
  std::size_t macros = 0;                     ///< macros of the accelerator
  std::size_t rows = 0;                       ///< rows
  std::size_t column_pairs = 0;               ///< pairs of columns
  std::size_t amplifiers = 0;                 ///< sense amplifiers
  bool single_ended = false;                  ///< one bit line per amplifier, as in EnergyParameters
  std::size_t comparators_per_amplifier = 1;  ///< 2^bits - 1 for a flash readout
  std::size_t accumulators = 0;               ///< 0 if one readout decides alone
  std::size_t buffer_bits = 0;                ///< bits of the accelerator's activation buffer
  std::size_t digital_macs = 0;               ///< multiply-accumulate units of the digital unit
};

/// Area by component, in square metres.
struct Area {
  std::array<double, area_component_count> by_component{};  ///< indexed by AreaComponent
  /// Area of one component.
  double area_m2(AreaComponent component) const { return by_component[static_cast<std::size_t>(component)]; }
  /// Sum over all components.
  double total_m2() const;
};

/// Computes the area from the card's coefficients (docs/energy.md). Throws InputError that names the value if
/// a number is negative or not finite, or is zero where it must not be.
Area area(const AreaParameters& parameters);

}  // namespace irc::energy
