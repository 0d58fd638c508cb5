// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/metering.h"

#include <string>

namespace irc::platform {

namespace {

/// Comparator decisions behind one readout: a flash converter of n bits has 2^n - 1 comparators.
std::size_t comparators(const sense::SenseConfig& sense) {
  return sense.kind == sense::SenseConfig::Kind::multi_bit ? (std::size_t{1} << sense.bits) - 1 : 1;
}

bool single_ended(const RunConfig& config) {
  return config.geometry.scheme == mapping::WeightScheme::binary_reference;
}

std::map<std::string, double> per_state(const energy::ArraySplit& split, double factor) {
  return {{"lrs", split.lrs_j * factor}, {"hrs", split.hrs_j * factor}, {"off", split.off_j * factor}};
}

double network_macs(const network::Graph& graph) {
  double macs = 0;
  for (const auto& node : graph.nodes)
    if (const auto* conv = std::get_if<network::Conv>(&node.op))
      macs += static_cast<double>(conv->rows()) * static_cast<double>(node.shape.size());
  return macs;
}

}  // namespace

energy::EnergyParameters energy_parameters(const RunConfig& config) {
  energy::EnergyParameters p;
  p.card = config.card;
  p.v_wl_v = config.conditions.v_wl_v;
  p.v_wl_off_v = config.conditions.v_wl_off_v;
  p.v_bl_v = config.conditions.v_bl_v;
  // The clamp regulates the bit line down from the core supply, so the supply pays for its drop as well.
  p.v_bl_supply_v = config.card.energy.v_dd_v;
  p.macros = config.geometry.macros;
  p.rows = config.geometry.rows;
  p.column_pairs = config.geometry.column_pairs;
  p.amplifiers = config.geometry.amplifiers;
  p.single_ended = single_ended(config);
  p.comparisons_per_decision = static_cast<double>(comparators(config.sense));
  p.against_references = config.sense.kind == sense::SenseConfig::Kind::multi_bit;
  p.buffer_bits = config.geometry.buffer_bits;
  p.t_clk_s = config.timing.t_clk_s;
  return p;
}

energy::AreaParameters area_parameters(const RunConfig& config) {
  energy::AreaParameters p;
  p.card = config.card;
  p.macros = config.geometry.macros;
  p.rows = config.geometry.rows;
  p.column_pairs = config.geometry.column_pairs;
  p.amplifiers = config.geometry.amplifiers;
  p.single_ended = single_ended(config);
  p.comparators_per_amplifier = comparators(config.sense);
  const bool adds_up = config.geometry.rows_per_operation != 0 || comparators(config.sense) > 1;
  p.accumulators = adds_up ? config.geometry.amplifiers : 0;
  p.buffer_bits = config.geometry.buffer_bits;
  p.digital_macs = config.timing.macs_per_cycle;
  return p;
}

Meter::Meter(const RunConfig& config, const network::Graph& graph)
    : config_(config),
      pictures_ledger_(energy_parameters(config)),
      setup_ledger_(energy_parameters(config)),
      work_(graph.nodes.size()),
      macs_(network_macs(graph)) {}

void Meter::begin_setup(double now_s) {
  in_setup_ = true;
  setup_start_s_ = now_s;
  ++setups_;
}

void Meter::end_setup(double now_s) {
  in_setup_ = false;
  setup_s_ += now_s - setup_start_s_;
}

void Meter::add_picture(std::uint64_t cycles) {
  ++pictures_;
  cycles_ += cycles;
}

void Meter::on_event(const Event& event) {
  (in_setup_ ? setup_ledger_ : pictures_ledger_).on_event(event);
  if (in_setup_) return;
  auto& work = work_[event.layer];
  if (event.kind == EventKind::layer) work.cycles += event.cycles;
  if (event.kind == EventKind::macro_operation) work.operations += event.vector_end - event.vector_begin;
  work.fallback_vectors += event.fallback_vectors;
  work.newton_iterations += event.newton_iterations;
  work.evaluated_by += event.evaluated_by;
}

/// No picture takes longer than another, so this is a whole number; rounded all the same.
std::uint64_t Meter::per_picture_cycles(std::uint64_t cycles) const {
  return pictures_ == 0 ? 0 : (cycles + pictures_ / 2) / pictures_;
}

void Meter::fill(network::NodeId node, LayerReport& layer) const {
  const double per_picture = pictures_ == 0 ? 0 : 1.0 / static_cast<double>(pictures_);
  const auto& work = work_[node];
  layer.cycles = per_picture_cycles(work.cycles);
  layer.operations = static_cast<double>(work.operations) * per_picture;
  layer.fallback_vectors = work.fallback_vectors;
  layer.newton_iterations = work.newton_iterations;
  layer.evaluated_by = work.evaluated_by;
  for (const auto component : energy::components())
    layer.energy_j[std::string(energy::name(component))] =
        pictures_ledger_.joules(static_cast<std::uint32_t>(node), component) * per_picture;
  layer.array_j = per_state(pictures_ledger_.array_split(static_cast<std::uint32_t>(node)), per_picture);
}

void Meter::fill(RunResult& result) const {
  const double per_picture = pictures_ == 0 ? 0 : 1.0 / static_cast<double>(pictures_);
  const double per_setup = setups_ == 0 ? 0 : 1.0 / static_cast<double>(setups_);
  result.cycles_per_picture = per_picture_cycles(cycles_);
  result.latency_s = static_cast<double>(result.cycles_per_picture) * config_.timing.t_clk_s;
  result.energy_j = pictures_ledger_.total_j() * per_picture;
  const auto area = energy::area(area_parameters(config_));
  result.area_m2 = area.total_m2();
  for (const auto component : energy::area_components())
    result.area_by_component_m2[std::string(energy::name(component))] = area.area_m2(component);
  result.macs_per_picture = macs_;
  // Two operations per multiply-accumulate; J per picture = W s, so this is (operations / s) / W / 1e12.
  result.tops_per_w = result.energy_j > 0 ? 2 * macs_ / result.energy_j * 1e-12 : 0;
  result.setup_s = setup_s_ * per_setup;
  result.setup_j = setup_ledger_.total_j() * per_setup;
  // Nothing but trimming asks the amplifiers while a chip is set up.
  result.trim_j = setup_ledger_.total_j(energy::Component::sense) * per_setup;
}

}  // namespace irc::platform
