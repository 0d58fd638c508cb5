// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/metering.h"

#include <string>
#include <utility>

#include "irc/core/error.h"

namespace irc::platform {

namespace {

/// Comparator decisions per readout: a flash converter of n bits has 2^n - 1 comparators.
std::size_t comparators(const sense::SenseConfig& sense) {
  return sense.kind == sense::SenseConfig::Kind::multi_bit ? (std::size_t{1} << sense.bits) - 1 : 1;
}

bool single_ended(const RunConfig& config) {
  return config.geometry.scheme == mapping::WeightScheme::binary_reference;
}

std::map<std::string, double> per_state(const energy::ArraySplit& split, double factor) {
  return {{"lrs", split.lrs_j * factor}, {"hrs", split.hrs_j * factor}, {"off", split.off_j * factor}};
}

/// The parameters with the names of the network's nodes, so that messages can name a layer.
energy::EnergyParameters named_parameters(const RunConfig& config, const network::Graph& graph) {
  auto out = energy_parameters(config);
  for (const auto& node : graph.nodes) out.layers.push_back(node.name);
  return out;
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
  // The clamp regulates the bit line down from the core supply, so the supply also delivers the energy of its
  // drop.
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
  p.evaluator = config.run.evaluator;
  // The ideal evaluator leaves the clamp out, so its currents may exceed what the clamp could deliver.
  if (config.run.evaluator != "ideal" && config.nonidealities.clamp_resistance)
    p.r_clamp_ohm = config.conditions.r_clamp_ohm;
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

Tally::Layer& Tally::Layer::operator+=(const Layer& other) {
  cycles += other.cycles;
  operations += other.operations;
  fallback_vectors += other.fallback_vectors;
  newton_iterations += other.newton_iterations;
  bit_errors += other.bit_errors;
  bits += other.bits;
  evaluated_by += other.evaluated_by;
  return *this;
}

Tally& Tally::operator+=(const Tally& other) {
  if (layers.empty()) layers.resize(other.layers.size());
  if (layers.size() != other.layers.size())
    throw InternalError("a tally of " + std::to_string(other.layers.size()) + " layers, expected " +
                        std::to_string(layers.size()));
  for (std::size_t node = 0; node < layers.size(); ++node) layers[node] += other.layers[node];
  for (const auto& [layer, work] : other.picture_work) picture_work[layer] += work;
  for (const auto& [layer, work] : other.setup_work) setup_work[layer] += work;
  setups += other.setups;
  pictures += other.pictures;
  cycles += other.cycles;
  setup_time += other.setup_time;
  total_time += other.total_time;
  return *this;
}

Meter::Meter(const RunConfig& config, const network::Graph& graph)
    : ledger_(named_parameters(config, graph)) {
  tally_.layers.resize(graph.nodes.size());
}

void Meter::begin_setup(const sc_core::sc_time& now) {
  in_setup_ = true;
  begin_ = now;
  ++tally_.setups;
}

void Meter::end_setup(const sc_core::sc_time& now) {
  in_setup_ = false;
  tally_.setup_time += (now - begin_).value();
}

void Meter::add_picture(std::uint64_t cycles) {
  ++tally_.pictures;
  tally_.cycles += cycles;
}

void Meter::on_event(const Event& event) {
  (in_setup_ ? tally_.setup_work : tally_.picture_work)[event.layer] += ledger_.work_of(event);
  if (in_setup_) return;
  auto& work = tally_.layers[event.layer];
  if (event.kind == EventKind::layer) work.cycles += event.cycles;
  if (event.kind == EventKind::macro_operation) work.operations += event.vector_end - event.vector_begin;
  work.fallback_vectors += event.fallback_vectors;
  work.newton_iterations += event.newton_iterations;
  work.evaluated_by += event.evaluated_by;
}

Tally Meter::take(const sc_core::sc_time& now) {
  Tally empty;
  empty.layers.resize(tally_.layers.size());
  tally_.total_time = (now - begin_).value();
  return std::exchange(tally_, std::move(empty));
}

Totals::Totals(const RunConfig& config, const network::Graph& graph, Tally tally)
    : config_(config),
      tally_(std::move(tally)),
      pictures_ledger_(energy_parameters(config)),
      setup_ledger_(energy_parameters(config)),
      macs_(network_macs(graph)) {
  for (const auto& [layer, work] : tally_.picture_work) pictures_ledger_.book(layer, work);
  for (const auto& [layer, work] : tally_.setup_work) setup_ledger_.book(layer, work);
}

/// All images take equally many cycles, so the division has no remainder. It rounds in any case.
std::uint64_t Totals::per_picture_cycles(std::uint64_t cycles) const {
  return tally_.pictures == 0 ? 0 : (cycles + tally_.pictures / 2) / tally_.pictures;
}

void Totals::fill(network::NodeId node, LayerReport& layer) const {
  const double per_picture = tally_.pictures == 0 ? 0 : 1.0 / static_cast<double>(tally_.pictures);
  const auto& work = tally_.layers[node];
  layer.cycles = per_picture_cycles(work.cycles);
  layer.operations = static_cast<double>(work.operations) * per_picture;
  layer.fallback_vectors = work.fallback_vectors;
  layer.newton_iterations = work.newton_iterations;
  layer.evaluated_by = work.evaluated_by;
  layer.bit_errors = work.bit_errors;
  layer.bits = work.bits;
  for (const auto component : energy::components())
    layer.energy_j[std::string(energy::name(component))] =
        pictures_ledger_.joules(static_cast<std::uint32_t>(node), component) * per_picture;
  layer.array_j = per_state(pictures_ledger_.array_split(static_cast<std::uint32_t>(node)), per_picture);
}

void Totals::fill(RunResult& result) const {
  const double per_picture = tally_.pictures == 0 ? 0 : 1.0 / static_cast<double>(tally_.pictures);
  const double per_setup = tally_.setups == 0 ? 0 : 1.0 / static_cast<double>(tally_.setups);
  result.cycles_per_picture = per_picture_cycles(tally_.cycles);
  result.latency_s = static_cast<double>(result.cycles_per_picture) * config_.timing.t_clk_s;
  result.energy_j = pictures_ledger_.total_j() * per_picture;
  const auto area = energy::area(area_parameters(config_));
  result.area_m2 = area.total_m2();
  for (const auto component : energy::area_components())
    result.area_by_component_m2[std::string(energy::name(component))] = area.area_m2(component);
  result.macs_per_picture = macs_;
  // An operation count of 2 per multiply-accumulate. Energy per image in J is power in W times seconds, so
  // this is (operations / s) / W / 1e12.
  result.tops_per_w = result.energy_j > 0 ? 2 * macs_ / result.energy_j * 1e-12 : 0;
  const auto seconds = [](std::uint64_t time) { return sc_core::sc_time::from_value(time).to_seconds(); };
  result.simulated_s = seconds(tally_.total_time);
  result.setup_s = seconds(tally_.setup_time) * per_setup;
  result.setup_j = setup_ledger_.total_j() * per_setup;
  // During setup, only trimming makes the amplifiers decide.
  result.trim_j = setup_ledger_.total_j(energy::Component::sense) * per_setup;
}

}  // namespace irc::platform
