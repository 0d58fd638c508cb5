// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "irc/sense/sense_amplifier.h"

namespace irc::sense {

/// What the trim has to cancel at equal inputs, without noise.
double SenseAmplifierBank::residual_a(std::size_t amplifier, double i_common_a) const {
  const double reference_a = config_.kind == SenseConfig::Kind::reference ? config_.reference_current_a : 0;
  return difference_a(amplifier, i_common_a, i_common_a - reference_a, 0);
}

bool SenseAmplifierBank::reads_high(std::size_t amplifier, double i_common_a,
                                    std::uint64_t& decisions) const {
  const double reference_a = config_.kind == SenseConfig::Kind::reference ? config_.reference_current_a : 0;
  int high = 0;
  for (int read = 0; read < config_.trim.reads; ++read) {
    const double noise =
        nonidealities_.sense_noise
            ? calibration_noise_.fork(amplifier).normal(decisions + static_cast<std::uint64_t>(read))
            : 0;
    // The threshold is put in by the circuit around the amplifier; the amplifier itself is trimmed at zero.
    high += difference_a(amplifier, i_common_a, i_common_a - reference_a, noise) > 0;
  }
  decisions += static_cast<std::uint64_t>(config_.trim.reads);
  return 2 * high > config_.trim.reads;
}

CalibrationReport SenseAmplifierBank::calibrate(double i_common_a) {
  CalibrationReport report;
  double before = 0, after = 0;
  const auto codes =
      config_.trim.enabled ? static_cast<std::int64_t>(config_.trim.range_a / config_.trim.step_a) : 0;
  for (std::size_t amplifier = 0; amplifier < size(); ++amplifier) {
    trim_a_[amplifier] = 0;
    const double untrimmed_a = residual_a(amplifier, i_common_a);
    before += untrimmed_a * untrimmed_a;
    if (config_.trim.enabled) {
      std::uint64_t decisions = 0;
      // The smallest code that makes the amplifier read low lies within (low, high].
      std::int64_t low = -codes - 1, high = codes + 1;
      while (high - low > 1) {
        const std::int64_t code = low + (high - low) / 2;
        trim_a_[amplifier] = static_cast<double>(code) * config_.trim.step_a;
        (reads_high(amplifier, i_common_a, decisions) ? low : high) = code;
      }
      if (low < -codes || high > codes) ++report.out_of_range;
      const std::int64_t best = std::clamp(high, -codes, codes);
      trim_a_[amplifier] = static_cast<double>(best) * config_.trim.step_a;
      report.decisions += decisions;
    }
    const double trimmed_a = residual_a(amplifier, i_common_a);
    after += trimmed_a * trimmed_a;
  }
  const double count = std::max<double>(1, static_cast<double>(size()));
  report.offset_before_a = std::sqrt(before / count);
  report.offset_after_a = std::sqrt(after / count);
  return report;
}

}  // namespace irc::sense
