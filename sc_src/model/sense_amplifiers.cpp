// SPDX-License-Identifier: Apache-2.0
#include "irc/model/sense_amplifiers.h"

#include <algorithm>
#include <cmath>

#include "irc/core/bits.h"
#include "irc/core/random.h"

namespace irc::model {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

namespace {
// Decision indices: reads count below 2^44, row groups (at most 2^19) above.
constexpr std::uint64_t decision_index(std::uint64_t read, std::uint64_t group) {
  return read + (group << 44);
}

// What an amplifier reads: one of the lines that its mux offers, as it was last programmed.
constexpr std::uint64_t place_of(std::uint64_t programming_count, std::uint64_t mux_position) {
  return programming_count << 16 | mux_position;
}
}  // namespace

SenseAmplifiers::SenseAmplifiers(sc_core::sc_module_name name, const AcceleratorConfig& config,
                                 std::size_t macro)
    : sc_module(name),
      target_socket("target_socket"),
      config_(config),
      macro_(macro),
      clock_(config.timing.t_clk_s, sc_core::SC_SEC),
      queue_(this, &SenseAmplifiers::on_time) {
  target_socket.register_b_transport(this, &SenseAmplifiers::b_transport);
  target_socket.register_nb_transport_fw(this, &SenseAmplifiers::nb_transport_fw);
  change_chip(config.chip_seed);
}

void SenseAmplifiers::change_chip(std::uint64_t chip_seed) {
  bank_ = std::make_unique<sense::SenseAmplifierBank>(config_.sense, config_.nonidealities, chip_seed, macro_,
                                                      config_.geometry.amplifiers);
  const double sigma = config_.nonidealities.bias_variation ? config_.sense.injected_bias_sigma : 0.0;
  const CounterRandom draws = CounterRandom(chip_seed, Stream::bias_source).fork(macro_).fork(0x756e6974);
  bias_unit_a_.resize(config_.geometry.amplifiers);
  for (std::size_t a = 0; a < bias_unit_a_.size(); ++a)
    bias_unit_a_[a] = config_.unit_current_a * (1.0 + sigma * draws.normal(a));
}

sense::CalibrationReport SenseAmplifiers::calibrate(double i_common_a) {
  return bank_->calibrate(i_common_a);
}

// What the amplifiers' bias sources add to each output's inputs.
void SenseAmplifiers::prepare_bias(const MacroBurst& burst, std::size_t line) {
  const std::size_t outputs = burst.tile.outputs;
  added_plus_a_.assign(outputs, 0.0);
  added_minus_a_.assign(outputs, 0.0);
  for (std::size_t o = 0; o < outputs; ++o) {
    const double bias_a = bias_unit_a_[(line + o) % bias_unit_a_.size()] * (*burst.bias)[o];
    (bias_a > 0 ? added_plus_a_ : added_minus_a_)[o] = std::abs(bias_a);
  }
}

// The mean of a tile's two reference columns, per vector.
void SenseAmplifiers::prepare_reference(std::span<const double> currents_a, std::size_t columns) {
  reference_a_.resize(currents_a.size() / columns);
  for (std::size_t v = 0; v < reference_a_.size(); ++v) {
    const double* end = currents_a.data() + (v + 1) * columns;
    reference_a_[v] = 0.5 * (end[-2] + end[-1]);
  }
}

void SenseAmplifiers::sense_group(MacroBurst& burst, std::size_t group) {
  const std::size_t outputs = burst.tile.outputs, columns = burst.tile.columns, amplifiers = bank_->size();
  const bool reference = config_.geometry.scheme == mapping::WeightScheme::binary_reference;
  const std::size_t line = reference ? 2u * burst.tile.first_pair : burst.tile.first_pair;
  const auto currents_a = std::span<const double>(burst.currents_a)
                              .subspan(group * burst.vectors * columns, burst.vectors * columns);
  const bool biased = burst.bias != nullptr && group == 0;
  if (reference) prepare_reference(currents_a, columns);
  if (biased) prepare_bias(burst, line);
  for (std::size_t first = 0; first < outputs;) {
    const std::size_t amplifier = (line + first) % amplifiers;
    // A run of outputs on neighbouring amplifiers at one position of their mux.
    const std::size_t count = std::min(outputs - first, amplifiers - amplifier);
    sense::DecisionRun run;
    run.first_amplifier = amplifier;
    run.amplifiers = count;
    run.vectors = burst.vectors;
    run.first_decision = decision_index(burst.first_read, group);
    run.place = place_of(burst.programming_count, (line + first) / amplifiers);
    if (reference) {
      run.plus = {currents_a.subspan(first), columns, 1};
      run.minus = {reference_a_, 1, 0};
    } else {
      run.plus = {currents_a.subspan(2 * first), columns, 2};
      run.minus = {currents_a.subspan(2 * first + 1), columns, 2};
    }
    if (biased) {
      run.added_plus_a = std::span(added_plus_a_).subspan(first, count);
      run.added_minus_a = std::span(added_minus_a_).subspan(first, count);
    }
    decide(burst, group, first, run);
    first += count;
  }
}

void SenseAmplifiers::decide(MacroBurst& burst, std::size_t group, std::size_t first,
                             const sense::DecisionRun& run) {
  const std::size_t outputs = burst.tile.outputs, words = words_for(outputs);
  if (config_.sense.kind != sense::SenseConfig::Kind::multi_bit) {
    bank_->decide(run, {std::span(burst.decisions).subspan(group * run.vectors * words, run.vectors * words),
                        words, first});
    return;
  }
  levels_.resize(run.vectors * run.amplifiers);
  bank_->decide(run, levels_);
  for (std::size_t v = 0; v < run.vectors; ++v)
    std::copy_n(levels_.data() + v * run.amplifiers, run.amplifiers,
                burst.levels.data() + (group * run.vectors + v) * outputs + first);
}

void SenseAmplifiers::sense(MacroBurst& burst) {
  const std::size_t outputs = burst.tile.outputs, groups = burst.phases.groups;
  if (config_.sense.kind == sense::SenseConfig::Kind::multi_bit) {
    burst.levels.resize(groups * burst.vectors * outputs);
  } else {
    burst.decisions.assign(groups * burst.vectors * words_for(outputs), 0);
  }
  burst.group_bias_a.assign(groups, 0.0);
  const double common_a = 2.0 * config_.sense.injected_bias_a * static_cast<double>(outputs);
  double channels_a = 0;
  if (burst.bias != nullptr)
    for (const auto units : *burst.bias) channels_a += config_.unit_current_a * std::abs(units);
  for (std::size_t g = 0; g < groups; ++g) {
    sense_group(burst, g);
    burst.group_bias_a[g] = (common_a + (g == 0 ? channels_a : 0.0)) * burst.vectors;
  }
}

void SenseAmplifiers::b_transport(tlm_generic_payload& payload, sc_time& delay) {
  auto* burst = payload.get_extension<MacroBurst>();
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
  sense(*burst);
  delay = clock_ * static_cast<double>(burst->end_cycle) - sc_core::sc_time_stamp();
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

tlm::tlm_sync_enum SenseAmplifiers::nb_transport_fw(tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                    sc_time&) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;  // END_RESP
  auto* burst = payload.get_extension<MacroBurst>();
  if (burst == nullptr) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  sense(*burst);
  queue_.notify(payload, tlm::BEGIN_RESP,
                clock_ * static_cast<double>(burst->end_cycle) - sc_core::sc_time_stamp());
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void SenseAmplifiers::on_time(tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  tlm::tlm_phase next = phase;
  sc_time delay = sc_core::SC_ZERO_TIME;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  target_socket->nb_transport_bw(payload, next, delay);
}

}  // namespace irc::model
