// SPDX-License-Identifier: Apache-2.0
// Runs of decisions: the arithmetic of SenseAmplifierBank::decide on vectors of amplifiers.
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "difference_kernel.h"
#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/sense/sense_amplifier.h"

namespace irc::sense {

/// Decisions that depend on their noise and wait for a batch of draws.
struct Undecided {
  std::vector<CounterRandom> families;
  std::vector<std::uint64_t> indices;
  struct Place {
    std::size_t vector, i;
  };
  std::vector<Place> places;
};

namespace {

// Number of amplifiers processed together; a multiple of 64, so that decision bits fill whole words.
constexpr std::size_t piece = 256;
// Number of decisions that justify a task.
constexpr std::size_t task_decisions = 8192;

bool holds(const InputCurrents& input, const DecisionRun& run) {
  return run.vectors == 0 ||
         (run.vectors - 1) * input.per_vector + (run.amplifiers - 1) * input.per_amplifier < input.a.size();
}

bool per_amplifier(std::span<const double> added, const DecisionRun& run) {
  return added.empty() || added.size() == run.amplifiers;
}

double current_a(const InputCurrents& input, std::span<const double> added_a, std::size_t vector,
                 std::size_t i) {
  const double current = input.a[vector * input.per_vector + i * input.per_amplifier];
  return added_a.empty() ? current : current + added_a[i];
}

/// Sets `in` to the currents of one vector's amplifiers, starting at `first`.
void point_to(const DecisionRun& run, std::size_t vector, std::size_t first, DifferenceInputs& in) {
  in.plus = run.plus.a.data() + vector * run.plus.per_vector + first * run.plus.per_amplifier;
  in.minus = run.minus.a.data() + vector * run.minus.per_vector + first * run.minus.per_amplifier;
  in.plus_step = run.plus.per_amplifier;
  in.minus_step = run.minus.per_amplifier;
  in.added_plus = run.added_plus_a.empty() ? nullptr : run.added_plus_a.data() + first;
  in.added_minus = run.added_minus_a.empty() ? nullptr : run.added_minus_a.data() + first;
}

DifferenceRules rules_of(const SenseConfig& config, const device::Nonidealities& nonidealities,
                         double threshold_a) {
  DifferenceRules rules;
  rules.reference_a = config.kind == SenseConfig::Kind::reference ? config.reference_current_a : 0.0;
  rules.limited = nonidealities.sensing_range;
  rules.i_min_a = config.i_min_a;
  rules.i_max_a = config.i_max_a;
  rules.gm_floor = config.gm_floor;
  rules.noise_sigma_a = config.noise_sigma_a;
  rules.half_growth_per_a = config.offset_growth_per_a * 0.5;
  rules.threshold_a = threshold_a;
  return rules;
}

void fill_above(std::span<const double> values, double threshold, std::uint64_t* bits) {
  std::fill_n(bits, words_for(values.size()), std::uint64_t{0});
  for (std::size_t i = 0; i < values.size(); ++i)
    bits[i / 64] |= std::uint64_t{values[i] > threshold} << (i % 64);
}

/// Calls use(begin, end) for ranges of a run's vectors, on several threads if the run is large enough.
template <typename Use>
void for_vectors(const DecisionRun& run, const Use& use) {
  const std::size_t grain = std::max<std::size_t>(1, task_decisions / run.amplifiers);
  if (run.vectors <= grain) {
    use(0, run.vectors);
    return;
  }
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, run.vectors, grain),
                    [&](const tbb::blocked_range<std::size_t>& range) { use(range.begin(), range.end()); });
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

void SenseAmplifierBank::decide(const DecisionRun& run, std::span<int> levels) const {
  check_run(run);
  if (levels.size() != run.vectors * run.amplifiers)
    throw InputError("sense: " + std::to_string(levels.size()) + " places for decisions, expected " +
                     std::to_string(run.vectors * run.amplifiers));
  for_vectors(run, [&](std::size_t begin, std::size_t end) { read_levels(run, begin, end, levels); });
}

void SenseAmplifierBank::decide(const DecisionRun& run, const DecisionBits& bits) const {
  check_run(run);
  if (config_.kind == SenseConfig::Kind::multi_bit)
    throw InputError("sense: a readout of several bits does not fit into one bit");
  if (bits.words_per_vector * 64 < bits.first_bit + run.amplifiers ||
      bits.words.size() < run.vectors * bits.words_per_vector)
    throw InputError("sense: " + std::to_string(bits.words.size()) + " words for the decisions of " +
                     std::to_string(run.vectors) + " vectors of " + std::to_string(run.amplifiers) +
                     " amplifiers");
  for_vectors(run, [&](std::size_t begin, std::size_t end) { decide_bits(run, begin, end, bits); });
}

std::vector<CounterRandom> SenseAmplifierBank::noise_of(const DecisionRun& run) const {
  std::vector<CounterRandom> families;
  for (std::size_t i = 0; noisy() && i < run.amplifiers; ++i)
    families.push_back(noise_of(run.first_amplifier + i, run.place));
  return families;
}

void SenseAmplifierBank::read_levels(const DecisionRun& run, std::size_t begin, std::size_t end,
                                     std::span<int> levels) const {
  const auto& point = setting(run.layer);
  const auto rules = rules_of(config_, nonidealities_, point.threshold_a);
  const bool multi_bit = config_.kind == SenseConfig::Kind::multi_bit;
  double noise[piece], found_a[piece];
  const auto families = noise_of(run);
  for (std::size_t v = begin; v != end; ++v)
    for (std::size_t first = 0; first < run.amplifiers; first += piece) {
      const std::size_t n = std::min(piece, run.amplifiers - first), amplifier = run.first_amplifier + first;
      if (noisy())
        CounterRandom::normals(std::span<const CounterRandom>(families).subspan(first, n),
                               run.first_decision + v, 1, noise);
      DifferenceInputs in{};
      point_to(run, v, first, in);
      point_to_amplifiers(point, amplifier, in);
      differences(rules, in, noisy() ? noise : nullptr, found_a, n);
      for (std::size_t i = 0; i < n; ++i)
        levels[v * run.amplifiers + first + i] =
            multi_bit ? level(amplifier + i, found_a[i]) : static_cast<int>(found_a[i] > point.threshold_a);
    }
}

void SenseAmplifierBank::decide_bits(const DecisionRun& run, std::size_t begin, std::size_t end,
                                     const DecisionBits& bits) const {
  const auto& point = setting(run.layer);
  const auto rules = rules_of(config_, nonidealities_, point.threshold_a);
  // Only few decisions are so close that their noise matters, so noise is drawn only for those.
  Undecided undecided;
  const auto families = noise_of(run);
  double noise[piece], found_a[piece];
  for (std::size_t v = begin; v != end; ++v)
    for (std::size_t first = 0; first < run.amplifiers; first += piece) {
      const std::size_t n = std::min(piece, run.amplifiers - first), amplifier = run.first_amplifier + first;
      DifferenceInputs in{};
      point_to(run, v, first, in);
      point_to_amplifiers(point, amplifier, in);
      std::uint64_t above[piece / 64], open[piece / 64];
      sense::decide(rules, in, noisy() ? CounterRandom::largest_normal : 0.0, above, open, n);
      if (4 * count_ones({open, words_for(n)}) > n) {  // so many that drawing the whole row is cheaper
        CounterRandom::normals(std::span<const CounterRandom>(families).subspan(first, n),
                               run.first_decision + v, 1, noise);
        differences(rules, in, noise, found_a, n);
        fill_above(std::span<const double>(found_a, n), point.threshold_a, above);
        std::fill_n(open, words_for(n), std::uint64_t{0});
      }
      copy_bits(above, 0, bits.words.data() + v * bits.words_per_vector, bits.first_bit + first, n);
      for (std::size_t word = 0; word < words_for(n); ++word)
        for (std::uint64_t left = open[word]; left != 0; left &= left - 1) {
          const std::size_t i = first + 64 * word + static_cast<std::size_t>(std::countr_zero(left));
          undecided.families.push_back(families[i]);
          undecided.indices.push_back(run.first_decision + v);
          undecided.places.push_back({v, i});
        }
    }
  settle(run, undecided, bits);
}

void SenseAmplifierBank::settle(const DecisionRun& run, const Undecided& undecided,
                                const DecisionBits& bits) const {
  std::vector<double> noise(undecided.places.size());
  CounterRandom::normals(undecided.families, undecided.indices, noise.data());
  const auto& point = setting(run.layer);
  for (std::size_t k = 0; k < noise.size(); ++k) {
    const auto [v, i] = undecided.places[k];
    const double found_a =
        difference_a(point, run.first_amplifier + i, current_a(run.plus, run.added_plus_a, v, i),
                     current_a(run.minus, run.added_minus_a, v, i), noise[k]);
    const std::size_t bit = bits.first_bit + i;
    auto& word = bits.words[v * bits.words_per_vector + bit / 64];
    const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    word = found_a > point.threshold_a ? word | mask : word & ~mask;
  }
}

void SenseAmplifierBank::point_to_amplifiers(const Setting& setting, std::size_t first,
                                             DifferenceInputs& in) const {
  in.bias_plus = setting.bias_plus_a.data() + first;
  in.bias_minus = setting.bias_minus_a.data() + first;
  in.offset = offset_a_.data() + first;
  in.trim = trim_a_.data() + first;
}

}  // namespace irc::sense
