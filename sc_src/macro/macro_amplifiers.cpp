// SPDX-License-Identifier: Apache-2.0
#include "irc/macro/macro_amplifiers.h"

#include <algorithm>
#include <cmath>

#include "draw_names.h"
#include "irc/core/random.h"

namespace irc::macro {

MacroAmplifiers::MacroAmplifiers(const MacroConfig& config, std::size_t macro)
    : config_(config), macro_(macro), layers_(config.sense.layers) {
  change_chip(config.chip_seed);
}

void MacroAmplifiers::change_chip(std::uint64_t chip_seed) {
  bank_ = std::make_unique<sense::SenseAmplifierBank>(config_.sense, config_.nonidealities, chip_seed, macro_,
                                                      config_.geometry.amplifiers);
  bank_->set_layers(layers_);
  const double sigma = config_.nonidealities.bias_variation ? config_.sense.injected_bias_sigma : 0.0;
  const CounterRandom draws = CounterRandom(chip_seed, Stream::bias_source).fork(macro_).fork(0x756e6974);
  bias_unit_a_.resize(config_.geometry.amplifiers);
  for (std::size_t a = 0; a < bias_unit_a_.size(); ++a)
    bias_unit_a_[a] = config_.unit_current_a * (1.0 + sigma * draws.normal(a));
}

void MacroAmplifiers::set_layers(const sense::LayerWorkingPoints& layers) {
  bank_->set_layers(layers);
  layers_ = layers;
}

sense::CalibrationReport MacroAmplifiers::calibrate(double i_common_a) {
  return bank_->calibrate(i_common_a);
}

std::size_t MacroAmplifiers::first_line(const TileExtent& tile) const {
  return config_.reference_scheme() ? tile.first_column : tile.first_column / 2;
}

std::size_t MacroAmplifiers::outputs(const TileExtent& tile) const {
  if (config_.reference_scheme()) return tile.columns < 2 ? 0 : tile.columns - 2;
  return tile.columns / 2;
}

// Computes the currents that the bias sources add to each output's inputs.
void MacroAmplifiers::prepare_bias(const GroupReading& reading, std::size_t line) {
  added_plus_a_.assign(reading.outputs, 0.0);
  added_minus_a_.assign(reading.outputs, 0.0);
  for (std::size_t o = 0; o < reading.outputs; ++o) {
    const double bias_a =
        bias_unit_a_[(line + reading.first_output + o) % bias_unit_a_.size()] * reading.bias_units[o];
    (bias_a > 0 ? added_plus_a_ : added_minus_a_)[o] = std::abs(bias_a);
  }
}

// Computes the mean of a tile's two reference columns, per vector.
void MacroAmplifiers::prepare_reference(const GroupReading& reading) {
  reference_a_.resize(reading.vectors);
  for (std::size_t v = 0; v < reference_a_.size(); ++v) {
    const double* end = reading.currents_a.data() + (v + 1) * reading.tile.columns;
    reference_a_[v] = 0.5 * (end[-2] + end[-1]);
  }
}

/// Calls sink(run, offset of the run's first output in the reading) for each run of outputs on neighbouring
/// amplifiers at one position of their mux.
template <typename Sink>
void MacroAmplifiers::for_each_run(const GroupReading& reading, Sink&& sink) {
  const std::size_t columns = reading.tile.columns, amplifiers = bank_->size();
  const std::size_t line = first_line(reading.tile);
  const bool reference = config_.reference_scheme(), biased = !reading.bias_units.empty();
  if (reference) prepare_reference(reading);
  if (biased) prepare_bias(reading, line);
  const std::size_t end = reading.first_output + reading.outputs;
  for (std::size_t first = reading.first_output; first < end;) {
    const std::size_t amplifier = (line + first) % amplifiers;
    const std::size_t offset = first - reading.first_output;
    sense::DecisionRun run;
    run.first_amplifier = amplifier;
    run.amplifiers = std::min(end - first, amplifiers - amplifier);
    run.vectors = reading.vectors;
    run.layer = reading.layer;
    run.first_decision = decision_index(reading.first_read, reading.group);
    run.place = place_of(reading.programming_count, (line + first) / amplifiers);
    if (reference) {
      run.plus = {reading.currents_a.subspan(first), columns, 1};
      run.minus = {reference_a_, 1, 0};
    } else {
      run.plus = {reading.currents_a.subspan(2 * first), columns, 2};
      run.minus = {reading.currents_a.subspan(2 * first + 1), columns, 2};
    }
    if (biased) {
      run.added_plus_a = std::span(added_plus_a_).subspan(offset, run.amplifiers);
      run.added_minus_a = std::span(added_minus_a_).subspan(offset, run.amplifiers);
    }
    sink(run, offset);
    first += run.amplifiers;
  }
}

void MacroAmplifiers::decide(const GroupReading& reading, const DecisionBits& bits) {
  for_each_run(reading, [&](const sense::DecisionRun& run, std::size_t offset) {
    bank_->decide(run, {bits.words, bits.words_per_vector, bits.first_bit + offset});
  });
}

void MacroAmplifiers::decide(const GroupReading& reading, std::span<std::int32_t> levels,
                             std::size_t per_vector) {
  for_each_run(reading, [&](const sense::DecisionRun& run, std::size_t offset) {
    levels_.resize(run.vectors * run.amplifiers);
    bank_->decide(run, levels_);
    for (std::size_t v = 0; v < run.vectors; ++v)
      std::copy_n(levels_.data() + v * run.amplifiers, run.amplifiers,
                  levels.data() + v * per_vector + offset);
  });
}

double MacroAmplifiers::common_bias_a(std::size_t outputs, std::uint32_t layer) const {
  const auto own = layers_.find(layer);
  const double bias_a = own == layers_.end() ? config_.sense.injected_bias_a : own->second.injected_bias_a;
  return 2.0 * bias_a * static_cast<double>(outputs);
}

double MacroAmplifiers::source_bias_a(std::span<const std::int32_t> bias_units) const {
  double sum_a = 0;
  for (const auto units : bias_units) sum_a += config_.unit_current_a * std::abs(units);
  return sum_a;
}

}  // namespace irc::macro
