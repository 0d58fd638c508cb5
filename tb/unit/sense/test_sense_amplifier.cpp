// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <vector>
#include "support/catch.h"

#include "irc/core/bits.h"
#include "irc/core/error.h"
#include "irc/core/instruction_set.h"
#include "irc/sense/sense_amplifier.h"

using namespace irc;
using namespace irc::sense;
using device::Nonidealities;

namespace {

SenseConfig quiet() {
  SenseConfig out;
  out.i_min_a = 0;
  out.i_max_a = 1e-3;
  return out;
}

double share_of_ones(const SenseAmplifierBank& bank, std::size_t amplifier, double plus_a, double minus_a,
                     int n = 4000) {
  double ones = 0;
  for (int i = 0; i < n; ++i) ones += bank.decide(amplifier, plus_a, minus_a, static_cast<std::uint64_t>(i));
  return ones / n;
}

}  // namespace

TEST_CASE("an ideal amplifier compares, ties and the threshold read 0") {
  SenseConfig c = quiet();
  CHECK(SenseAmplifierBank(c, {}, 1, 0, 1).decide(0, 2e-6, 1e-6, 0) == 1);
  CHECK(SenseAmplifierBank(c, {}, 1, 0, 1).decide(0, 1e-6, 2e-6, 0) == 0);
  CHECK(SenseAmplifierBank(c, {}, 1, 0, 1).decide(0, 1e-6, 1e-6, 0) == 0);
  c.threshold_a = 0.5e-6;
  CHECK(SenseAmplifierBank(c, {}, 1, 0, 1).decide(0, 1.4e-6, 1e-6, 0) == 0);
  CHECK(SenseAmplifierBank(c, {}, 1, 0, 1).decide(0, 1.6e-6, 1e-6, 0) == 1);
}

TEST_CASE("a compression common to both inputs changes no decision") {
  const SenseAmplifierBank bank(quiet(), {}, 1, 0, 1);
  const CounterRandom random(1, Stream::test);
  for (std::uint64_t i = 0; i < 500; ++i) {
    const double plus = 1e-4 * random.uniform(2 * i), minus = 1e-4 * random.uniform(2 * i + 1);
    for (const double share : {0.9, 0.5, 0.1})
      CHECK(bank.decide(0, share * plus, share * minus, i) == bank.decide(0, plus, minus, i));
  }
}

TEST_CASE("offsets have the configured spread and decide near the tie") {
  SenseConfig c = quiet();
  c.offset_sigma_a = 1e-6;
  const std::size_t n = 20000;
  const SenseAmplifierBank bank(c, {}, 5, 2, n);
  double squares = 0, ones = 0;
  for (std::size_t a = 0; a < n; ++a) {
    squares += bank.offset_a(a) * bank.offset_a(a);
    ones += bank.decide(a, 1e-5, 1.1e-5, 0);
  }
  CHECK(std::sqrt(squares / n) == Approx(1e-6).epsilon(4 / std::sqrt(2.0 * n)));
  // P(offset > 1 sigma) = 0.1587
  CHECK(ones / n == Approx(0.1587).margin(4 * std::sqrt(0.1587 * 0.8413 / n)));
  Nonidealities off;
  off.offset = false;
  CHECK(SenseAmplifierBank(c, off, 5, 2, 1).decide(0, 1.1e-5, 1e-5, 0) == 1);
  CHECK(SenseAmplifierBank(c, {}, 6, 2, 1).offset_a(0) != bank.offset_a(0));
}

TEST_CASE("noise is drawn per decision index, with the normal distribution's error rate") {
  SenseConfig c = quiet();
  c.noise_sigma_a = 1e-6;
  const SenseAmplifierBank bank(c, {}, 1, 0, 2);
  CHECK(share_of_ones(bank, 0, 11e-6, 10e-6) == Approx(0.8413).margin(4 * 0.0058));  // P(N < 1)
  for (std::uint64_t i = 0; i < 20; ++i)
    CHECK(bank.decide(1, 1e-6, 1e-6, i) == bank.decide(1, 1e-6, 1e-6, i));
}

TEST_CASE("below the sensing range only the offset decides, the injected bias repairs it") {
  SenseConfig c = quiet();
  c.i_min_a = 5e-6;
  c.offset_sigma_a = 0.3e-6;
  const std::size_t n = 500;
  const auto wrong = [&](const SenseConfig& config, const Nonidealities& nonidealities) {
    const SenseAmplifierBank bank(config, nonidealities, 3, 0, n);
    int count = 0;
    for (std::size_t a = 0; a < n; ++a) {
      count += bank.decide(a, 4e-6, 1e-6, 0) != 1;
      count += bank.decide(a, 1e-6, 4e-6, 0) != 0;
    }
    return count;
  };
  CHECK(wrong(c, {}) > 400);  // half of all decisions are wrong
  CHECK(wrong(c, {}) < 600);
  c.injected_bias_a = 5e-6;
  CHECK(wrong(c, {}) == 0);  // 3 uA against 0.3 uA
  c.injected_bias_a = 0;
  Nonidealities unlimited;
  unlimited.sensing_range = false;
  CHECK(wrong(c, unlimited) == 0);
}

TEST_CASE("above the sensing range the difference is lost") {
  SenseConfig c = quiet();
  c.i_max_a = 100e-6;
  const SenseAmplifierBank bank(c, {}, 1, 0, 1);
  CHECK(bank.decide(0, 99e-6, 98e-6, 0) == 1);
  CHECK(bank.decide(0, 300e-6, 200e-6, 0) == 0);  // both inputs read 100 uA, which is a tie
}

TEST_CASE("a mismatched bias source is an offset of its own") {
  SenseConfig c = quiet();
  c.injected_bias_a = 10e-6;
  c.injected_bias_sigma = 0.02;
  const SenseAmplifierBank bank(c, {}, 1, 0, 20000);
  double squares = 0;
  for (std::size_t a = 0; a < bank.size(); ++a)
    squares += std::pow(bank.bias_plus_a(a) - bank.bias_minus_a(a), 2);
  CHECK(std::sqrt(squares / 20000) == Approx(0.2e-6 * std::sqrt(2.0)).epsilon(0.02));
  Nonidealities n;
  n.bias_variation = false;
  CHECK(SenseAmplifierBank(c, n, 1, 0, 1).bias_plus_a(0) == 10e-6);
}

TEST_CASE("a layer's own bias and threshold hold for its decisions alone") {
  SenseConfig c = quiet();
  c.i_min_a = 10e-6;
  c.injected_bias_a = 1e-6;
  c.injected_bias_sigma = 0.1;
  c.layers[7] = {12e-6, 0.0};
  c.layers[8] = {12e-6, 0.5e-6};
  SenseAmplifierBank bank(c, {}, 3, 0, 4);
  for (std::size_t a = 0; a < 4; ++a)  // the same sources with larger currents, so the spread is the same
    CHECK(bank.bias_plus_a(a, 7) == Approx(12 * bank.bias_plus_a(a)).epsilon(1e-14));
  // Inputs below i_min read as equal, unless the layer's bias raises them.
  Nonidealities matched;
  matched.bias_variation = false;
  SenseAmplifierBank same(c, matched, 3, 0, 1);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0) == 0);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 6) == 0);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 7) == 1);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 8) == 0);
  CHECK(same.decide(0, 0.6e-6, 0.0, 0, 0, 8) == 1);
  same.set_layers({{6, {12e-6, 0.0}}});
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 6) == 1);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 7) == 0);
  CHECK_THROWS_AS(same.set_layers({{6, {-1e-6, 0.0}}}), InputError);
  CHECK(same.decide(0, 0.4e-6, 0.0, 0, 0, 6) == 1);  // refused values change nothing
}

TEST_CASE("a run of a layer equals its single decisions") {
  SenseConfig c = quiet();
  c.i_min_a = 5e-6;
  c.offset_sigma_a = 0.5e-6;
  c.noise_sigma_a = 0.3e-6;
  c.layers[2] = {6e-6, 0.4e-6};
  const std::size_t n = 37, vectors = 20;
  const SenseAmplifierBank bank(c, {}, 9, 1, n);
  const CounterRandom random(4, Stream::test);
  std::vector<double> currents(2 * n * vectors);
  for (std::size_t i = 0; i < currents.size(); ++i) currents[i] = 4e-6 * random.uniform(i);
  DecisionRun run;
  run.amplifiers = n;
  run.vectors = vectors;
  run.plus = {currents, 2 * n, 2};
  run.minus = {std::span<const double>(currents).subspan(1), 2 * n, 2};
  std::size_t differ = 0;
  std::vector<int> common(n * vectors), own(n * vectors);
  bank.decide(run, common);
  run.layer = 2;
  bank.decide(run, own);
  std::vector<std::uint64_t> words(vectors, 0);
  bank.decide(run, DecisionBits{words, 1, 0});
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t a = 0; a < n; ++a) {
      const std::size_t i = v * n + a;
      CHECK(own[i] == bank.decide(a, currents[2 * i], currents[2 * i + 1], v, 0, 2));
      CHECK(own[i] == static_cast<int>((words[v] >> a) & 1));
      differ += own[i] != common[i];
    }
  CHECK(differ > 20);
}

TEST_CASE("single-ended reading against a current and against a column") {
  SenseConfig c = quiet();
  c.kind = SenseConfig::Kind::reference;
  c.reference_current_a = 10e-6;
  const SenseAmplifierBank bank(c, {}, 1, 0, 1);
  CHECK(bank.decide(0, 11e-6, 0, 0) == 1);
  CHECK(bank.decide(0, 9e-6, 0, 0) == 0);
  CHECK(bank.decide(0, 11e-6, 2e-6, 0) == 0);
}

TEST_CASE("multi-bit readout rounds to the nearest level and saturates") {
  SenseConfig c = quiet();
  c.kind = SenseConfig::Kind::multi_bit;
  c.bits = 3;
  c.i_lsb_a = 1e-6;
  const SenseAmplifierBank bank(c, {}, 1, 0, 1);
  const double base = 100e-6;
  for (int k = -60; k <= 60; ++k) {
    if (k % 10 == 5 || k % 10 == -5) continue;  // half-way between two levels
    const int expected = std::clamp(static_cast<int>(std::lround(k / 10.0)), -4, 3);
    CHECK(bank.decide(0, base + k * 1e-7, base, 0) == expected);
  }
  c.signed_levels = false;
  const SenseAmplifierBank plain(c, {}, 1, 0, 1);
  CHECK(plain.decide(0, base, base, 0) == 0);
  CHECK(plain.decide(0, base + 4.2e-6, base, 0) == 4);
  CHECK(plain.decide(0, base + 40e-6, base, 0) == 7);
  CHECK(plain.decide(0, base - 40e-6, base, 0) == 0);
  c.level_sigma_a = 1e-6;
  const SenseAmplifierBank wrong(c, {}, 1, 0, 200);
  int differ = 0;
  for (std::size_t a = 0; a < 200; ++a) differ += wrong.decide(a, base + 4.2e-6, base, 0) != 4;
  CHECK(differ > 20);
}

TEST_CASE("trim brings offsets below its resolution and counts its decisions") {
  SenseConfig c = quiet();
  c.offset_sigma_a = 1e-6;
  c.trim = {true, 0.05e-6, 5e-6, 1};
  SenseAmplifierBank bank(c, {}, 1, 0, 300);
  const auto report = bank.calibrate(20e-6);
  CHECK(report.offset_before_a == Approx(1e-6).epsilon(0.2));
  CHECK(report.offset_after_a < 0.05e-6);
  CHECK(report.out_of_range == 0);
  CHECK(report.decisions >= 300 * 7);  // 201 codes need seven or eight halvings
  CHECK(report.decisions <= 300 * 8);
  CHECK((report.steps == 7 || report.steps == 8));  // per amplifier; all are measured at the same time
  for (std::size_t a = 0; a < 300; ++a) CHECK(std::fabs(bank.offset_a(a)) <= 0.0501e-6);
}

TEST_CASE("trim reports what it cannot reach, and majority reads help against noise") {
  SenseConfig c = quiet();
  c.offset_sigma_a = 1e-6;
  c.trim = {true, 0.05e-6, 0.5e-6, 1};
  SenseAmplifierBank narrow(c, {}, 1, 0, 300);
  const auto report = narrow.calibrate(20e-6);
  CHECK(report.out_of_range > 100);  // P(|N| > 0.5) = 0.62
  CHECK(report.out_of_range < 270);
  c.trim.range_a = 5e-6;
  c.noise_sigma_a = 0.3e-6;
  SenseAmplifierBank once(c, {}, 1, 0, 300);
  c.trim.reads = 31;
  SenseAmplifierBank often(c, {}, 1, 0, 300);
  CHECK(often.calibrate(20e-6).offset_after_a < once.calibrate(20e-6).offset_after_a);
  c.trim.enabled = false;
  SenseAmplifierBank untrimmed(c, {}, 1, 0, 300);
  const auto nothing = untrimmed.calibrate(20e-6);
  CHECK(nothing.decisions == 0);
  CHECK(nothing.offset_after_a == nothing.offset_before_a);
}

TEST_CASE("configurations that make no sense are refused") {
  const auto refused = [](auto change) {
    SenseConfig c = quiet();
    change(c);
    CHECK_THROWS_AS(SenseAmplifierBank(c, {}, 1, 0, 1), InputError);
  };
  refused([](SenseConfig& c) { c.i_min_a = 2e-3; });
  refused([](SenseConfig& c) { c.offset_sigma_a = -1; });
  refused([](SenseConfig& c) { c.bits = 3; });
  refused([](SenseConfig& c) { c.kind = SenseConfig::Kind::multi_bit, c.bits = 9, c.i_lsb_a = 1e-6; });
  refused([](SenseConfig& c) { c.kind = SenseConfig::Kind::multi_bit, c.bits = 3; });
  refused([](SenseConfig& c) { c.trim = {true, 0, 1e-6, 1}; });
  refused([](SenseConfig& c) { c.trim = {true, 1e-7, 1e-6, 2}; });
}

TEST_CASE("an amplifier that reads another column draws other noise") {
  SenseConfig c;
  c.noise_sigma_a = 1e-6;
  const SenseAmplifierBank bank(c, {}, 3, 0, 4);
  constexpr std::size_t decisions = 4000;
  const std::vector<double> zero(decisions, 0.0);
  const auto at = [&](std::uint64_t place) {
    std::vector<int> out(decisions);
    DecisionRun run;
    run.first_amplifier = 2;
    run.amplifiers = 1;
    run.vectors = decisions;
    run.plus = run.minus = {zero, 1, 0};
    run.place = place;
    bank.decide(run, out);
    return out;
  };
  CHECK(at(0) == at(0));
  CHECK(bank.decide(2, 0, 0, 7, 5) == at(5)[7]);
  for (const std::uint64_t place : {1u, 2u, 1u << 16}) {
    const auto one = at(0), other = at(place);
    std::size_t agree = 0;
    for (std::size_t i = 0; i < decisions; ++i) agree += one[i] == other[i];
    // Independent fair coins agree in half of the cases. The tolerance is five standard deviations.
    CHECK(static_cast<double>(agree) ==
          Approx(0.5 * decisions).margin(5 * 0.5 * std::sqrt(double{decisions})));
  }
}
