// SPDX-License-Identifier: Apache-2.0
#include "irc/sense/sense_amplifier.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "irc/core/error.h"

namespace irc::sense {

namespace {

// Trim decisions draw their noise from other indices than operation.
constexpr std::uint64_t calibration_decisions = std::uint64_t{1} << 63;

constexpr int amplifier_bits = 16;

void require(bool good, const std::string& key, double found, const std::string& expected) {
  if (!good) throw InputError("sense." + key + ": " + std::to_string(found) + " found, expected " + expected);
}

void check(const SenseConfig& c, std::size_t amplifiers) {
  if (amplifiers == 0) throw InputError("sense: 0 amplifiers, expected at least 1");
  require(std::isfinite(c.i_min_a) && c.i_min_a >= 0, "i_min_a", c.i_min_a, "0 or more");
  require(c.i_max_a > c.i_min_a, "i_max_a", c.i_max_a, "more than i_min_a");
  require(c.offset_sigma_a >= 0, "offset_sigma_a", c.offset_sigma_a, "0 or more");
  require(c.offset_growth_per_a >= 0, "offset_growth_per_a", c.offset_growth_per_a, "0 or more");
  require(c.gm_floor > 0 && c.gm_floor <= 1, "gm_floor", c.gm_floor, "more than 0, at most 1");
  require(c.noise_sigma_a >= 0, "noise_sigma_a", c.noise_sigma_a, "0 or more");
  require(c.injected_bias_a >= 0, "injected_bias_a", c.injected_bias_a, "0 or more");
  require(c.injected_bias_sigma >= 0, "injected_bias_sigma", c.injected_bias_sigma, "0 or more");
  require(std::isfinite(c.threshold_a), "threshold_a", c.threshold_a, "a number");
  if (c.kind == SenseConfig::Kind::multi_bit) {
    require(c.bits >= 1 && c.bits <= 8, "bits", c.bits, "1 to 8");
    require(c.i_lsb_a > 0, "i_lsb_a", c.i_lsb_a, "more than 0");
    require(c.level_sigma_a >= 0, "level_sigma_a", c.level_sigma_a, "0 or more");
  } else {
    require(c.bits == 1, "bits", c.bits, "1 unless the readout is multi-bit");
  }
  if (c.trim.enabled) {
    require(c.trim.step_a > 0, "trim.step_a", c.trim.step_a, "more than 0");
    require(c.trim.range_a >= c.trim.step_a, "trim.range_a", c.trim.range_a, "at least one step");
    require(c.trim.reads >= 1 && c.trim.reads % 2 == 1, "trim.reads", c.trim.reads, "an odd number");
  }
}

int lowest_level(const SenseConfig& c) {
  return c.signed_levels ? -(1 << (c.bits - 1)) : 0;
}

}  // namespace

SenseConfig SenseConfig::from_card(const device::TechnologyCard& card) {
  SenseConfig config;
  config.i_min_a = card.sense.i_min_a;
  config.i_max_a = card.sense.i_max_a;
  config.offset_sigma_a = card.sense.offset_sigma_a;
  config.noise_sigma_a = card.sense.noise_sigma_a;
  config.injected_bias_sigma = card.sense.injected_bias_sigma;
  return config;
}

SenseAmplifierBank::SenseAmplifierBank(const SenseConfig& config, const device::Nonidealities& nonidealities,
                                       std::uint64_t chip_seed, std::uint64_t macro, std::size_t amplifiers)
    : config_(config),
      nonidealities_(nonidealities),
      noise_(CounterRandom(chip_seed, Stream::sense_noise).fork(macro)),
      offset_a_(amplifiers, 0.0),
      trim_a_(amplifiers, 0.0),
      bias_plus_gain_(amplifiers, 1.0),
      bias_minus_gain_(amplifiers, 1.0) {
  check(config, amplifiers);
  const auto offsets = CounterRandom(chip_seed, Stream::offset).fork(macro);
  const auto biases = CounterRandom(chip_seed, Stream::bias_source).fork(macro);
  for (std::size_t a = 0; a < amplifiers; ++a) {
    if (nonidealities.offset) offset_a_[a] = config.offset_sigma_a * offsets.normal(a);
    if (!nonidealities.bias_variation) continue;
    bias_plus_gain_[a] = 1 + config.injected_bias_sigma * biases.normal(2 * a);
    bias_minus_gain_[a] = 1 + config.injected_bias_sigma * biases.normal(2 * a + 1);
  }
  common_ = setting_of({config.injected_bias_a, config.threshold_a});
  set_layers(config.layers);
  if (config.kind != SenseConfig::Kind::multi_bit) return;
  const std::size_t comparators = (std::size_t{1} << config.bits) - 1;
  const auto levels = CounterRandom(chip_seed, Stream::ladder_inl).fork(macro);
  const double sigma_a = nonidealities.level_errors ? config.level_sigma_a : 0.0;
  for (std::size_t a = 0; a < amplifiers; ++a) {
    for (std::size_t k = 0; k < comparators; ++k)
      level_threshold_a_.push_back((lowest_level(config) + static_cast<double>(k) + 0.5) * config.i_lsb_a +
                                   sigma_a * levels.normal(a * comparators + k));
    // The thermometer code counts comparators, so the thresholds may be sorted.
    std::sort(level_threshold_a_.end() - static_cast<std::ptrdiff_t>(comparators), level_threshold_a_.end());
  }
}

SenseAmplifierBank::Setting SenseAmplifierBank::setting_of(const WorkingPoint& point) const {
  Setting out{point.threshold_a, bias_plus_gain_, bias_minus_gain_};
  for (auto& bias : out.bias_plus_a) bias *= point.injected_bias_a;
  for (auto& bias : out.bias_minus_a) bias *= point.injected_bias_a;
  return out;
}

const SenseAmplifierBank::Setting& SenseAmplifierBank::setting(std::uint32_t layer) const {
  const auto found = layers_.find(layer);
  return found == layers_.end() ? common_ : found->second;
}

void SenseAmplifierBank::set_layers(const LayerWorkingPoints& layers) {
  std::map<std::uint32_t, Setting> settings;
  for (const auto& [layer, point] : layers) {
    const std::string of = "layers." + std::to_string(layer) + ".";
    require(std::isfinite(point.injected_bias_a) && point.injected_bias_a >= 0, of + "injected_bias_a",
            point.injected_bias_a, "0 or more");
    require(std::isfinite(point.threshold_a), of + "threshold_a", point.threshold_a, "a number");
    settings.emplace(layer, setting_of(point));
  }
  layers_ = std::move(settings);
  config_.layers = layers;
}

CounterRandom SenseAmplifierBank::noise_of(std::size_t amplifier, std::uint64_t place) const {
  return noise_.fork(place << amplifier_bits | amplifier);
}

double SenseAmplifierBank::difference_a(const Setting& setting, std::size_t amplifier, double i_plus_a,
                                        double i_minus_a, double noise) const {
  double plus = i_plus_a + setting.bias_plus_a[amplifier];
  double minus = i_minus_a + setting.bias_minus_a[amplifier];
  if (config_.kind == SenseConfig::Kind::reference) minus += config_.reference_current_a;
  double gain = 1;
  if (nonidealities_.sensing_range) {
    // Too little current reduces the gm, so errors after the input stage weigh more when referred to the
    // input.
    if (config_.i_min_a > 0) gain = std::clamp(0.5 * (plus + minus) / config_.i_min_a, config_.gm_floor, 1.0);
    plus = std::clamp(plus, config_.i_min_a, config_.i_max_a);
    minus = std::clamp(minus, config_.i_min_a, config_.i_max_a);
  }
  double error_a = offset_a(amplifier);
  if (noisy()) error_a += config_.noise_sigma_a * noise;
  const double growth = 1 + config_.offset_growth_per_a * 0.5 * (plus + minus);
  return plus - minus + error_a * growth / gain;
}

int SenseAmplifierBank::level(std::size_t amplifier, double difference_a) const {
  const std::size_t comparators = (std::size_t{1} << config_.bits) - 1;
  const auto first = level_threshold_a_.begin() + static_cast<std::ptrdiff_t>(amplifier * comparators);
  const auto exceeded =
      std::lower_bound(first, first + static_cast<std::ptrdiff_t>(comparators), difference_a) - first;
  return lowest_level(config_) + static_cast<int>(exceeded);
}

int SenseAmplifierBank::decide(std::size_t amplifier, double i_plus_a, double i_minus_a,
                               std::uint64_t decision_index, std::uint64_t place, std::uint32_t layer) const {
  if (amplifier >= size())
    throw InputError("sense: amplifier " + std::to_string(amplifier) + " of a bank of " +
                     std::to_string(size()));
  const double noise = noisy() ? noise_of(amplifier, place).normal(decision_index) : 0.0;
  const auto& point = setting(layer);
  const double difference = difference_a(point, amplifier, i_plus_a, i_minus_a, noise);
  if (config_.kind == SenseConfig::Kind::multi_bit) return level(amplifier, difference);
  return difference > point.threshold_a ? 1 : 0;
}

CalibrationReport SenseAmplifierBank::calibrate(double i_common_a) {
  CalibrationReport report;
  const auto rms = [&] {
    double square = 0;
    for (std::size_t a = 0; a < size(); ++a) {
      const double net = offset_a(a) + bias_plus_a(a) - bias_minus_a(a);
      square += net * net;
    }
    return std::sqrt(square / static_cast<double>(size()));
  };
  report.offset_before_a = report.offset_after_a = rms();
  if (!config_.trim.enabled) return report;
  const int codes = static_cast<int>(config_.trim.range_a / config_.trim.step_a);
  std::uint64_t index = calibration_decisions;
  // The trim balances out a reference current, so it measures the amplifier alone.
  const double reference_a = config_.kind == SenseConfig::Kind::reference ? config_.reference_current_a : 0.0;
  for (std::size_t a = 0; a < size(); ++a) {
    int low = -codes, high = codes;  // the balance lies between these codes, if it is in range
    std::uint64_t steps = 0;
    while (low < high) {
      const int middle = low + (high - low) / 2;
      trim_a_[a] = middle * config_.trim.step_a;
      int positive = 0;
      for (int read = 0; read < config_.trim.reads; ++read)
        positive += difference_a(common_, a, i_common_a, i_common_a - reference_a,
                                 noisy() ? noise_of(a, 0).normal(index++) : 0.0) > 0;
      steps += static_cast<std::uint64_t>(config_.trim.reads);
      if (2 * positive > config_.trim.reads) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    report.decisions += steps;
    report.steps = std::max(report.steps, steps);
    // The balance lies between the last code that reads positive and the first that does not, so the middle
    // is best on average.
    trim_a_[a] = (low - 0.5) * config_.trim.step_a;
    const double net = offset_a_[a] + bias_plus_a(a) - bias_minus_a(a);
    report.out_of_range += std::abs(net) > config_.trim.range_a;
  }
  report.offset_after_a = rms();
  return report;
}

}  // namespace irc::sense
