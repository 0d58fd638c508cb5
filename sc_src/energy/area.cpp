// SPDX-License-Identifier: Apache-2.0
#include "irc/energy/area.h"

#include "checks.h"
#include "irc/core/error.h"

namespace irc::energy {
namespace {

void check(const AreaParameters& p) {
  require_sane(p.card.energy);
  require_positive("cell area of the card", p.card.cell_area_m2());
  require_positive("macros", p.macros);
  require_positive("rows", p.rows);
  require_positive("column_pairs", p.column_pairs);
  require_positive("amplifiers", p.amplifiers);
  require_positive("comparators_per_amplifier", p.comparators_per_amplifier);
}

}  // namespace

const std::array<AreaComponent, area_component_count>& area_components() {
  static constexpr std::array<AreaComponent, area_component_count> all{
      AreaComponent::array,      AreaComponent::word_line_driver, AreaComponent::sense,
      AreaComponent::mux,        AreaComponent::accumulate,       AreaComponent::buffer,
      AreaComponent::controller, AreaComponent::digital,          AreaComponent::dma};
  return all;
}

std::string_view name(AreaComponent component) {
  switch (component) {
    case AreaComponent::array:
      return "array";
    case AreaComponent::word_line_driver:
      return "word_line_driver";
    case AreaComponent::sense:
      return "sense";
    case AreaComponent::mux:
      return "mux";
    case AreaComponent::accumulate:
      return "accumulate";
    case AreaComponent::buffer:
      return "buffer";
    case AreaComponent::controller:
      return "controller";
    case AreaComponent::digital:
      return "digital";
    case AreaComponent::dma:
      return "dma";
  }
  throw InternalError("energy: an area component without a name");
}

double Area::total_m2() const {
  double sum_m2 = 0;
  for (const double component_m2 : by_component) sum_m2 += component_m2;
  return sum_m2;
}

Area area(const AreaParameters& p) {
  check(p);
  const auto& e = p.card.energy;
  const auto macros = static_cast<double>(p.macros), rows = static_cast<double>(p.rows);
  const auto columns = 2.0 * static_cast<double>(p.column_pairs);
  const auto amplifiers = static_cast<double>(p.amplifiers);
  const std::size_t lines = p.single_ended ? 2 * p.column_pairs : p.column_pairs;
  Area result;
  const auto set = [&](AreaComponent component, double area_m2) {
    result.by_component[static_cast<std::size_t>(component)] = area_m2;
  };
  set(AreaComponent::array, macros * rows * columns * p.card.cell_area_m2());
  set(AreaComponent::word_line_driver, macros * rows * e.word_line_driver_area_m2);
  set(AreaComponent::sense,
      macros * amplifiers * static_cast<double>(p.comparators_per_amplifier) * e.amplifier_area_m2);
  set(AreaComponent::mux, p.amplifiers < lines ? macros * columns * e.mux_area_m2 : 0.0);
  set(AreaComponent::accumulate, macros * static_cast<double>(p.accumulators) * e.accumulator_area_m2);
  set(AreaComponent::buffer, static_cast<double>(p.buffer_bits) * e.sram_area_m2_per_bit);
  set(AreaComponent::controller, e.controller_area_m2);
  set(AreaComponent::digital, static_cast<double>(p.digital_macs) * e.digital_mac_area_m2);
  set(AreaComponent::dma, e.dma_area_m2);
  return result;
}

}  // namespace irc::energy
