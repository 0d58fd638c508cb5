// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>

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

/// The same vector read again and again.
std::vector<double> repeat(const ColumnEvaluator& evaluator, const ProgrammedTile& tile, const Vectors& one) {
  std::vector<std::uint64_t> bits;
  for (std::size_t i = 0; i < reads; ++i) bits.insert(bits.end(), one.bits.begin(), one.bits.end());
  return evaluate(evaluator, tile, {bits.data(), one.words, reads, 0});
}

}  // namespace

TEST_CASE("aggregate read noise has the spread of independent draws per cell") {
  const auto card = default_card();
  const auto c = ArrayConditions::nominal(card);
  const std::size_t rows = 24;
  const ProgrammedTile tile({rows, 1}, random_states({rows, 1}), card, c, {}, {});
  const Vectors one(rows, 1, 0.6);
  const CounterRandom random(5, Stream::test);
  std::vector<double> per_cell;
  for (std::size_t read = 0; read < reads; ++read) {
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      if (!one.driven(0, row)) continue;
      const double sigma =
          tile.states(0)[row] == CellState::lrs ? card.rram.lrs.read_noise : card.rram.hrs.read_noise;
      sum += device::solve_cell(card, {tile.r_ohm(0)[row], tile.v_t_v(0)[row], CellState::lrs}, c.v_bl_v, 0,
                                c.v_wl_v)
                 .i_a *
             (1 + sigma * random.normal(read * rows + row));
    }
    per_cell.push_back(sum);
  }
  const Moments expected = moments(per_cell);
  const Moments ideal = moments(repeat(*make_ideal_evaluator(), tile, one));
  const double sampling = 4 / std::sqrt(2.0 * reads) * std::sqrt(2.0);  // two samples, four standard errors
  CHECK(ideal.sigma == Approx(expected.sigma).epsilon(sampling));
  CHECK(ideal.mean == Approx(expected.mean).margin(6 * expected.sigma / std::sqrt(double{reads})));
}

TEST_CASE("the exact evaluator draws the same noise where wires play no part") {
  const auto card = default_card();
  auto c = ArrayConditions::nominal(card);
  c.r_bl_ohm = c.r_sl_ohm = c.r_clamp_ohm = 0;
  const ProgrammedTile tile({24, 1}, random_states({24, 1}), card, c, {}, {});
  const Vectors one(24, 1, 0.6);
  const auto ideal = repeat(*make_ideal_evaluator(), tile, one),
             exact = repeat(*make_exact_evaluator(), tile, one);
  for (std::size_t i = 0; i < 50; ++i) CHECK(exact[i] == Approx(ideal[i]).epsilon(1e-9));
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
