// SPDX-License-Identifier: Apache-2.0
// Many decisions at once: the arithmetic of SenseAmplifierBank::decide on vectors of amplifiers.
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <string>

#include "difference_kernel.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/sense/sense_amplifier.h"

namespace irc::sense {

namespace {

// Amplifiers whose differences are held at once; whole words of decision bits.
constexpr std::size_t piece = 256;
// Decisions that are worth a task of their own.
constexpr std::size_t task_decisions = 4096;

bool holds(const InputCurrents& input, const DecisionRun& run) {
  return run.vectors == 0 ||
         (run.vectors - 1) * input.per_vector + (run.amplifiers - 1) * input.per_amplifier < input.a.size();
}

bool per_amplifier(std::span<const double> added, const DecisionRun& run) {
  return added.empty() || added.size() == run.amplifiers;
}

}  // namespace

void SenseAmplifierBank::check_run(const DecisionRun& run) const {
  if (run.amplifiers == 0 || run.first_amplifier + run.amplifiers > size())
    throw InputError("sense: a run of amplifiers " + std::to_string(run.first_amplifier) + " to " +
                     std::to_string(run.first_amplifier + run.amplifiers) + " of a bank of " +
                     std::to_string(size()));
  if (!holds(run.plus, run) || !holds(run.minus, run) || !per_amplifier(run.added_plus_a, run) ||
      !per_amplifier(run.added_minus_a, run))
    throw InputError("sense: too few currents for " + std::to_string(run.vectors) + " vectors of " +
                     std::to_string(run.amplifiers) + " amplifiers");
}

void SenseAmplifierBank::differences_a(const DecisionRun& run, std::size_t vector, std::size_t first,
                                       const double* noise, std::span<double> out) const {
  const std::size_t amplifier = run.first_amplifier + first;
  DifferenceInputs in;
  in.plus = run.plus.a.data() + vector * run.plus.per_vector + first * run.plus.per_amplifier;
  in.minus = run.minus.a.data() + vector * run.minus.per_vector + first * run.minus.per_amplifier;
  in.plus_step = run.plus.per_amplifier;
  in.minus_step = run.minus.per_amplifier;
  in.added_plus = run.added_plus_a.empty() ? nullptr : run.added_plus_a.data() + first;
  in.added_minus = run.added_minus_a.empty() ? nullptr : run.added_minus_a.data() + first;
  in.bias_plus = bias_plus_a_.data() + amplifier;
  in.bias_minus = bias_minus_a_.data() + amplifier;
  in.offset = offset_a_.data() + amplifier;
  in.trim = trim_a_.data() + amplifier;
  in.noise = noise;
  DifferenceRules rules;
  rules.reference_a = config_.kind == SenseConfig::Kind::reference ? config_.reference_current_a : 0.0;
  rules.limited = nonidealities_.sensing_range;
  rules.i_min_a = config_.i_min_a;
  rules.i_max_a = config_.i_max_a;
  rules.gm_floor = config_.gm_floor;
  rules.noise_sigma_a = config_.noise_sigma_a;
  rules.half_growth_per_a = config_.offset_growth_per_a * 0.5;
  differences(rules, in, out.data(), out.size());
}

template <typename Use>
void SenseAmplifierBank::for_each_piece(const DecisionRun& run, const Use& use) const {
  check_run(run);
  const bool noisy = nonidealities_.sense_noise && config_.noise_sigma_a > 0;
  const std::span<const CounterRandom> families(noise_);
  const auto vectors = [&](const tbb::blocked_range<std::size_t>& range) {
    double noise[piece], out[piece];
    for (std::size_t first = 0; first < run.amplifiers; first += piece) {
      const std::size_t n = std::min(piece, run.amplifiers - first);
      const auto some = families.subspan(run.first_amplifier + first, n);
      // As many vectors as there is noise for: draws come cheap by the hundred.
      const std::size_t rows = piece / n;
      for (std::size_t v = range.begin(); v != range.end();) {
        const std::size_t end = std::min(range.end(), v + rows);
        if (noisy) CounterRandom::normals(some, run.first_decision + v, end - v, noise);
        for (const double* row = noise; v != end; ++v, row += n) {
          differences_a(run, v, first, noisy ? row : nullptr, std::span(out, n));
          use(v, first, std::span<const double>(out, n));
        }
      }
    }
  };
  const std::size_t grain = std::max<std::size_t>(1, task_decisions / run.amplifiers);
  const tbb::blocked_range<std::size_t> all(0, run.vectors, grain);
  if (run.vectors <= 2 * grain) {
    vectors(all);
  } else {
    tbb::parallel_for(all, vectors);
  }
}

void SenseAmplifierBank::decide(const DecisionRun& run, std::span<int> levels) const {
  if (levels.size() != run.vectors * run.amplifiers)
    throw InputError("sense: " + std::to_string(levels.size()) + " places for decisions, expected " +
                     std::to_string(run.vectors * run.amplifiers));
  const bool multi_bit = config_.kind == SenseConfig::Kind::multi_bit;
  for_each_piece(run, [&](std::size_t v, std::size_t first, std::span<const double> differences_a) {
    int* out = levels.data() + v * run.amplifiers + first;
    for (std::size_t i = 0; i < differences_a.size(); ++i)
      out[i] = multi_bit ? level(run.first_amplifier + first + i, differences_a[i])
                         : static_cast<int>(differences_a[i] > config_.threshold_a);
  });
}

void SenseAmplifierBank::decide(const DecisionRun& run, const DecisionBits& bits) const {
  if (config_.kind == SenseConfig::Kind::multi_bit)
    throw InputError("sense: a readout of several bits does not fit one");
  if (bits.words_per_vector * 64 < bits.first_bit + run.amplifiers ||
      bits.words.size() < run.vectors * bits.words_per_vector)
    throw InputError("sense: " + std::to_string(bits.words.size()) + " words for the decisions of " +
                     std::to_string(run.vectors) + " vectors of " + std::to_string(run.amplifiers) +
                     " amplifiers");
  for_each_piece(run, [&](std::size_t v, std::size_t first, std::span<const double> differences_a) {
    std::uint64_t decided[piece / 64];
    above(differences_a.data(), differences_a.size(), config_.threshold_a, decided);
    copy_bits(decided, 0, bits.words.data() + v * bits.words_per_vector, bits.first_bit + first,
              differences_a.size());
  });
}

}  // namespace irc::sense
