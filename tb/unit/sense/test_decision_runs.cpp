// SPDX-License-Identifier: Apache-2.0
// Runs of decisions against single decisions.
#include <vector>
#include "support/catch.h"

#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/core/instruction_set.h"
#include "irc/core/random.h"
#include "irc/sense/sense_amplifier.h"

using namespace irc;
using namespace irc::sense;

namespace {

/// Currents [vector][column] around a common value, so that every part of the arithmetic decides somewhere.
std::vector<double> random_currents(std::size_t count, double common_a) {
  const CounterRandom random(1, Stream::test);
  std::vector<double> out;
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(common_a + 1e-6 * random.normal(i));
  return out;
}

/// Compares runs of several shapes on one bank with single decisions.
void compare_runs(const SenseConfig& config, double common_a) {
  SenseAmplifierBank bank(config, {}, 9, 4, 700);
  bank.calibrate(common_a);
  for (const std::size_t amplifiers : {1, 3, 7, 64, 130, 690})
    for (const std::size_t vectors : {1, 5, 300}) {
      if (amplifiers * vectors > 50000) continue;
      const auto currents = random_currents(2 * amplifiers * vectors, common_a);
      const auto added = random_currents(amplifiers, 0.0);
      DecisionRun run;
      run.first_amplifier = 5;
      run.amplifiers = amplifiers;
      run.vectors = vectors;
      run.first_decision = 100;
      run.plus = {currents, 2 * amplifiers, 2};
      run.minus = {std::span(currents).subspan(1), 2 * amplifiers, 2};
      // Adjacent columns for one input, and one current per vector for the other.
      const bool apart = config.kind == SenseConfig::Kind::reference;
      if (apart) run.plus.per_amplifier = 1, run.minus.per_amplifier = 0;
      if (vectors == 5) run.added_plus_a = run.added_minus_a = added;
      const auto single = [&](std::size_t v, std::size_t i) {
        double plus = currents[v * 2 * amplifiers + i * run.plus.per_amplifier];
        double minus = currents[v * 2 * amplifiers + i * run.minus.per_amplifier + 1];
        if (vectors == 5) plus += added[i], minus += added[i];
        return bank.decide(5 + i, plus, minus, 100 + v);
      };
      std::vector<int> levels(amplifiers * vectors);
      bank.decide(run, levels);
      std::size_t wrong = 0;
      for (std::size_t k = 0; k < levels.size(); ++k)
        wrong += levels[k] != single(k / amplifiers, k % amplifiers);
      if (config.kind != SenseConfig::Kind::multi_bit) {
        const std::size_t words = words_for(amplifiers + 9);
        std::vector<std::uint64_t> bits(words * vectors, ~std::uint64_t{0});
        bank.decide(run, {bits, words, 9});
        for (std::size_t v = 0; v < vectors; ++v) {
          const auto* row = bits.data() + v * words;
          wrong += (row[0] & 511) != 511;  // other bits must not change
          for (std::size_t i = 0; i < amplifiers; ++i)
            wrong += ((row[(9 + i) / 64] >> ((9 + i) % 64)) & 1) != static_cast<unsigned>(single(v, i));
        }
      }
      INFO(amplifiers << " amplifiers, " << vectors << " vectors");
      CHECK(wrong == 0);
    }
}

}  // namespace

TEST_CASE("a run of decisions equals single decisions, on every instruction set") {
  SenseConfig c = SenseConfig::from_card(device::load_card(IRC_CARDS_DIR "/default.toml"));
  c.injected_bias_a = 1e-6;
  c.offset_growth_per_a = 1e4;
  c.trim = {true, 0.05e-6, 5e-6, 1};
  c.threshold_a = 0.1e-6;
  SenseConfig reference = c, levels = c, loud = c, silent = c;
  loud.noise_sigma_a = 5e-6;  // every decision depends on its noise
  silent.noise_sigma_a = 0;
  reference.kind = SenseConfig::Kind::reference;
  reference.reference_current_a = 0.3e-6;
  levels.kind = SenseConfig::Kind::multi_bit;
  levels.bits = 3;
  levels.i_lsb_a = 0.4e-6;
  levels.level_sigma_a = 0.05e-6;
  for (const auto& set : instruction_sets()) {
    limit_instruction_set(set);
    INFO(set);
    for (const auto& config : {c, reference, levels, loud, silent})
      for (const double common_a : {0.5 * c.i_min_a, 2e-5, c.i_max_a}) compare_runs(config, common_a);
  }
  limit_instruction_set({});
}

TEST_CASE("runs that do not fit the bank or their places are refused") {
  const SenseAmplifierBank bank(SenseConfig{}, {}, 1, 0, 10);
  const std::vector<double> currents(14, 1e-6);
  std::vector<int> levels(14);
  std::vector<std::uint64_t> words(2);
  DecisionRun run;
  run.first_amplifier = 3;
  run.amplifiers = 7;
  run.vectors = 2;
  run.plus = run.minus = {currents, 7, 1};
  CHECK_NOTHROW(bank.decide(run, levels));
  CHECK_NOTHROW(bank.decide(run, {words, 1, 57}));
  CHECK_THROWS_AS(bank.decide(run, {words, 1, 58}), InputError);
  CHECK_THROWS_AS(bank.decide(run, std::span(levels).first(13)), InputError);
  const auto refused = [&](auto change) {
    DecisionRun wrong = run;
    change(wrong);
    CHECK_THROWS_AS(bank.decide(wrong, levels), InputError);
  };
  refused([](DecisionRun& r) { r.first_amplifier = 4; });
  refused([](DecisionRun& r) { r.plus.per_vector = 8; });
  refused([](DecisionRun& r) { r.minus.per_amplifier = 2; });
  refused([&](DecisionRun& r) { r.added_plus_a = std::span(currents).first(6); });
  CHECK_THROWS_AS(bank.decide(10, 1e-6, 1e-6, 0), InputError);
}
