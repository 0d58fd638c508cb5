// SPDX-License-Identifier: Apache-2.0
#include "irc/energy/energy_ledger.h"

#include <cmath>
#include <sstream>
#include <utility>

#include "checks.h"
#include "irc/core/error.h"

namespace irc::energy {
namespace {

using Joules = EnergyLedger::Joules;

constexpr double count(std::uint64_t n) {
  return static_cast<double>(n);
}

double& at(Joules& joules, Component component) {
  return joules[static_cast<std::size_t>(component)];
}

void check(const EnergyParameters& p) {
  require_sane(p.card.energy);
  require_not_negative("card.wires.c_bl_f", p.card.wires.c_bl_f);
  require_not_negative("card.wires.c_wl_f", p.card.wires.c_wl_f);
  require_not_negative("card.sense.e_decision_j", p.card.sense.e_decision_j);
  require_not_negative("card.programming.e_pulse_j", p.card.programming.e_pulse_j);
  require_not_negative("card.programming.pulses_with_verify", p.card.programming.pulses_with_verify);
  require_positive("card.energy.v_dd_v", p.card.energy.v_dd_v);
  require_not_negative("v_wl_v", p.v_wl_v);
  require_positive("v_bl_v", p.v_bl_v);
  if (!(std::abs(p.v_wl_off_v) <= p.v_wl_v)) {
    std::ostringstream message;
    message << "energy: v_wl_off_v is " << p.v_wl_off_v
            << ", expected between -v_wl_v and v_wl_v = " << p.v_wl_v;
    throw InputError(message.str());
  }
  if (p.v_bl_supply_v && !(std::isfinite(*p.v_bl_supply_v) && *p.v_bl_supply_v >= p.v_bl_v)) {
    std::ostringstream message;
    message << "energy: v_bl_supply_v is " << *p.v_bl_supply_v << ", expected at least v_bl_v = " << p.v_bl_v;
    throw InputError(message.str());
  }
  require_positive("macros", p.macros);
  require_positive("rows", p.rows);
  require_positive("column_pairs", p.column_pairs);
  require_positive("amplifiers", p.amplifiers);
  require_positive("comparisons_per_decision", p.comparisons_per_decision);
  require_positive("t_clk_s", p.t_clk_s);
}

void check(const Event& event) {
  const double values[] = {event.start_s, event.end_s,           event.settle_s,
                           event.sense_s, event.array_current_a, event.bias_current_a};
  bool sane = event.end_s >= event.start_s && event.vector_end >= event.vector_begin && event.settle_s >= 0 &&
              event.sense_s >= 0;
  for (const double value : values) sane = sane && std::isfinite(value);
  if (sane) return;
  std::ostringstream message;
  message << "energy: an event of layer " << event.layer << ", tile " << event.tile << " from "
          << event.start_s << " s to " << event.end_s << " s, settle " << event.settle_s << " s, sense "
          << event.sense_s << " s, array current " << event.array_current_a << " A, bias current "
          << event.bias_current_a
          << " A, expected finite values and an end that does not lie before the start";
  throw InternalError(message.str());
}

double leakage_w(const EnergyParameters& p) {
  const auto& e = p.card.energy;
  const double cells = count(p.macros) * count(p.rows) * 2.0 * count(p.column_pairs);
  return e.leakage_array_w_per_cell * cells + e.leakage_periphery_w * count(p.macros) +
         e.leakage_sram_w_per_bit * count(p.buffer_bits) + e.leakage_digital_w;
}

}  // namespace

const std::array<Component, component_count>& components() {
  static constexpr std::array<Component, component_count> all{
      Component::word_line, Component::array,  Component::precharge,  Component::bias,
      Component::sense,     Component::mux,    Component::accumulate, Component::programming,
      Component::digital,   Component::buffer, Component::controller, Component::dma,
      Component::dram,      Component::leakage};
  return all;
}

std::string_view name(Component component) {
  switch (component) {
    case Component::word_line:
      return "word_line";
    case Component::array:
      return "array";
    case Component::precharge:
      return "precharge";
    case Component::bias:
      return "bias";
    case Component::sense:
      return "sense";
    case Component::mux:
      return "mux";
    case Component::accumulate:
      return "accumulate";
    case Component::programming:
      return "programming";
    case Component::digital:
      return "digital";
    case Component::buffer:
      return "buffer";
    case Component::controller:
      return "controller";
    case Component::dma:
      return "dma";
    case Component::dram:
      return "dram";
    case Component::leakage:
      return "leakage";
  }
  throw InternalError("energy: a component without a name");
}

Activity& Activity::operator+=(const Activity& other) {
  word_lines += other.word_lines;
  register_bits += other.register_bits;
  bit_lines += other.bit_lines;
  decisions += other.decisions;
  adds += other.adds;
  trims += other.trims;
  cells += other.cells;
  macs += other.macs;
  moved_bytes += other.moved_bytes;
  bits_read += other.bits_read;
  bits_written += other.bits_written;
  descriptors += other.descriptors;
  dma_bytes += other.dma_bytes;
  cycles += other.cycles;
  array_charge += other.array_charge;
  bias_charge += other.bias_charge;
  return *this;
}

EnergyLedger::EnergyLedger(EnergyParameters parameters) : parameters_(std::move(parameters)) {
  const auto& p = parameters_;
  check(p);
  const auto& card = p.card;
  const double swing_v = p.v_wl_v - p.v_wl_off_v;
  word_line_j_ =
      card.wires.c_wl_f * 2.0 * count(p.column_pairs) * swing_v * swing_v + card.energy.word_line_driver_j;
  bit_line_j_ = card.wires.c_bl_f * count(p.rows) * p.v_bl_v * p.v_bl_v + card.energy.precharge_j;
  const std::size_t lines = p.single_ended ? 2 * p.column_pairs : p.column_pairs;
  mux_per_decision_j_ = p.amplifiers < lines ? card.energy.mux_j : 0.0;
  leakage_w_ = leakage_w(p);
}

// Amplifiers shared by several columns sense them one after the other: all bit lines conduct all the time,
// the bias currents of an amplifier only during its own step.
void EnergyLedger::book_macro(const Event& event, Activity& work) const {
  const std::uint64_t vectors = event.vector_end - event.vector_begin;
  const std::uint64_t outputs = vectors == 0 ? 0 : event.decisions / vectors;
  const std::uint64_t steps =
      outputs == 0 ? 1 : (outputs + parameters_.amplifiers - 1) / parameters_.amplifiers;
  work.word_lines += event.active_word_lines;
  work.register_bits += event.switched_rows;
  work.bits_read += event.bits_read;
  work.bits_written += event.bits_written;
  work.bit_lines += event.bit_lines;
  work.decisions += event.decisions;
  work.adds += event.adds;
  work.array_charge.add(event.array_current_a * (event.settle_s + event.sense_s));
  work.bias_charge.add(event.bias_current_a * (event.sense_s / count(steps)));
}

Activity EnergyLedger::work_of(const Event& event) const {
  check(event);
  Activity work;
  switch (event.kind) {
    case EventKind::macro_operation:
      book_macro(event, work);
      break;
    case EventKind::program:
      work.cells = event.pulses;
      break;
    case EventKind::digital_mac:
      work.macs = event.macs;
      work.bits_read = event.bits_read;
      work.bits_written = 8 * event.bytes;
      break;
    case EventKind::digital_move:
      work.moved_bytes = event.bytes;
      break;
    case EventKind::dma_read:
      work.dma_bytes = event.bytes;
      work.bits_written = 8 * event.bytes;
      break;
    case EventKind::dma_write:
      work.dma_bytes = event.bytes;
      work.bits_read = 8 * event.bytes;
      break;
    case EventKind::descriptor_fetch:
      work.dma_bytes = event.bytes;
      work.descriptors = 1;
      break;
    case EventKind::trim:
      work.trims = event.decisions;
      break;
    case EventKind::layer:
      work.cycles = event.cycles;
      break;
  }
  return work;
}

void EnergyLedger::on_event(const Event& event) {
  layers_[event.layer] += work_of(event);
}

void EnergyLedger::reset() {
  layers_.clear();
}

Joules EnergyLedger::price(const Activity& work) const {
  const auto& p = parameters_;
  const auto& e = p.card.energy;
  Joules joules{};
  at(joules, Component::word_line) =
      count(work.word_lines) * word_line_j_ + count(work.register_bits) * e.word_line_register_j;
  at(joules, Component::array) = p.v_bl_supply_v.value_or(p.v_bl_v) * work.array_charge.value_c();
  at(joules, Component::precharge) = count(work.bit_lines) * bit_line_j_;
  at(joules, Component::bias) = e.v_dd_v * work.bias_charge.value_c();
  at(joules, Component::sense) =
      count(work.decisions) * p.comparisons_per_decision * p.card.sense.e_decision_j +
      count(work.trims) * (p.card.sense.e_decision_j + e.trim_store_j);
  at(joules, Component::mux) = count(work.decisions) * mux_per_decision_j_;
  at(joules, Component::accumulate) = count(work.adds) * e.accumulate_j;
  at(joules, Component::programming) =
      count(work.cells) * p.card.programming.pulses_with_verify * p.card.programming.e_pulse_j;
  at(joules, Component::digital) = count(work.macs) * e.digital_mac_j;
  at(joules, Component::buffer) = count(work.bits_read) * e.sram_read_j_per_bit +
                                  count(work.bits_written) * e.sram_write_j_per_bit +
                                  count(work.moved_bytes) * e.digital_move_j_per_byte;
  at(joules, Component::controller) =
      count(work.cycles) * e.controller_j_per_cycle + count(work.descriptors) * e.descriptor_j;
  at(joules, Component::dma) = count(work.dma_bytes) * e.dma_j_per_byte;
  at(joules, Component::dram) = count(work.dma_bytes) * e.dram_j_per_byte;
  at(joules, Component::leakage) = leakage_w_ * (count(work.cycles) * p.t_clk_s);
  return joules;
}

Activity EnergyLedger::activity(std::uint32_t layer) const {
  const auto found = layers_.find(layer);
  return found == layers_.end() ? Activity{} : found->second;
}

double EnergyLedger::joules(std::uint32_t layer, Component component) const {
  return price(activity(layer))[static_cast<std::size_t>(component)];
}

std::map<std::uint32_t, Joules> EnergyLedger::by_layer() const {
  std::map<std::uint32_t, Joules> result;
  for (const auto& [layer, work] : layers_) result.emplace(layer, price(work));
  return result;
}

double EnergyLedger::total_j(Component component) const {
  double sum_j = 0;
  for (const auto& [layer, work] : layers_) sum_j += price(work)[static_cast<std::size_t>(component)];
  return sum_j;
}

double EnergyLedger::total_j() const {
  double sum_j = 0;
  for (const auto component : components()) sum_j += total_j(component);
  return sum_j;
}

}  // namespace irc::energy
