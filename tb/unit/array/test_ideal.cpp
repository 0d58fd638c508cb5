// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "array_setup.h"

using namespace irc;
using namespace irc::array;

TEST_CASE("equal counts of equal cells give exactly equal currents") {
  const auto card = default_card();
  const std::size_t rows = 256, columns = 40;
  std::vector<CellState> states(rows * columns, CellState::hrs);
  const CounterRandom random(3, Stream::test);
  // Each column has 100 low cells, always in other rows.
  for (std::size_t column = 0; column < columns; ++column)
    for (std::size_t k = 0; k < 100; ++k) states[column * rows + (k + 7 * column) % rows] = CellState::lrs;
  const ProgrammedTile tile({rows, columns}, states, card, ArrayConditions::nominal(card),
                            device::Nonidealities::none(), {});
  CHECK(tile.uniform_states());
  const auto currents = evaluate(*make_ideal_evaluator(), tile, Vectors(rows, 1, 1.1).batch());
  for (const double current : currents) CHECK(current == currents[0]);
}

TEST_CASE("uniform cells: the current counts cells") {
  const auto card = default_card();
  const std::size_t rows = 300, columns = 70;
  const auto states = random_states({rows, columns});
  const auto c = ArrayConditions::nominal(card);
  const ProgrammedTile tile({rows, columns}, states, card, c, device::Nonidealities::none(), {});
  const Vectors vectors(rows, 9, 0.3);
  const auto currents = evaluate(*make_ideal_evaluator(), tile, vectors.batch());
  const double low = device::solve_cell(card, {card.rram.lrs.r_ohm, card.transistor.v_t_v, CellState::lrs},
                                        c.v_bl_v, 0, c.v_wl_v)
                         .i_a;
  const double high = device::solve_cell(card, {card.rram.hrs.r_ohm, card.transistor.v_t_v, CellState::hrs},
                                         c.v_bl_v, 0, c.v_wl_v)
                          .i_a;
  for (std::size_t v = 0; v < 9; ++v)
    for (std::size_t column = 0; column < columns; ++column) {
      int n_low = 0, n_high = 0;
      for (std::size_t row = 0; row < rows; ++row)
        if (vectors.driven(v, row)) ++(states[column * rows + row] == CellState::lrs ? n_low : n_high);
      CHECK(currents[v * columns + column] == Approx(n_low * low + n_high * high).epsilon(1e-10));
    }
}

TEST_CASE("leakage of undriven rows can be switched off, and an idle column then carries nothing") {
  const auto card = default_card();
  const Vectors idle(64, 1, -1);
  device::Nonidealities n;
  const std::vector<CellState> states(64, CellState::lrs);
  const auto make = [&] {
    return ProgrammedTile({64, 1}, states, card, ArrayConditions::nominal(card), n, {});
  };
  for (const std::string_view name : {"ideal", "exact"}) {
    n.off_leakage = true;
    CHECK(evaluate(*make_evaluator(name), make(), idle.batch())[0] > 0);
    n.off_leakage = false;
    CHECK(evaluate(*make_evaluator(name), make(), idle.batch())[0] == 0);
  }
}
