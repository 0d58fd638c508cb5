// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include "support/catch.h"

#include "array_setup.h"

using namespace irc;
using namespace irc::array;

namespace {

struct Moments {
  double mean = 0, sigma = 0;
};

Moments moments(const std::vector<double>& values) {
  Moments out;
  for (const double v : values) out.mean += v / static_cast<double>(values.size());
  for (const double v : values) out.sigma += (v - out.mean) * (v - out.mean);
  out.sigma = std::sqrt(out.sigma / static_cast<double>(values.size() - 1));
  return out;
}

constexpr std::size_t reads = 4000;

/// The currents of one vector that is read many times.
std::vector<double> repeat(const ColumnEvaluator& evaluator, const ProgrammedTile& tile, const Vectors& one) {
  std::vector<std::uint64_t> bits;
  for (std::size_t i = 0; i < reads; ++i) bits.insert(bits.end(), one.bits.begin(), one.bits.end());
  return evaluate(evaluator, tile, {bits.data(), one.words, reads, 0});
}

/// Standard deviation of a vector's current if every cell draws its own noise.
double sigma_of_cells(const ProgrammedTile& tile, const Vectors& vectors, std::size_t v = 0) {
  const auto& c = tile.conditions();
  double variance = 0;
  for (std::size_t row = 0; row < tile.geometry().rows; ++row) {
    if (!vectors.driven(v, row)) continue;
    const auto state = tile.states(0)[row];
    const auto& rram = tile.card().rram;
    const double sigma_a = (state == CellState::lrs ? rram.lrs : rram.hrs).read_noise *
                           device::solve_cell(tile.card(), {tile.r_ohm(0)[row], tile.v_t_v(0)[row], state},
                                              c.v_bl_v, 0, c.v_wl_v)
                               .i_a;
    variance += sigma_a * sigma_a;
  }
  return std::sqrt(variance);
}

constexpr double sampling = 4 / 89.4;  // four standard errors of the standard deviation of 4000 draws

}  // namespace

TEST_CASE("aggregate read noise has the spread of independent draws per cell") {
  const auto card = default_card();
  auto c = ArrayConditions::nominal(card);
  c.r_bl_ohm = c.r_sl_ohm = c.r_clamp_ohm = 0;
  const ProgrammedTile tile({24, 1}, random_states({24, 1}), card, c, {}, {});
  const Vectors one(24, 1, 0.6);
  const Moments exact = moments(repeat(*make_exact_evaluator(), tile, one));
  CHECK(exact.sigma == Approx(sigma_of_cells(tile, one)).epsilon(sampling));
  const ProgrammedTile quiet({24, 1}, random_states({24, 1}), card, c, without_read_noise(), {});
  const double mean = evaluate(*make_exact_evaluator(), quiet, one.batch())[0];
  CHECK(exact.mean == Approx(mean).margin(4 * exact.sigma / std::sqrt(double{reads})));
}

TEST_CASE("ideal and fast tell the noise from current and count: right on average over vectors") {
  const auto card = default_card();
  auto c = ArrayConditions::nominal(card);
  // The wires make the fast engine compute, but cause no noticeable drop.
  c.r_bl_ohm = c.r_sl_ohm = c.r_clamp_ohm = 1e-4;
  const std::size_t rows = 576, count = 4000;
  const ProgrammedTile tile({rows, 1}, random_states({rows, 1}), card, c, {}, {});
  const ProgrammedTile quiet({rows, 1}, random_states({rows, 1}), card, c, without_read_noise(), {});
  const Vectors vectors(rows, count, 0.3);
  double expected = 0;
  for (std::size_t v = 0; v < count; ++v) {
    const double sigma_a = sigma_of_cells(tile, vectors, v);
    expected += sigma_a * sigma_a / count;
  }
  for (const std::string name : {"ideal", "fast"}) {
    const auto noisy = evaluate(*make_evaluator(name), tile, vectors.batch());
    const auto silent = evaluate(*make_evaluator(name), quiet, vectors.batch());
    double variance = 0;
    for (std::size_t v = 0; v < count; ++v)
      variance += (noisy[v] - silent[v]) * (noisy[v] - silent[v]) / count;
    CHECK(std::sqrt(variance) == Approx(std::sqrt(expected)).epsilon(sampling));
  }
}

TEST_CASE("all evaluators draw the same noise where wires play no part") {
  const auto card = default_card();
  auto c = ArrayConditions::nominal(card);
  c.r_bl_ohm = c.r_sl_ohm = c.r_clamp_ohm = 0;
  auto n = device::Nonidealities::none();
  n.read_noise = true;  // the cells are equal, so the variance is exact everywhere
  const ProgrammedTile tile({24, 1}, random_states({24, 1}), card, c, n, {});
  const Vectors one(24, 1, 0.6);
  const auto ideal = repeat(*make_ideal_evaluator(), tile, one),
             exact = repeat(*make_exact_evaluator(), tile, one),
             fast = repeat(*make_fast_evaluator(), tile, one);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(exact[i] == Approx(ideal[i]).epsilon(1e-9));
    CHECK(fast[i] == ideal[i]);
  }
  CHECK(exact[0] != exact[1]);
}

TEST_CASE("noise is named by read counter and physical column, not by the batch") {
  const auto card = default_card();
  const ProgrammedTile tile({24, 2}, random_states({24, 2}), card, ArrayConditions::nominal(card), {}, {});
  const Vectors vectors(24, 6, 0.5);
  const auto all = evaluate(*make_ideal_evaluator(), tile, vectors.batch());
  const auto last = evaluate(*make_ideal_evaluator(), tile, vectors.batch(4));
  CHECK(std::vector<double>(all.begin() + 8, all.end()) == last);
  auto later = vectors.batch();
  later.first_read = 1000;
  CHECK(evaluate(*make_ideal_evaluator(), tile, later) != all);
}

TEST_CASE("cells programmed anew are read with draws of their own") {
  const auto card = default_card();
  const auto c = ArrayConditions::nominal(card);
  const auto states = random_states({24, 2});
  TilePlace place;
  const ProgrammedTile first({24, 2}, states, card, c, {}, place);
  const ProgrammedTile same({24, 2}, states, card, c, {}, place);
  place.programming_count = 1;
  const ProgrammedTile second({24, 2}, states, card, c, {}, place);
  for (std::size_t column = 0; column < 2; ++column)
    for (std::uint64_t read = 0; read < 20; ++read) {
      CHECK(first.read_noise_normal(column, read) == same.read_noise_normal(column, read));
      CHECK(first.read_noise_normal(column, read) != second.read_noise_normal(column, read));
    }
}
