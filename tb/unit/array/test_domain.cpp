// SPDX-License-Identifier: Apache-2.0
// The fast engine knows where it is right: what its own check does not cover goes to the exact solver.
#include <algorithm>
#include <cmath>
#include <string>
#include "support/catch.h"

#include "array_setup.h"
#include "irc/core/error.h"

using namespace irc;
using namespace irc::array;

namespace {

struct Comparison {
  double largest = 0;
  EvaluationStats stats;
  std::size_t currents = 0;
};

Comparison compare(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows) {
  const std::size_t columns = tile.geometry().columns;
  std::vector<double> exact(batch.vectors * columns), fast(exact);
  make_exact_evaluator()->evaluate(tile, batch, rows, exact);
  Comparison out;
  out.stats = make_fast_evaluator()->evaluate(tile, batch, rows, fast);
  out.currents = exact.size();
  for (std::size_t column = 0; column < columns; ++column) {
    const double floor_a = deviation_floor_a(tile, column, rows);
    for (std::size_t v = 0; v < batch.vectors; ++v) {
      const std::size_t at = v * columns + column;
      REQUIRE(std::isfinite(fast[at]));
      out.largest = std::max(out.largest, std::abs(fast[at] - exact[at]) / std::max(exact[at], floor_a));
    }
  }
  return out;
}

ProgrammedTile loaded_tile(std::size_t rows, std::size_t columns, double r_bl_ohm, double r_sl_ohm,
                           SourceLineGround ground = SourceLineGround::bottom) {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.6;
  conditions.r_bl_ohm = r_bl_ohm;
  conditions.r_sl_ohm = r_sl_ohm;
  conditions.ground = ground;
  return {{rows, columns}, random_states({rows, columns}), card, conditions, without_read_noise(), {}};
}

}  // namespace

TEST_CASE("columns that the wires load heavily are right, because the exact solver takes them") {
  for (const double r_ohm : {20.0, 100.0, 1000.0, 10000.0})
    for (const auto& [r_bl_ohm, r_sl_ohm] : {std::pair{r_ohm, 0.1}, {0.1, r_ohm}, {r_ohm, r_ohm}}) {
      const auto tile = loaded_tile(290, 6, r_bl_ohm, r_sl_ohm);
      const Vectors vectors(290, 20, 0.2);
      const auto found = compare(tile, vectors.batch(), {0, 290});
      INFO("BL " << r_bl_ohm << ", SL " << r_sl_ohm << " ohm: largest " << found.largest << ", outside "
                 << found.stats.fallback_vectors << " of " << found.currents);
      CHECK(found.largest <= 0.03);
      CHECK(found.stats.fallback_vectors > 0);
      CHECK(found.stats.evaluated_by.exact == found.stats.fallback_vectors);
      CHECK(found.stats.evaluated_by.fast == found.currents - found.stats.fallback_vectors);
    }
}

TEST_CASE("usual columns stay with the fast engine, and it says how far it was off when it checked itself") {
  const auto tile = loaded_tile(290, 40, 0.1, 0.1);
  const Vectors vectors(290, 40, 0.2);
  const auto found = compare(tile, vectors.batch(), {0, 290});
  CHECK(found.stats.fallback_vectors == 0);
  CHECK(found.stats.evaluated_by.engine_error > 0);
  CHECK(found.stats.evaluated_by.engine_error < 0.012);
  CHECK(found.largest <= 0.012);
}

TEST_CASE(
    "read noise is no error of the fast engine: it hands over no more vectors with noise than without") {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.6;
  const auto count = [&](const device::Nonidealities& nonidealities) {
    const ProgrammedTile tile({578, 64}, random_states({578, 64}), card, conditions, nonidealities, {});
    const Vectors vectors(578, 16, 0.1);
    std::vector<double> out(16 * 64);
    return make_fast_evaluator()->evaluate(tile, vectors.batch(), {0, 578}, out);
  };
  const auto noisy = count({}), quiet = count(without_read_noise());
  CHECK(noisy.fallback_vectors == quiet.fallback_vectors);
  CHECK(noisy.evaluated_by.engine_error == quiet.evaluated_by.engine_error);
}

TEST_CASE("a vector without driven rows draws exactly the leakage of each column") {
  for (const double r_ohm : {0.1, 2.0}) {
    const auto tile = loaded_tile(300, 9, r_ohm, r_ohm);
    const Vectors none(300, 2, 0.0);
    std::vector<double> exact(2 * 9), fast(exact);
    for (const RowRange rows : {RowRange{0, 300}, RowRange{40, 72}}) {
      make_exact_evaluator()->evaluate(tile, none.batch(), rows, exact);
      const auto stats = make_fast_evaluator()->evaluate(tile, none.batch(), rows, fast);
      INFO(r_ohm << " ohm, rows from " << rows.begin);
      for (std::size_t i = 0; i < fast.size(); ++i) CHECK(fast[i] == Approx(exact[i]).epsilon(1e-6));
      CHECK(exact[0] > 0);
      CHECK(stats.evaluated_by.fast + stats.evaluated_by.exact == fast.size());
    }
  }
}

TEST_CASE("the floor of deviations is the unloaded current of a hundredth of the rows, at least of one") {
  const auto card = device::load_card(IRC_CARDS_DIR "/robust_28nm.toml");
  const auto conditions = ArrayConditions::nominal(card);
  const auto none = device::Nonidealities::none();
  const std::vector<CellState> low(400 * 2, CellState::lrs);
  const ProgrammedTile tile({400, 2}, low, card, conditions, none, {});
  const device::CellParameters median{card.r_median_ohm(card.rram.lrs),
                                      card.transistor_at_temperature().v_t_v, CellState::lrs};
  const double cell_a = device::solve_cell(card, median, conditions.v_bl_v, 0, conditions.v_wl_v).i_a;
  CHECK(deviation_floor_a(tile, 0, {0, 400}) == Approx(4 * cell_a).epsilon(1e-3));
  CHECK(deviation_floor_a(tile, 1, {10, 42}) == Approx(cell_a).epsilon(1e-3));
}

TEST_CASE("auto does not choose the ideal sum for a tile whose dense vectors it would get wrong") {
  const auto tile = loaded_tile(576, 4, 0.02, 0.02);
  const Vectors sparse(576, 8, 0.05), dense(576, 8, 0.95);
  const auto exact = evaluate(*make_exact_evaluator(), tile, dense.batch());
  const auto ideal = evaluate(*make_ideal_evaluator(), tile, dense.batch());
  const double budget = 0.5 * std::abs(ideal[0] / exact[0] - 1);
  const auto chosen = make_auto_evaluator(budget);
  evaluate(*chosen, tile, sparse.batch());  // the choice does not depend on the first vectors
  const auto found = evaluate(*chosen, tile, dense.batch());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] / exact[i] - 1) <= 2 * budget);
  CHECK(found != ideal);
}
