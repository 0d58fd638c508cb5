// SPDX-License-Identifier: Apache-2.0
#include "irc/energy/energy_ledger.h"

#include <algorithm>
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
  require_not_negative("card.programming.e_verify_j", p.card.programming.e_verify_j);
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
  const double values[] = {event.start_s,       event.end_s,           event.settle_s,
                           event.sense_s,       event.array_current_a, event.bias_current_a,
                           event.hrs_current_a, event.off_current_a};
  bool sane = event.end_s >= event.start_s && event.vector_end >= event.vector_begin && event.settle_s >= 0 &&
              event.sense_s >= 0 && event.weight_bits_written <= 8 * event.bytes;
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

/// What one bit line can carry at most: every cell of the column saturated, with a threshold far below the
/// median, or the whole supply across the clamp.
double most_line_a(const EnergyParameters& p) {
  constexpr double sigmas = 10;
  const auto transistor = p.card.transistor_at_temperature();
  const double supply_v = p.v_bl_supply_v.value_or(p.v_bl_v);
  const double overdrive_v = p.v_wl_v - transistor.v_t_v + sigmas * transistor.sigma_v_t_v();
  const double gate = overdrive_v / (2 * transistor.n * p.card.u_t_v());
  const double softplus = gate > 30 ? gate : std::log1p(std::exp(gate));
  // A card without a transistor says nothing about its cells.
  if (!(transistor.i_s_a() > 0)) return p.r_clamp_ohm > 0 ? supply_v / p.r_clamp_ohm : HUGE_VAL;
  const double cells_a = count(p.rows) * transistor.i_s_a() * softplus * softplus;
  return p.r_clamp_ohm > 0 ? std::min(cells_a, supply_v / p.r_clamp_ohm) : cells_a;
}

double leakage_w(const EnergyParameters& p) {
  const auto& e = p.card.energy;
  const double cells = count(p.macros) * count(p.rows) * 2.0 * count(p.column_pairs);
  return e.leakage_array_w_per_cell * cells + e.leakage_periphery_w * count(p.macros) +
         e.leakage_sram_w_per_bit * count(p.buffer_bits) + e.leakage_digital_w;
}

}  // namespace

const std::array<Component, component_count>& components() {
  static constexpr auto all = [] {
    std::array<Component, component_count> list{};
    for (std::size_t i = 0; i < component_count; ++i) list[i] = static_cast<Component>(i);
    return list;
  }();
  return all;
}

std::string_view name(Component component) {
  static constexpr std::array<std::string_view, component_count> names{
      "word_line", "array",        "clamp",         "precharge",     "bias",       "reference",
      "sense",     "mux",          "macro_control", "accumulate",    "pooling",    "programming",
      "verify",    "digital",      "buffer",        "weight_buffer", "controller", "clock",
      "dma",       "interconnect", "dram",          "leakage",
  };
  const auto index = static_cast<std::size_t>(component);
  if (index >= names.size()) throw InternalError("energy: a component without a name");
  return names[index];
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
  weight_bits_read += other.weight_bits_read;
  weight_bits_written += other.weight_bits_written;
  pool_bits += other.pool_bits;
  array_charge += other.array_charge;
  hrs_charge += other.hrs_charge;
  off_charge += other.off_charge;
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
  most_line_a_ = most_line_a(p);
}

void EnergyLedger::check_supply(const Event& event) const {
  if (!std::isfinite(most_line_a_)) return;  // nothing is known that would limit the current
  const double most_a = most_line_a_ * count(event.bit_lines);
  if (std::abs(event.array_current_a) <= most_a) return;
  std::ostringstream message;
  message << "energy: layer " << event.layer;
  if (event.layer < parameters_.layers.size()) message << " (" << parameters_.layers[event.layer] << ")";
  message << ", tile " << event.tile << ": the evaluator '" << parameters_.evaluator
          << "' gives an array current of " << event.array_current_a << " A, summed over " << event.bit_lines
          << " bit lines; expected at most " << most_a << " A, which is what the supply can deliver to them";
  throw InternalError(message.str());
}

// An amplifier that several columns share senses them one after the other. All bit lines conduct the whole
// time, but an amplifier's bias currents flow only during its own step.
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
  const double conducting_s = event.settle_s + event.sense_s;
  work.array_charge.add(event.array_current_a * conducting_s);
  work.hrs_charge.add(event.hrs_current_a * conducting_s);
  work.off_charge.add(event.off_current_a * conducting_s);
  work.bias_charge.add(event.bias_current_a * (event.sense_s / count(steps)));
}

Activity EnergyLedger::work_of(const Event& event) const {
  check(event);
  Activity work;
  switch (event.kind) {
    case EventKind::macro_operation:
      check_supply(event);
      book_macro(event, work);
      break;
    case EventKind::program:
      work.cells = event.pulses;
      break;
    case EventKind::digital_mac:
      work.macs = event.macs;
      work.weight_bits_read = event.weight_bits_read;
      work.bits_read = event.bits_read;
      work.bits_written = 8 * event.bytes;
      break;
    case EventKind::digital_move:
      work.moved_bytes = event.bytes;
      work.pool_bits = event.pool_bits;
      break;
    case EventKind::dma_read:
      work.dma_bytes = event.bytes;
      work.weight_bits_written = event.weight_bits_written;
      work.bits_written = 8 * event.bytes - event.weight_bits_written;
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
  book(event.layer, work_of(event));
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
  const double bit_line_c = work.array_charge.value_c();
  at(joules, Component::array) = p.v_bl_v * bit_line_c;
  at(joules, Component::clamp) = (p.v_bl_supply_v.value_or(p.v_bl_v) - p.v_bl_v) * bit_line_c;
  if (p.against_references)
    at(joules, Component::reference) = e.v_dd_v * e.reference_current_ratio * bit_line_c;
  at(joules, Component::precharge) = count(work.bit_lines) * bit_line_j_;
  at(joules, Component::bias) = e.v_dd_v * work.bias_charge.value_c();
  at(joules, Component::sense) =
      count(work.decisions) * p.comparisons_per_decision * p.card.sense.e_decision_j +
      count(work.trims) * (p.card.sense.e_decision_j + e.trim_store_j);
  at(joules, Component::mux) = count(work.decisions) * mux_per_decision_j_;
  at(joules, Component::macro_control) = count(work.decisions) * e.macro_control_j_per_readout;
  at(joules, Component::accumulate) = count(work.adds) * e.accumulate_j;
  at(joules, Component::pooling) = count(work.pool_bits) * e.pool_j_per_bit;
  const double pulses = count(work.cells) * p.card.programming.pulses_with_verify;
  at(joules, Component::programming) = pulses * p.card.programming.e_pulse_j;
  at(joules, Component::verify) = pulses * p.card.programming.e_verify_j;
  at(joules, Component::digital) = count(work.macs) * e.digital_mac_j;
  at(joules, Component::buffer) = count(work.bits_read) * e.sram_read_j_per_bit +
                                  count(work.bits_written) * e.sram_write_j_per_bit +
                                  count(work.moved_bytes) * e.digital_move_j_per_byte;
  at(joules, Component::weight_buffer) = count(work.weight_bits_read) * e.sram_read_j_per_bit +
                                         count(work.weight_bits_written) * e.sram_write_j_per_bit;
  at(joules, Component::controller) =
      count(work.cycles) * e.controller_j_per_cycle + count(work.descriptors) * e.descriptor_j;
  at(joules, Component::clock) = count(work.cycles) * e.clock_j_per_cycle;
  at(joules, Component::dma) = count(work.dma_bytes) * e.dma_j_per_byte;
  at(joules, Component::interconnect) = count(work.dma_bytes) * e.interconnect_j_per_byte;
  at(joules, Component::dram) = count(work.dma_bytes) * e.dram_j_per_byte;
  at(joules, Component::leakage) = leakage_w_ * (count(work.cycles) * p.t_clk_s);
  return joules;
}

// All cells have the same bit-line voltage, so energies split as the charges do.
ArraySplit EnergyLedger::split(const Activity& work) const {
  ArraySplit parts;
  parts.hrs_j = parameters_.v_bl_v * work.hrs_charge.value_c();
  parts.off_j = parameters_.v_bl_v * work.off_charge.value_c();
  parts.lrs_j = parameters_.v_bl_v * work.array_charge.value_c() - parts.hrs_j - parts.off_j;
  return parts;
}

ArraySplit EnergyLedger::array_split(std::uint32_t layer) const {
  return split(activity(layer));
}

ArraySplit EnergyLedger::array_split() const {
  Activity all;
  for (const auto& [layer, work] : layers_) all += work;
  return split(all);
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
