// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_CELL_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_CELL_KERNEL_INL_H_
#undef IRC_ARRAY_CELL_KERNEL_INL_H_
#else
#define IRC_ARRAY_CELL_KERNEL_INL_H_
#endif

#include "cell/cell_solver.h"
#include "cell/resistor-inl.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {

/// Solves one group of lanes. From x = V_s Newton climbs monotonically to the solution, because the balance
/// of currents is convex and falls in x. Returns false if a lane does not converge.
template <bool kSinh>
HWY_INLINE bool solve_lanes(const CellConstants& c, V r_ohm, V gate, V v_b, V v_s, V& i, V& x, V& g_b,
                            V& g_s) {
  const V k = constant(c.half_per_u_t), slope_scale = constant(c.i_s_per_u_t_s), i_s = constant(c.i_s_a);
  const Softplus source = softplus(hn::Sub(gate, hn::Mul(v_s, k)));
  const V f_s = hn::Mul(source.value, source.value);
  const V g_m = hn::Mul(slope_scale, hn::Mul(source.value, source.slope));
  const V g = hn::Div(constant(1.0), r_ohm);
  const V tolerance = constant(1e-15);
  x = v_s;
  i = g_b = g_s = hn::Zero(Tag());
  M active = hn::Eq(v_b, v_b);
  for (int iteration = 0; iteration < 200; ++iteration) {
    const Softplus drain = softplus(hn::Sub(gate, hn::Mul(x, k)));
    const V i_d = hn::Mul(i_s, hn::Sub(f_s, hn::Mul(drain.value, drain.value)));
    const V g_d = hn::Mul(slope_scale, hn::Mul(drain.value, drain.slope));
    const Resistor r = resistor<kSinh>(c, g, hn::Sub(v_b, x));
    const V share = hn::Div(r.g, hn::Add(r.g, g_d));
    const V residual = hn::Sub(r.i, i_d);
    const V step = hn::Div(residual, hn::Add(r.g, g_d));
    i = hn::IfThenElse(active, hn::Sub(r.i, hn::Mul(share, residual)), i);
    g_b = hn::IfThenElse(active, hn::Mul(share, g_d), g_b);
    g_s = hn::IfThenElse(active, hn::Mul(share, g_m), g_s);
    x = hn::IfThenElse(active, hn::Min(hn::Add(x, step), v_b), x);
    active = hn::And(active, hn::Gt(hn::Abs(step), tolerance));
    if (hn::AllFalse(Tag(), active)) return true;
  }
  return false;
}

template <bool kSinh>
HWY_INLINE bool solve_all(const CellConstants& c, const CellBatch& b) {
  const Tag d;
  const std::size_t n = hn::Lanes(d);
  HWY_ALIGN double in[4][8], out[4][8];
  for (std::size_t first = 0; first < b.count; first += n) {
    for (std::size_t l = 0; l < n; ++l) {
      const std::size_t i = first + l < b.count ? first + l : b.count - 1;
      in[0][l] = b.r_ohm[i];
      in[1][l] = b.gate[i];
      in[2][l] = b.v_b_v[i];
      in[3][l] = b.v_s_v[i];
    }
    V i, x, g_b, g_s;
    if (!solve_lanes<kSinh>(c, hn::Load(d, in[0]), hn::Load(d, in[1]), hn::Load(d, in[2]), hn::Load(d, in[3]),
                            i, x, g_b, g_s))
      return false;
    hn::Store(i, d, out[0]);
    hn::Store(x, d, out[1]);
    hn::Store(g_b, d, out[2]);
    hn::Store(g_s, d, out[3]);
    for (std::size_t l = 0; l < n && first + l < b.count; ++l) {
      b.i_a[first + l] = out[0][l];
      b.v_x_v[first + l] = out[1][l];
      if (b.g_b_s != nullptr) {
        b.g_b_s[first + l] = out[2][l];
        b.g_s_s[first + l] = out[3][l];
      }
    }
  }
  return true;
}

inline bool solve_cells_kernel(const CellConstants& c, const CellBatch& b) {
  return c.alpha_per_v > 0 ? solve_all<true>(c, b) : solve_all<false>(c, b);
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
