// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include "support/catch.h"

#include "array_setup.h"
#include "irc/array/state_currents.h"

using namespace irc;
using namespace irc::array;

namespace {

device::CellParameters cell(const ProgrammedTile& tile, std::size_t column, std::size_t row) {
  return {tile.r_ohm(column)[row], tile.v_t_v(column)[row], tile.states(column)[row]};
}

void book(StateSplit& split, const ProgrammedTile& tile, std::size_t column, std::size_t row, bool driven,
          double i_a) {
  (!driven ? split.off_a : tile.states(column)[row] == CellState::lrs ? split.lrs_a : split.hrs_a) += i_a;
}

/// Solves every cell alone at the clamp, one by one.
StateSplit cell_by_cell(const ProgrammedTile& tile, const Vectors& vectors, RowRange rows) {
  StateSplit split;
  const auto& c = tile.conditions();
  for (std::size_t v = 0; v < vectors.count; ++v)
    for (std::size_t column = 0; column < tile.geometry().columns; ++column)
      for (std::size_t row = 0; row < tile.geometry().rows; ++row) {
        const bool on = row >= rows.begin && row < rows.end && vectors.driven(v, row);
        const double v_wl_v = on ? c.v_wl_v : c.v_wl_off_v;
        book(split, tile, column, row, on,
             device::solve_cell(tile.card(), cell(tile, column, row), c.v_bl_v, 0, v_wl_v).i_a);
      }
  return split;
}

/// Solves one column's ladder by relaxation, which is slow but simple and shares no arithmetic with the code.
/// The source line is grounded at the far end, one segment beyond the last row.
void relax_column(const ProgrammedTile& tile, const Vectors& vectors, std::size_t v, std::size_t column,
                  StateSplit& split) {
  const auto& c = tile.conditions();
  const std::size_t n = tile.geometry().rows;
  std::vector<double> b(n, c.v_bl_v), s(n, 0.0), i_a(n);
  for (int sweep = 0; sweep < 400; ++sweep) {
    for (std::size_t r = 0; r < n; ++r)
      i_a[r] = device::solve_cell(tile.card(), cell(tile, column, r), b[r], s[r],
                                  vectors.driven(v, r) ? c.v_wl_v : c.v_wl_off_v)
                   .i_a;
    double total = 0;
    for (const double current : i_a) total += current;
    // Towards row r the bit line carries the current of the cells from r on, and the source line that of the
    // cells up to r.
    double below = total, gone = 0, voltage = c.v_bl_v - total * c.r_clamp_ohm;
    for (std::size_t r = 0; r < n; ++r) {
      if (r > 0) voltage -= below * c.r_bl_ohm;
      b[r] += 0.3 * (voltage - b[r]);
      below -= i_a[r];
    }
    double source = 0;
    for (std::size_t k = 0; k < n; ++k) gone += i_a[k];
    for (std::size_t k = n; k-- > 0;) {
      source += gone * c.r_sl_ohm;
      s[k] += 0.3 * (source - s[k]);
      gone -= i_a[k];
    }
  }
  for (std::size_t r = 0; r < n; ++r) book(split, tile, column, r, vectors.driven(v, r), i_a[r]);
}

}  // namespace

TEST_CASE("cells alike: the split counts cells exactly, in any range of rows and any number of vectors") {
  const auto card = default_card();
  const std::size_t rows = 150, columns = 37;
  const ProgrammedTile tile({rows, columns}, random_states({rows, columns}), card,
                            ArrayConditions::nominal(card), device::Nonidealities::none(), {});
  // none() has no leakage, so a second tile has it switched on.
  auto leaking = device::Nonidealities::none();
  leaking.off_leakage = true;
  const ProgrammedTile leaky({rows, columns}, random_states({rows, columns}), card,
                             ArrayConditions::nominal(card), leaking, {});
  for (const std::size_t count : {1, 7, 8, 23}) {
    const Vectors vectors(rows, count, 0.3);
    for (const RowRange range : {RowRange{0, rows}, RowRange{32, 64}, RowRange{5, 131}, RowRange{149, 150}}) {
      INFO(count << " vectors, rows " << range.begin << " to " << range.end);
      const auto expected = cell_by_cell(leaky, vectors, range);
      const auto found = StateCurrents(leaky).unloaded(vectors.batch(), range);
      CHECK(found.lrs_a == Approx(expected.lrs_a).epsilon(1e-9).margin(1e-30));
      CHECK(found.hrs_a == Approx(expected.hrs_a).epsilon(1e-9).margin(1e-30));
      CHECK(found.off_a == Approx(expected.off_a).epsilon(1e-9));
      const auto sealed = StateCurrents(tile).unloaded(vectors.batch(), range);
      CHECK(sealed.lrs_a == found.lrs_a);
      CHECK(sealed.off_a == 0);
    }
  }
}

TEST_CASE("more vectors than the counters hold at once") {
  const auto card = default_card();
  const std::size_t rows = 70, columns = 3;
  const ProgrammedTile tile({rows, columns}, random_states({rows, columns}), card,
                            ArrayConditions::nominal(card), device::Nonidealities::none(), {});
  const Vectors vectors(rows, 5000, 0.9);
  const StateCurrents states(tile);
  StateSplit pieces;
  for (std::size_t first = 0; first < 5000; first += 500) {
    const auto part = states.unloaded(vectors.batch(first, 500), {0, rows});
    pieces.lrs_a += part.lrs_a;
    pieces.hrs_a += part.hrs_a;
  }
  const auto whole = states.unloaded(vectors.batch(), {0, rows});
  CHECK(whole.lrs_a == Approx(pieces.lrs_a).epsilon(1e-12));
  CHECK(whole.hrs_a == Approx(pieces.hrs_a).epsilon(1e-12));
}

TEST_CASE("cells that differ: the sample's means stand for all cells") {
  const auto card = default_card();
  const std::size_t rows = 400, columns = 64;
  auto conditions = ArrayConditions::nominal(card);
  conditions.v_wl_v = 0.55;  // currents have a spread of 40 %
  const ProgrammedTile tile({rows, columns}, random_states({rows, columns}), card, conditions,
                            without_read_noise(), {});
  const Vectors vectors(rows, 5, 0.25);
  const auto expected = cell_by_cell(tile, vectors, {0, rows});
  const auto found = StateCurrents(tile).unloaded(vectors.batch(), {0, rows});
  // With 256 cells of each state one standard deviation is 0.4 / sqrt(256) = 2.5 %. The tolerance is three.
  CHECK(found.lrs_a == Approx(expected.lrs_a).epsilon(0.075));
  CHECK(found.hrs_a == Approx(expected.hrs_a).epsilon(0.3));  // high states have a spread of 90 %
}

TEST_CASE("a state too rare for the sample's stride has its current all the same") {
  const auto card = default_card();
  const std::size_t rows = 400, columns = 10;
  auto leaking = device::Nonidealities::none();
  leaking.off_leakage = true;
  const Vectors vectors(rows, 3, 2.0);  // all rows are driven
  for (const auto rare : {CellState::lrs, CellState::hrs})
    for (const std::size_t where : {0, 1, 2, 1234, 3998, 3999}) {
      INFO("cell " << where);
      const auto common = rare == CellState::lrs ? CellState::hrs : CellState::lrs;
      std::vector<CellState> states(rows * columns, common);
      states[where] = rare;
      const ProgrammedTile tile({rows, columns}, states, card, ArrayConditions::nominal(card), leaking, {});
      const auto expected = cell_by_cell(tile, vectors, {0, rows});
      const auto found = StateCurrents(tile).unloaded(vectors.batch(), {0, rows});
      CHECK(expected.lrs_a > 0);
      CHECK(expected.hrs_a > 0);
      CHECK(found.lrs_a == Approx(expected.lrs_a).epsilon(1e-9).margin(0));
      CHECK(found.hrs_a == Approx(expected.hrs_a).epsilon(1e-9).margin(0));
    }
}

TEST_CASE("the solved total is kept whole") {
  const auto card = default_card();
  const std::size_t rows = 256, columns = 16;
  const ProgrammedTile tile({rows, columns}, random_states({rows, columns}), card,
                            ArrayConditions::nominal(card), without_read_noise(), {});
  const Vectors vectors(rows, 4, 0.2);
  std::vector<double> currents(4 * columns);
  const double total_a =
      make_exact_evaluator()->evaluate(tile, vectors.batch(), {0, rows}, currents).current_sum_a;
  const auto parts = StateCurrents(tile).split(vectors.batch(), {0, rows}, total_a);
  CHECK(parts.total_a() == Approx(total_a).epsilon(1e-14));
  CHECK(parts.lrs_a > parts.hrs_a);
  // With no row driven and no leakage there is no ratio and nothing to divide.
  const ProgrammedTile sealed({rows, columns}, random_states({rows, columns}), card,
                              ArrayConditions::nominal(card), device::Nonidealities::none(), {});
  const Vectors idle(rows, 4, -1);
  CHECK(StateCurrents(sealed).split(idle.batch(), {0, rows}, 0).total_a() == 0);
}

TEST_CASE("wires: the split against the ladder's own cell currents, solved another way") {
  const auto card = default_card();
  const std::size_t rows = 96, columns = 6;
  auto low_ratio = card;
  low_ratio.rram.hrs.r_ohm = 100e3;  // makes the high state matter
  const ProgrammedTile tile({rows, columns}, random_states({rows, columns}), low_ratio,
                            ArrayConditions::nominal(low_ratio), without_read_noise(), {});
  const Vectors vectors(rows, 2, 0.3);
  std::vector<double> currents(2 * columns);
  const double total_a =
      make_exact_evaluator()->evaluate(tile, vectors.batch(), {0, rows}, currents).current_sum_a;
  StateSplit truth;
  for (std::size_t v = 0; v < 2; ++v)
    for (std::size_t column = 0; column < columns; ++column) relax_column(tile, vectors, v, column, truth);
  REQUIRE(truth.total_a() == Approx(total_a).epsilon(1e-4));
  const auto found = StateCurrents(tile).split(vectors.batch(), {0, rows}, total_a);
  INFO("true shares " << truth.lrs_a / total_a << " " << truth.hrs_a / total_a << ", found "
                      << found.lrs_a / total_a << " " << found.hrs_a / total_a);
  CHECK(found.lrs_a / total_a == Approx(truth.lrs_a / total_a).margin(0.05));
  CHECK(found.hrs_a / total_a == Approx(truth.hrs_a / total_a).margin(0.05));
  CHECK(found.off_a / total_a == Approx(truth.off_a / total_a).margin(0.01));
}
