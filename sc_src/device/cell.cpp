// SPDX-License-Identifier: Apache-2.0
#include "irc/device/cell.h"

#include <algorithm>
#include <cmath>

#include "irc/core/error.h"
#include "irc/core/random.h"

namespace irc::device {

EkvForward ekv_forward(double u) {
  const double h = 0.5 * u, t = exact_exp(-std::fabs(h));
  // ln(1 + t) = 2 atanh(t / (2 + t)) keeps its relative accuracy deep in weak inversion.
  const double s = t / (2 + t), z = s * s;
  double sum = 0;
  for (int k = 35; k >= 3; k -= 2) sum = (sum + 1.0 / k) * z;
  const double softplus = std::max(h, 0.0) + 2 * s * (1 + sum);
  const double sigmoid = (h < 0 ? t : 1.0) / (1 + t);
  return {softplus * softplus, softplus * sigmoid};
}

TransistorCurrent transistor_current(const TechnologyCard& card, double v_t_v, double v_drain_v,
                                     double v_source_v, double v_wl_v) {
  const Transistor transistor = card.transistor_at_temperature();
  const double u_t_v = card.u_t_v(), i_s_a = transistor.i_s_a();
  const double v_p_v = (v_wl_v - v_t_v) / transistor.n;
  const EkvForward source = ekv_forward((v_p_v - v_source_v) / u_t_v);
  const EkvForward drain = ekv_forward((v_p_v - v_drain_v) / u_t_v);
  return {i_s_a * (source.f - drain.f), i_s_a * drain.derivative / u_t_v, i_s_a * source.derivative / u_t_v};
}

ResistorCurrent resistor_current(const Rram& rram, double r_ohm, double v_v) {
  const double g_s = 1 / r_ohm;
  if (rram.conduction == Conduction::ohmic) return {g_s * v_v, g_s};
  const double up = exact_exp(rram.alpha_per_v * v_v), down = 1 / up;
  return {g_s / rram.alpha_per_v * (0.5 * (up - down)), g_s * (0.5 * (up + down))};
}

CellCurrent solve_cell(const TechnologyCard& card, const CellParameters& cell, double v_b_v, double v_s_v,
                       double v_wl_v) {
  double low = std::min(v_b_v, v_s_v), high = std::max(v_b_v, v_s_v);
  double x = 0.5 * (low + high);
  for (int iteration = 0; iteration < 200; ++iteration) {
    const ResistorCurrent r = resistor_current(card.rram, cell.r_ohm, v_b_v - x);
    const TransistorCurrent t = transistor_current(card, cell.v_t_v, x, v_s_v, v_wl_v);
    const double residual_a = r.i_a - t.i_a, slope_s = r.g_s + t.g_drain_s;
    (residual_a > 0 ? low : high) = x;
    double next = x + residual_a / slope_s;
    if (next < low || next > high) next = 0.5 * (low + high);
    const double step = next - x;
    x = next;
    if (std::fabs(step) <= 1e-15 || low == high) {
      // The current is extrapolated linearly from the last evaluation to the final node voltage.
      const double i_a = r.i_a - r.g_s * step;
      const double share = r.g_s / slope_s;
      return {i_a, share * t.g_drain_s, share * t.g_source_s, x};
    }
  }
  throw InternalError("solve_cell: no convergence for R = " + std::to_string(cell.r_ohm) +
                      " ohm, V_t = " + std::to_string(cell.v_t_v) + " V");
}

}  // namespace irc::device
