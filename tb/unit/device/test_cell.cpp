// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include "support/catch.h"

#include "irc/device/cell.h"

using namespace irc::device;

namespace {

TechnologyCard card() {
  return load_card(IRC_CARDS_DIR "/default.toml");
}

/// Solves the equations by bisection with the math library in long double. It shares no code with solve_cell.
double bisection_current(const TechnologyCard& c, const CellParameters& cell, double v_b, double v_s,
                         double v_wl) {
  const long double u_t = 1.380649e-23L * static_cast<long double>(c.temperature_k) / 1.602176634e-19L;
  const long double v_p = (static_cast<long double>(v_wl) - cell.v_t_v) / c.transistor.n;
  const auto forward = [&](long double v) {
    const long double softplus = std::log1p(std::exp((v_p - v) / (2 * u_t)));
    return softplus * softplus;
  };
  const long double i_s =
      static_cast<long double>(c.transistor.i_s_square_a) * c.transistor.width_m / c.transistor.length_m;
  const auto resistor = [&](long double v) -> long double {
    if (c.rram.conduction == Conduction::ohmic) return v / cell.r_ohm;
    return std::sinh(c.rram.alpha_per_v * v) / (c.rram.alpha_per_v * static_cast<long double>(cell.r_ohm));
  };
  long double low = v_s, high = v_b;
  for (int i = 0; i < 200; ++i) {
    const long double x = (low + high) / 2;
    (resistor(v_b - x) > i_s * (forward(v_s) - forward(x)) ? low : high) = x;
  }
  return static_cast<double>(resistor(v_b - low));
}

}  // namespace

TEST_CASE("a cell's current is the solution of the series equations") {
  TechnologyCard c = card();
  for (const Conduction conduction : {Conduction::ohmic, Conduction::sinh}) {
    c.rram.conduction = conduction;
    c.rram.alpha_per_v = 4;
    for (const double r : {1e3, 1e4, 1e6})
      for (const double v_wl : {0.45, 0.6, 0.9, 1.1})
        for (const double v_b : {0.02, 0.1, 0.2})
          for (const double v_s : {0.0, 0.01}) {
            const CellParameters cell{r, 0.45, CellState::lrs};
            const double expected = bisection_current(c, cell, v_b, v_s, v_wl);
            CHECK(solve_cell(c, cell, v_b, v_s, v_wl).i_a == Approx(expected).epsilon(1e-10));
          }
  }
}

TEST_CASE("leakage of a cell that is off keeps its relative accuracy") {
  const TechnologyCard c = card();
  const CellParameters cell{1e4, 0.45, CellState::lrs};
  const double expected = bisection_current(c, cell, 0.2, 0, 0);
  CHECK(expected > 0);
  CHECK(expected < 1e-10);
  // The node is only 1e-8 V below the bit line, so the current is a small difference of voltages in any
  // solver that works on node voltages. The tolerance is what rounding of 0.2 V leaves.
  CHECK(solve_cell(c, cell, 0.2, 0, 0).i_a == Approx(expected).epsilon(1e-6));
}

TEST_CASE("conductances are the derivatives of the current") {
  const TechnologyCard c = card();
  const CellParameters cell{1e4, 0.45, CellState::lrs};
  for (const double v_wl : {0.5, 0.7, 0.9}) {
    const double h = 1e-5;
    const auto i = [&](double b, double s) { return bisection_current(c, cell, b, s, v_wl); };
    const CellCurrent out = solve_cell(c, cell, 0.15, 0.02, v_wl);
    CHECK(out.g_b_s == Approx((i(0.15 + h, 0.02) - i(0.15 - h, 0.02)) / (2 * h)).epsilon(1e-6));
    CHECK(out.g_s_s == Approx((i(0.15, 0.02 - h) - i(0.15, 0.02 + h)) / (2 * h)).epsilon(1e-6));
  }
}

TEST_CASE("EKV has its textbook limits") {
  CHECK(ekv_forward(-40).f == Approx(std::exp(-40.0)).epsilon(1e-8));  // weak inversion: e^u
  CHECK(ekv_forward(-40).derivative == Approx(std::exp(-40.0)).epsilon(1e-8));
  CHECK(ekv_forward(100).f == Approx(2500).epsilon(1e-12));  // strong inversion: (u/2)^2
  CHECK(ekv_forward(100).derivative == Approx(50).epsilon(1e-12));
  CHECK(ekv_forward(0).f == Approx(std::log(2.0) * std::log(2.0)).epsilon(1e-15));
  CHECK(transistor_current(card(), 0.45, 0.1, 0.1, 0.8).i_a == 0);
}

TEST_CASE("a reversed cell carries the reversed current and equal ends carry none") {
  TechnologyCard c = card();
  const CellParameters cell{1e4, 0.45, CellState::lrs};
  CHECK(solve_cell(c, cell, 0.1, 0.1, 0.6).i_a == Approx(0).margin(1e-18));
  CHECK(solve_cell(c, cell, 0.05, 0.1, 0.6).i_a < 0);
}

TEST_CASE("on/off ratio collapses once the transistor's current falls to V_BL / R_HRS") {
  const TechnologyCard c = card();
  const auto ratio = [&](double v_wl, double r_hrs) {
    return solve_cell(c, {1e4, 0.45, CellState::lrs}, 0.2, 0, v_wl).i_a /
           solve_cell(c, {r_hrs, 0.45, CellState::hrs}, 0.2, 0, v_wl).i_a;
  };
  CHECK(ratio(0.9, 1e6) > 60);  // near R_HRS / R_LRS = 100
  CHECK(ratio(0.9, 1e5) > 6);
  CHECK(ratio(0.45, 1e5) <
        1.5);  // 100 kohm does not reduce the current of a transistor that already limits it
  CHECK(ratio(0.45, 1e6) > 2);
  CHECK(ratio(0.30, 1e6) < 1.1);
}

TEST_CASE("currents of the prototype's operating points") {
  // Design specification, section 5: 8 uA at 0.60 V, 1.9 uA at 0.50 V, 0.7 uA at 0.45 V.
  const TechnologyCard c = card();
  const auto current = [&](double v_wl) {
    return solve_cell(c, {1e4, 0.45, CellState::lrs}, 0.2, 0, v_wl).i_a;
  };
  CHECK(current(0.60) == Approx(8e-6).epsilon(0.15));
  CHECK(current(0.50) == Approx(1.9e-6).epsilon(0.3));
  CHECK(current(0.45) == Approx(0.7e-6).epsilon(0.3));
}

TEST_CASE("the published macro's unit current") {
  const TechnologyCard c = load_card(IRC_CARDS_DIR "/ye_jssc23_28nm.toml");
  const CellParameters cell{c.rram.lrs.r_ohm, c.transistor.v_t_v, CellState::lrs};
  CHECK(solve_cell(c, cell, c.biases.v_bl_v, 0, c.biases.v_wl_v).i_a == Approx(0.50e-6).epsilon(0.02));
}
