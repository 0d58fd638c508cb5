// SPDX-License-Identifier: Apache-2.0
// Models one access of a published macro with the ledger, area and read-time models of `irc run`.
#include <algorithm>
#include <cmath>

#include "irc/core/event.h"
#include "irc/device/read_time.h"
#include "irc/energy/area.h"
#include "irc/energy/energy_ledger.h"
#include "irc/energy/scaling.h"
#include "irc/platform/silicon.h"

namespace irc::platform {
namespace {

/// A line counts as settled within 1 %, which is the default of `timing.settle_accuracy`.
constexpr double settle_accuracy = 0.01;

std::uint64_t whole(double value) {
  return static_cast<std::uint64_t>(std::llround(value));
}

double comparisons(const SiliconMacro& m) {
  return m.conversion == Conversion::flash ? std::exp2(m.bits) - 1 : m.steps;
}

void predict_times(const SiliconMacro& m, const device::TechnologyCard& card, SiliconPrediction& out) {
  const double unit_a = m.lrs_current_a - m.hrs_current_a;
  out.t_word_line_s = device::word_line_time_s(card, m.word_line_cells, settle_accuracy);
  out.t_bit_line_s = device::bit_line_time_s(card, card.wires.r_clamp_ohm, card.wires.r_bl_ohm,
                                             m.bit_line_cells, settle_accuracy);
  out.t_sense_s = m.steps * device::decision_time_s(card.sense, unit_a);
  out.latency_s = out.t_word_line_s + out.t_bit_line_s + out.t_sense_s;
}

energy::EnergyParameters ledger_of(const SiliconMacro& m, const device::TechnologyCard& card) {
  energy::EnergyParameters p;
  p.card = card;
  p.v_wl_v = m.v_wl_v;
  p.v_bl_v = m.v_bl_v;
  p.v_bl_supply_v = std::max(m.v_supply_v, m.v_bl_v);
  p.macros = 1;
  p.rows = whole(m.bit_line_cells);
  p.column_pairs = whole(m.word_line_cells / 2);
  p.amplifiers = whole(m.readouts);
  p.single_ended = m.bit_lines_per_readout != 2;
  p.comparisons_per_decision = comparisons(m);
  p.against_references = m.references;
  p.t_clk_s = m.duration_s();
  return p;
}

/// Number of accesses per event. It is large enough to make a mean of half a driven row a whole number.
constexpr std::uint64_t accesses = 1000;

/// The accesses as the accelerator would publish them, with their phases stretched to the published duration.
Event burst(const SiliconMacro& m, const SiliconPrediction& times) {
  const double stretch = m.duration_s() / times.latency_s;
  const double driven = m.rows * m.activity, bit_lines = m.readouts * m.bit_lines_per_readout;
  const auto all = static_cast<double>(accesses);
  Event event;
  event.kind = EventKind::macro_operation;
  event.vector_end = accesses;
  event.end_s = all * m.duration_s();
  event.drive_s = times.t_word_line_s * stretch;
  event.settle_s = times.t_bit_line_s * stretch;
  event.sense_s = times.t_sense_s * stretch;
  event.active_word_lines = whole(all * driven);
  event.switched_rows = accesses * whole(m.rows);
  event.decisions = accesses * whole(m.readouts);
  event.bit_lines = accesses * whole(bit_lines);
  const double cells = all * driven * bit_lines * m.current_weight;
  event.hrs_current_a = cells * (1 - m.lrs_share) * m.hrs_current_a;
  event.off_current_a = all * (m.bit_line_cells - driven) * bit_lines * m.off_current_a;
  event.array_current_a = cells * m.lrs_share * m.lrs_current_a + event.hrs_current_a + event.off_current_a;
  return event;
}

bool within(const SiliconMacro& m, energy::Component component) {
  using energy::Component;
  switch (component) {
    case Component::reference:
    case Component::macro_control:
    case Component::leakage:
      return m.whole_macro;
    default:
      return true;
  }
}

void predict_energy(const SiliconMacro& m, const device::TechnologyCard& card, SiliconPrediction& out) {
  energy::EnergyLedger ledger(ledger_of(m, card));
  ledger.on_event(burst(m, out));
  for (const auto component : energy::components()) {
    if (!within(m, component)) continue;
    double joules = ledger.total_j(component) / static_cast<double>(accesses);
    // The ledger's leakage is not used, because it covers the length of a command and includes an
    // accelerator's digital unit and buffer. A published macro has neither. Its periphery leaks for the
    // length of the access, and sub-arrays that share it each carry their part.
    if (component == energy::Component::leakage)
      joules = card.energy.leakage_periphery_w / m.sub_arrays * m.duration_s();
    if (joules == 0) continue;
    out.energy_j[std::string(energy::name(component))] = joules;
    out.total_j += joules;
  }
}

void predict_area(const SiliconMacro& m, const device::TechnologyCard& card, SiliconPrediction& out) {
  if (m.cells == 0) return;
  energy::AreaParameters p;
  p.card = card;
  p.macros = 1;
  p.rows = whole(m.bit_line_cells);
  p.column_pairs = std::max<std::size_t>(1, whole(m.cells / m.bit_line_cells / 2));
  p.amplifiers = whole(m.readouts);
  p.single_ended = m.bit_lines_per_readout != 2;
  p.comparators_per_amplifier = m.conversion == Conversion::flash ? whole(comparisons(m)) : 1;
  const auto area = energy::area(p);
  for (const auto component : {energy::AreaComponent::array, energy::AreaComponent::word_line_driver,
                               energy::AreaComponent::sense, energy::AreaComponent::mux})
    out.area_m2 += area.area_m2(component);
}

}  // namespace

double block_j(const SiliconPrediction& prediction, const SiliconBlock& block) {
  double joules = 0;
  for (const auto& component : block.components) {
    const auto found = prediction.energy_j.find(component);
    if (found != prediction.energy_j.end()) joules += found->second;
  }
  return joules;
}

SiliconPrediction predict(const SiliconMacro& macro, const device::TechnologyCard& card) {
  const auto here = energy::scaled(card, macro.node_m, macro.v_dd_v);
  SiliconPrediction out;
  predict_times(macro, here, out);
  predict_energy(macro, here, out);
  predict_area(macro, here, out);
  return out;
}

}  // namespace irc::platform
