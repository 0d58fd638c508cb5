// SPDX-License-Identifier: Apache-2.0
#include <tbb/global_control.h>

#include <cmath>
#include "support/catch.h"

#include "array_setup.h"
#include "irc/core/error.h"
#include "irc/core/instruction_set.h"

using namespace irc;
using namespace irc::array;

namespace {

/// Solves a dense system by Gaussian elimination with row pivoting.
std::vector<double> solve_dense(std::vector<std::vector<double>> a, std::vector<double> y) {
  const std::size_t n = y.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::fabs(a[i][k]) > std::fabs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(y[k], y[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      y[i] -= factor * y[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) y[k] -= a[k][j] * y[j];
    y[k] /= a[k][k];
  }
  return y;
}

/// The column current from Kirchhoff's equations in full, with the scalar cell solver of the device room for
/// the nonlinear cells and a dense Newton. It shares neither elimination nor arithmetic with the evaluator.
double dense_column(const ProgrammedTile& tile, const Vectors& vectors, std::size_t v, std::size_t column) {
  const std::size_t n = tile.geometry().rows;
  const ArrayConditions& c = tile.conditions();
  const double g_bl = 1 / c.r_bl_ohm, g_sl = 1 / c.r_sl_ohm, g_clamp = 1 / c.r_clamp_ohm;
  std::vector<double> node(2 * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) node[i] = c.v_bl_v;
  for (int iteration = 0; iteration < 60; ++iteration) {
    std::vector<std::vector<double>> a(2 * n, std::vector<double>(2 * n, 0.0));
    std::vector<double> y(2 * n, 0.0);
    const auto join = [&](std::size_t i, std::size_t j, double g) {
      a[i][i] += g, a[j][j] += g, a[i][j] -= g, a[j][i] -= g;
    };
    for (std::size_t i = 0; i + 1 < n; ++i) join(i, i + 1, g_bl), join(n + i, n + i + 1, g_sl);
    a[0][0] += g_clamp;
    y[0] += g_clamp * c.v_bl_v;
    const std::size_t ground = c.ground == SourceLineGround::top ? n : 2 * n - 1;
    a[ground][ground] += g_sl;
    for (std::size_t i = 0; i < n; ++i) {
      const auto cell = device::solve_cell(
          tile.card(), {tile.r_ohm(column)[i], tile.v_t_v(column)[i], tile.states(column)[i]}, node[i],
          node[n + i], vectors.driven(v, i) ? c.v_wl_v : c.v_wl_off_v);
      const double rest = cell.i_a - cell.g_b_s * node[i] + cell.g_s_s * node[n + i];
      a[i][i] += cell.g_b_s, a[i][n + i] -= cell.g_s_s, y[i] -= rest;
      a[n + i][i] -= cell.g_b_s, a[n + i][n + i] += cell.g_s_s, y[n + i] += rest;
    }
    const auto next = solve_dense(a, y);
    double step = 0;
    for (std::size_t i = 0; i < 2 * n; ++i) step = std::max(step, std::fabs(next[i] - node[i]));
    node = next;
    if (step < 1e-13) break;
  }
  return (c.v_bl_v - node[0]) * g_clamp;
}

ArrayConditions conditions(const device::TechnologyCard& card, double v_wl_v, double r_ohm,
                           SourceLineGround ground = SourceLineGround::bottom) {
  ArrayConditions out = ArrayConditions::nominal(card);
  out.v_wl_v = v_wl_v;
  out.r_bl_ohm = out.r_sl_ohm = r_ohm;
  out.ground = ground;
  return out;
}

}  // namespace

TEST_CASE("one cell: resistances in series with the cell, against scalar bisection") {
  const auto card = default_card();
  const CellState states[] = {CellState::lrs};
  for (const double v_wl_v : {0.45, 0.6, 0.9})
    for (const auto ground : {SourceLineGround::bottom, SourceLineGround::top}) {
      const auto c = conditions(card, v_wl_v, 50, ground);
      const ProgrammedTile tile({1, 1}, states, card, c, without_read_noise(), {});
      const Vectors on(1, 1, 1.1);
      // I falls with the drops that I itself causes, so the solution of I = cell(V_BL - R_c I, r_sl I) is
      // found by bisection.
      double low = 0, high = 1e-3;
      for (int i = 0; i < 200; ++i) {
        const double trial = 0.5 * (low + high);
        const double v_b = c.v_bl_v - c.r_clamp_ohm * trial, v_s = c.r_sl_ohm * trial;
        const bool more =
            v_b > v_s &&
            device::solve_cell(card, {tile.r_ohm(0)[0], tile.v_t_v(0)[0], CellState::lrs}, v_b, v_s, v_wl_v)
                    .i_a > trial;
        (more ? low : high) = trial;
      }
      CHECK(evaluate(*make_exact_evaluator(), tile, on.batch())[0] == Approx(low).epsilon(1e-9));
    }
}

TEST_CASE("columns agree with a dense solution of the full network") {
  auto card = default_card();
  for (const auto conduction : {device::Conduction::ohmic, device::Conduction::sinh})
    for (const auto ground : {SourceLineGround::bottom, SourceLineGround::top})
      for (const double v_wl_v : {0.45, 0.6, 1.0}) {
        card.rram.conduction = conduction;
        card.rram.alpha_per_v = 3;
        const ProgrammedTile tile({40, 2}, random_states({40, 2}), card, conditions(card, v_wl_v, 25, ground),
                                  without_read_noise(), {});
        const Vectors vectors(40, 5, 0.4);
        const auto currents = evaluate(*make_exact_evaluator(), tile, vectors.batch());
        for (std::size_t v = 0; v < 5; ++v)
          for (std::size_t column = 0; column < 2; ++column)
            CHECK(currents[v * 2 + column] == Approx(dense_column(tile, vectors, v, column)).epsilon(1e-9));
      }
}

TEST_CASE("unequal wires, and a column so heavily loaded that it barely conducts at its end") {
  const auto card = default_card();
  auto c = conditions(card, 1.0, 400);
  c.r_sl_ohm = 90;
  const auto n = Vectors(30, 3, 0.9);
  const ProgrammedTile tile({30, 1}, random_states({30, 1}, 0.9), card, c, without_read_noise(), {});
  const auto currents = evaluate(*make_exact_evaluator(), tile, n.batch());
  for (std::size_t v = 0; v < 3; ++v) CHECK(currents[v] == Approx(dense_column(tile, n, v, 0)).epsilon(1e-9));
}

TEST_CASE("without wires and clamp the column is the sum of its cells, leakage included") {
  const auto card = default_card();
  auto c = conditions(card, 0.55, 0);
  c.r_clamp_ohm = 0;
  const ProgrammedTile tile({200, 3}, random_states({200, 3}), card, c, without_read_noise(), {});
  const Vectors vectors(200, 4, 0.2);
  const auto currents = evaluate(*make_exact_evaluator(), tile, vectors.batch());
  const auto ideal = evaluate(*make_ideal_evaluator(), tile, vectors.batch());
  const auto cell_a = [&](std::size_t column, std::size_t row, double v_wl_v) {
    return device::solve_cell(card, {tile.r_ohm(column)[row], tile.v_t_v(column)[row], CellState::lrs}, 0.2,
                              0, v_wl_v)
        .i_a;
  };
  // Ideal cells are whole quanta. A lump must fit into 16 bits, so a quantum is at most a whole column over
  // 65,000.
  double quantum_a = 0;
  for (std::size_t column = 0; column < 3; ++column) {
    double whole_a = 0;
    for (std::size_t row = 0; row < 200; ++row) whole_a += cell_a(column, row, 0.55);
    quantum_a = std::max(quantum_a, whole_a / 65000);
  }
  for (std::size_t v = 0; v < 4; ++v)
    for (std::size_t column = 0; column < 3; ++column) {
      double sum = 0;
      std::size_t driven = 0;
      for (std::size_t row = 0; row < 200; ++row) {
        driven += vectors.driven(v, row);
        sum += cell_a(column, row, vectors.driven(v, row) ? 0.55 : 0);
      }
      CHECK(currents[v * 3 + column] == Approx(sum).epsilon(1e-9));
      // Four standard deviations of the rounding error of this many cells.
      const double rounding_a = 4 * quantum_a * std::sqrt(static_cast<double>(driven) / 12);
      CHECK(ideal[v * 3 + column] == Approx(sum).epsilon(0).margin(rounding_a));
    }
}

TEST_CASE("a strong transistor leaves the resistor ladder of a textbook") {
  // An infinite ladder of r in series (both wires) and R across has, seen from the clamp, R_in = R || (2 r +
  // R_in), so R_in = -r + sqrt(r^2 + 2 r R).
  auto card = default_card();
  card.transistor.i_s_square_a = 1e-4;
  card.transistor.width_m = 1e-4;
  auto none = device::Nonidealities::none();
  none.wire_resistance = none.clamp_resistance = true;
  auto c = conditions(card, 5, 100, SourceLineGround::top);
  const std::vector<CellState> states(2000, CellState::lrs);
  const ProgrammedTile tile({2000, 1}, states, card, c, none, {});
  const double r = 100, big = 10e3, r_in = -r + std::sqrt(r * r + 2 * r * big);
  CHECK(evaluate(*make_exact_evaluator(), tile, Vectors(2000, 1, 1.1).batch())[0] ==
        Approx(0.2 / (r_in + c.r_clamp_ohm + r)).epsilon(1e-6));
}

TEST_CASE("currents have the same bits for any batch split, thread count and instruction set") {
  const auto card = default_card();
  for (const auto ground : {SourceLineGround::bottom, SourceLineGround::top}) {
    const auto make = [&] {
      return ProgrammedTile({96, 9}, random_states({96, 9}), card, conditions(card, 0.55, 4, ground), {}, {});
    };
    Vectors vectors(96, 19, 0.25);
    for (std::size_t w = 0; w < vectors.words; ++w)
      vectors.bits[3 * vectors.words + w] = 0;  // one vector drives no row
    const auto exact = make_exact_evaluator();
    const auto reference = evaluate(*exact, make(), vectors.batch());

    const auto tile = make();
    std::vector<double> pieces;
    for (const auto& [first, n] : {std::pair{0, 1}, {1, 2}, {3, 1}, {4, 10}, {14, 5}}) {
      const auto part =
          evaluate(*exact, tile, vectors.batch(static_cast<std::size_t>(first), static_cast<std::size_t>(n)));
      pieces.insert(pieces.end(), part.begin(), part.end());
    }
    CHECK(pieces == reference);
    {
      const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
      CHECK(evaluate(*exact, make(), vectors.batch()) == reference);
    }
    const auto ideal = evaluate(*make_ideal_evaluator(), make(), vectors.batch());
    for (const auto& set : instruction_sets()) {
      INFO("instruction set " << set);
      limit_instruction_set(set);
      CHECK(evaluate(*exact, make(), vectors.batch()) == reference);
      CHECK(evaluate(*make_ideal_evaluator(), make(), vectors.batch()) == ideal);
    }
    limit_instruction_set({});
  }
}

TEST_CASE("a vector's own activity chooses where it starts: no batch can be seen in its bits") {
  const auto card = default_card();
  // Wires that are long enough for several starting points, and wires that are too short for them.
  for (const double r_ohm : {20.0, 0.5}) {
    const ProgrammedTile tile({130, 2}, random_states({130, 2}), card, conditions(card, 0.6, r_ohm),
                              without_read_noise(), {});
    Vectors mixed(130, 0, 0);
    for (const double density : {0.3, 0.0, 1.1, 0.04, 0.2, 0.11, 0.6, 0.35, 0.05, 0.9, 0.2, 0.0}) {
      const Vectors one(130, 1, density, 20 + mixed.count++);
      mixed.bits.insert(mixed.bits.end(), one.bits.begin(), one.bits.end());
    }
    const auto exact = make_exact_evaluator();
    const auto together = evaluate(*exact, tile, mixed.batch());
    for (std::size_t v = 0; v < mixed.count; ++v) {
      const auto alone = evaluate(*exact, tile, mixed.batch(v, 1));
      CHECK(alone == std::vector<double>(together.begin() + 2 * static_cast<std::ptrdiff_t>(v),
                                         together.begin() + 2 * static_cast<std::ptrdiff_t>(v) + 2));
      // The margin is the rounding error of the dense solution in columns where only leakage flows.
      CHECK(alone[0] == Approx(dense_column(tile, mixed, v, 0)).epsilon(1e-8).margin(1e-15));
    }
  }
}

TEST_CASE("more drive never means more current per cell: nonlinear addition compresses") {
  const auto card = default_card();
  const ProgrammedTile tile({512, 1}, std::vector<CellState>(512, CellState::lrs), card,
                            conditions(card, 0.6, 2), device::Nonidealities{without_read_noise()}, {});
  double last = 1;
  for (const double density : {0.05, 0.2, 0.5, 1.1}) {
    const Vectors vectors(512, 1, density);
    const double share = evaluate(*make_exact_evaluator(), tile, vectors.batch())[0] /
                         evaluate(*make_ideal_evaluator(), tile, vectors.batch())[0];
    CHECK(share < last);
    last = share;
  }
  CHECK(last < 0.5);
}

TEST_CASE("rows outside the range stay off whatever their bits say") {
  const auto card = default_card();
  const ProgrammedTile tile({128, 2}, random_states({128, 2}), card, conditions(card, 0.6, 1),
                            without_read_noise(), {});
  Vectors all(128, 1, 1.1), part(128, 1, 1.1);
  for (std::size_t row = 0; row < 128; ++row)
    if (row < 30 || row >= 70) part.bits[row / 64] &= ~(std::uint64_t{1} << (row % 64));
  for (const std::string_view name : {"exact", "ideal"}) {
    const auto evaluator = make_evaluator(name);
    CHECK(evaluator->name() == name);
    std::vector<double> ranged(2);
    evaluator->evaluate(tile, all.batch(), {30, 70}, ranged);
    CHECK(ranged == evaluate(*evaluator, tile, part.batch()));
  }
}

TEST_CASE("wrong use is refused in words") {
  const auto card = default_card();
  const auto c = conditions(card, 0.6, 1);
  const std::vector<CellState> states(64, CellState::lrs);
  CHECK_THROWS_AS(make_evaluator("auto", 0), InputError);
  CHECK_THROWS_WITH(make_evaluator("quick"),
                    Catch::Matchers::ContainsSubstring("one of \"exact\", \"fast\", \"ideal\", \"auto\""));
  CHECK_THROWS_AS(make_evaluator("precise"), InputError);
  CHECK_THROWS_AS(ProgrammedTile({64, 2}, states, card, c, {}, {}), InputError);
  CHECK_THROWS_AS(ProgrammedTile({0, 64}, {}, card, c, {}, {}), InputError);
  auto bad = c;
  bad.v_bl_v = -1;
  CHECK_THROWS_AS(ProgrammedTile({64, 1}, states, card, bad, {}, {}), InputError);
  const ProgrammedTile tile({64, 1}, states, card, c, {}, {});
  const Vectors vectors(64, 2, 0.5);
  std::vector<double> out(2), few(1);
  CHECK_THROWS_AS(make_exact_evaluator()->evaluate(tile, vectors.batch(), {0, 64}, few), InputError);
  CHECK_THROWS_AS(make_exact_evaluator()->evaluate(tile, vectors.batch(), {0, 65}, out), InputError);
  CHECK_THROWS_AS(make_exact_evaluator({0, 10, true}), InputError);
}

TEST_CASE("a column without solution is named, with one, its iterations are counted") {
  const auto card = default_card();
  auto nonidealities = without_read_noise();
  nonidealities.off_leakage = false;
  TilePlace place;
  place.macro = 5;
  place.origin_column = 40;
  const ProgrammedTile tile({64, 2}, random_states({64, 2}), card, conditions(card, 0.9, 2), nonidealities,
                            place);
  Vectors vectors(64, 3, 0.5);
  vectors.bits[0] = 0;  // without current one iteration is enough
  std::vector<double> out(6);
  ExactOptions one;
  one.max_iterations = 1;
  for (const bool parallel : {false, true}) {
    one.parallel = parallel;
    const auto evaluator = make_exact_evaluator(one);
    CHECK_THROWS_AS(evaluator->evaluate(tile, vectors.batch(), {0, 64}, out), InternalError);
    CHECK_NOTHROW(evaluator->evaluate(tile, vectors.batch(0, 1), {0, 64}, {out.data(), 2}));
  }
  one.parallel = false;
  CHECK_THROWS_WITH(make_exact_evaluator(one)->evaluate(tile, vectors.batch(), {0, 64}, out),
                    Catch::Matchers::ContainsSubstring("column 0") &&
                        Catch::Matchers::ContainsSubstring("physical column 40") &&
                        Catch::Matchers::ContainsSubstring("macro 5") &&
                        Catch::Matchers::ContainsSubstring("vector 1 ") &&
                        Catch::Matchers::ContainsSubstring("in 1 iterations"));

  const auto stats = make_exact_evaluator()->evaluate(tile, vectors.batch(), {0, 64}, out);
  CHECK(stats.newton_iterations >= 2 + 4 * 2);  // vector 0 needs one iteration in each column
  CHECK(stats.newton_iterations < 6 * 10);
  CHECK(stats.fallback_vectors == 0);
  const auto ideal = make_ideal_evaluator()->evaluate(tile, vectors.batch(), {0, 64}, out);
  CHECK(ideal.newton_iterations == 0);
}
