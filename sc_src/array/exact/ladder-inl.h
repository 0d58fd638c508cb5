// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_LADDER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_LADDER_INL_H_
#undef IRC_ARRAY_LADDER_INL_H_
#else
#define IRC_ARRAY_LADDER_INL_H_
#endif

#include "cell/beyond-inl.h"
#include "cell/resistor-inl.h"
#include "exact/ladder.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {

/// A cell, linearised at its last node voltages: I = constant + g_b V_b - g_s V_s.
struct LinearCell {
  V constant, g_b, g_s;
};

HWY_INLINE Softplus transistor_side(V gate, V node, V k, M on, bool any_on, bool all_on, bool deep_off) {
  const V h = hn::Sub(gate, hn::Mul(node, k));
  const V t = exp_of_negative(hn::Neg(hn::Abs(h)));
  if (!any_on && deep_off) return softplus_of_small(t);
  const Softplus full = softplus_from(h, t);
  if (all_on || !deep_off) return full;
  // An undriven lane must give the same bits whatever the neighbouring lanes do.
  const Softplus small = softplus_of_small(t);
  return {hn::IfThenElse(on, full.value, small.value), hn::IfThenElse(on, full.slope, small.slope)};
}

/// Solves one column for one group of lanes. kTop: the source line is grounded at the clamp's end (or has no
/// resistance), so all current that enters on the bit line returns on the source line, and one current
/// represents both.
template <bool kTop, bool kSinh, bool kWeighted>
class LadderSolver {
 public:
  HWY_INLINE LadderSolver(const Ladder& ladder, LadderRun& run)
      : ladder_(ladder),
        run_(run),
        n_(hn::Lanes(d_)),
        node_(run.scratch),
        map_(run.scratch + ladder.rows * 3 * n_) {}

  HWY_INLINE void solve() {
    std::uint64_t done = 0;
    const std::uint64_t all = (std::uint64_t{1} << n_) - 1;
    for (int iteration = 0; iteration <= ladder_.max_iterations && done != all; ++iteration) {
      const Beyond seen = iteration == 0 ? eliminate<true>() : eliminate<false>();
      V variance;
      const V total = close(seen);
      const V step = substitute(seen, total, iteration, variance);
      if (iteration > 0) done |= record(iteration, done, total, step, variance);
    }
  }

 private:
  HWY_INLINE LinearCell linearise(std::size_t row, M on, bool any_on, bool all_on) const {
    const CellConstants& c = ladder_.cell;
    const double* node = node_ + row * 3 * n_;
    const V b = hn::Load(d_, node), s = hn::Load(d_, node + n_), x = hn::Load(d_, node + 2 * n_);
    const V k = constant(c.half_per_u_t), slope_scale = constant(c.i_s_per_u_t_s);
    const V gate = hn::IfThenElse(on, constant(ladder_.gate_on[row]), constant(ladder_.gate_off[row]));
    const bool deep_off = ladder_.gate_off[row] < deep_off_gate;
    const Softplus source = transistor_side(gate, s, k, on, any_on, all_on, deep_off);
    const Softplus drain = transistor_side(gate, x, k, on, any_on, all_on, deep_off);
    const V i_d = hn::Mul(constant(c.i_s_a),
                          hn::Sub(hn::Mul(source.value, source.value), hn::Mul(drain.value, drain.value)));
    const V g_d = hn::Mul(slope_scale, hn::Mul(drain.value, drain.slope));
    const V g_m = hn::Mul(slope_scale, hn::Mul(source.value, source.slope));
    const Resistor r = resistor<kSinh>(c, constant(1.0 / ladder_.r_ohm[row]), hn::Sub(b, x));
    // The inner node is eliminated with its own Newton step.
    const V share = hn::Div(r.g, hn::Add(r.g, g_d));
    const V i = hn::Sub(r.i, hn::Mul(share, hn::Sub(r.i, i_d)));
    const V g_b = hn::Mul(share, g_d), g_s = hn::Mul(share, g_m);
    return {hn::Add(hn::Sub(i, hn::Mul(g_b, b)), hn::Mul(g_s, s)), g_b, g_s};
  }

  /// The first pass uses the prepared operating points of driven cells and no current in the others.
  HWY_INLINE LinearCell prepared(std::size_t row, M on) const {
    const float* start = ladder_.start + row * 6;
    double* node = node_ + row * 3 * n_;
    const double b = start[0], s = start[1], x = start[2], i = start[3], g_b = start[4], g_s = start[5];
    hn::Store(constant(b), d_, node);
    hn::Store(constant(s), d_, node + n_);
    hn::Store(hn::IfThenElse(on, constant(x), constant(b)), d_, node + 2 * n_);
    return {hn::IfThenElseZero(on, constant(i - g_b * b + g_s * s)), hn::IfThenElseZero(on, constant(g_b)),
            hn::IfThenElseZero(on, constant(g_s))};
  }

  HWY_INLINE void add_cell(Beyond& seen, const LinearCell& cell) const {
    seen.j_b = hn::Add(seen.j_b, cell.constant);
    seen.y_bb = hn::Add(seen.y_bb, cell.g_b);
    seen.y_bs = hn::Sub(seen.y_bs, cell.g_s);
    if constexpr (!kTop) {
      seen.j_s = hn::Sub(seen.j_s, cell.constant);
      seen.y_sb = hn::Sub(seen.y_sb, cell.g_b);
      seen.y_ss = hn::Add(seen.y_ss, cell.g_s);
    }
  }

  /// Moves the view across the wire segments between `row` and the row before it.
  HWY_INLINE void cross_segment(Beyond& seen, std::size_t row) const {
    const V r_b = constant(ladder_.r_bl_ohm), r_s = constant(ladder_.r_sl_ohm);
    double* map = map_ + row * map_values * n_;
    if constexpr (kTop) {
      const V one = constant(1.0);
      const V scale = hn::Div(one, hn::Add(one, hn::Sub(hn::Mul(r_b, seen.y_bb), hn::Mul(r_s, seen.y_bs))));
      seen.j_b = hn::Mul(seen.j_b, scale);
      seen.y_bb = hn::Mul(seen.y_bb, scale);
      seen.y_bs = hn::Mul(seen.y_bs, scale);
    } else {
      cross_wires(seen, r_b, r_s);
      hn::Store(seen.j_s, d_, map + 3 * n_);
      hn::Store(seen.y_sb, d_, map + 4 * n_);
      hn::Store(seen.y_ss, d_, map + 5 * n_);
    }
    hn::Store(seen.j_b, d_, map);
    hn::Store(seen.y_bb, d_, map + n_);
    hn::Store(seen.y_bs, d_, map + 2 * n_);
  }

  /// Eliminates the rows from the far end to the clamp.
  template <bool kFirst>
  HWY_INLINE Beyond eliminate() const {
    const V zero = hn::Zero(d_);
    Beyond seen{zero, zero, zero, zero, zero, zero};
    if constexpr (!kTop) seen.y_ss = constant(1.0 / ladder_.r_sl_ohm);
    const unsigned all = (1u << n_) - 1;
    for (std::size_t row = ladder_.rows; row-- > 0;) {
      const unsigned bits = kWeighted ? all : run_.driven[row];
      const M on = driven(row);
      if constexpr (kFirst) {
        LinearCell cell = prepared(row, on);
        if constexpr (kWeighted) weigh(cell);
        add_cell(seen, cell);
      } else if (bits != 0 || ladder_.off_leakage) {
        LinearCell cell = linearise(row, on, bits != 0, bits == all);
        if (!ladder_.off_leakage)
          cell = {hn::IfThenElseZero(on, cell.constant), hn::IfThenElseZero(on, cell.g_b),
                  hn::IfThenElseZero(on, cell.g_s)};
        if constexpr (kWeighted) weigh(cell);
        add_cell(seen, cell);
      }
      if (row > 0) cross_segment(seen, row);
    }
    return seen;
  }

  HWY_INLINE M driven(std::size_t row) const {
    if constexpr (kWeighted) return hn::Eq(hn::Zero(d_), hn::Zero(d_));
    alignas(8) std::uint8_t bits[8] = {run_.driven[row], 0, 0, 0, 0, 0, 0, 0};
    return hn::LoadMaskBits(d_, bits);
  }

  HWY_INLINE void weigh(LinearCell& cell) const {
    const V weight = hn::LoadU(d_, run_.weight);
    cell = {hn::Mul(cell.constant, weight), hn::Mul(cell.g_b, weight), hn::Mul(cell.g_s, weight)};
  }

  /// The column current, from the equations of clamp and ground at row 0.
  HWY_INLINE V close(const Beyond& seen) const {
    const V one = constant(1.0), v_bl = constant(ladder_.v_bl_v), r_c = constant(ladder_.r_clamp_ohm);
    V offset = seen.j_b, slope = seen.y_bb, divisor = one;
    if constexpr (kTop) {
      divisor = hn::Sub(one, hn::Mul(constant(ladder_.r_sl_ohm), seen.y_bs));
    } else {
      const V gain = hn::Div(seen.y_bs, seen.y_ss);  // the source line is open at row 0, so j_s = 0
      offset = hn::Sub(offset, hn::Mul(gain, seen.j_s));
      slope = hn::Sub(slope, hn::Mul(gain, seen.y_sb));
    }
    return hn::Div(multiply_add(slope, v_bl, offset), multiply_add(slope, r_c, divisor));
  }

  /// Computes the new node voltages from the clamp to the far end. Returns the largest step of each lane.
  HWY_INLINE V substitute(const Beyond& seen, V total, int iteration, V& variance) const {
    const V r_b = constant(ladder_.r_bl_ohm), r_s = constant(ladder_.r_sl_ohm);
    const V zero = hn::Zero(d_), v_bl = constant(ladder_.v_bl_v);
    V b = hn::Sub(v_bl, hn::Mul(constant(ladder_.r_clamp_ohm), total));
    V s = kTop ? hn::Mul(r_s, total) : hn::Div(hn::Neg(multiply_add(seen.y_sb, b, seen.j_s)), seen.y_ss);
    V j_b = total, largest = zero;
    variance = zero;
    // Undamped Newton converges in a few steps. If it does not, half steps do.
    const V damping = constant(iteration < 10 ? 1.0 : 0.5);
    for (std::size_t row = 0; row < ladder_.rows; ++row) {
      V next_b = zero, next_s = zero;
      if (row + 1 < ladder_.rows) {
        const double* map = map_ + (row + 1) * map_values * n_;
        next_b = hn::Add(multiply_add(hn::Load(d_, map + n_), b, hn::Load(d_, map)),
                         hn::Mul(hn::Load(d_, map + 2 * n_), s));
        if constexpr (!kTop)
          next_s = hn::Add(multiply_add(hn::Load(d_, map + 4 * n_), b, hn::Load(d_, map + 3 * n_)),
                           hn::Mul(hn::Load(d_, map + 5 * n_), s));
      }
      V i = hn::Sub(j_b, next_b);
      if constexpr (kWeighted) i = hn::Div(i, hn::LoadU(d_, run_.weight));
      double* node = node_ + row * 3 * n_;
      const V old_b = hn::Load(d_, node), old_s = hn::Load(d_, node + n_),
              old_x = hn::Load(d_, node + 2 * n_);
      V x;
      if constexpr (kSinh) {
        const Resistor r =
            resistor<true>(ladder_.cell, constant(1.0 / ladder_.r_ohm[row]), hn::Sub(old_b, old_x));
        x = hn::Sub(hn::Add(old_x, hn::Sub(b, old_b)), hn::Div(hn::Sub(i, r.i), r.g));
      } else {
        x = hn::Sub(b, hn::Mul(constant(ladder_.r_ohm[row]), i));
      }
      if (ladder_.noise_variance != nullptr)
        variance = hn::Add(
            variance,
            hn::IfThenElseZero(driven(row), hn::Mul(constant(ladder_.noise_variance[row]), hn::Mul(i, i))));
      // The node voltages of a passive network are between those of its sources.
      move(node, old_b, hn::Min(hn::Max(b, zero), v_bl), damping, largest);
      move(node + n_, old_s, hn::Min(hn::Max(s, zero), v_bl), damping, largest);
      move(node + 2 * n_, old_x, hn::Min(hn::Max(x, zero), v_bl), damping, largest);
      b = hn::Sub(b, hn::Mul(r_b, next_b));
      s = kTop ? hn::Add(s, hn::Mul(r_s, next_b)) : hn::Sub(s, hn::Mul(r_s, next_s));
      j_b = next_b;
    }
    return largest;
  }

  HWY_INLINE void move(double* node, V from, V to, V damping, V& largest) const {
    const V step = hn::Sub(to, from);
    largest = hn::Max(largest, hn::Abs(step));
    hn::Store(multiply_add(step, damping, from), d_, node);
  }

  /// Records the lanes that converged in this iteration. They are not changed any more.
  HWY_INLINE std::uint64_t record(int iteration, std::uint64_t done, V total, V step, V variance) const {
    HWY_ALIGN double totals[max_lanes], steps[max_lanes], variances[max_lanes];
    hn::Store(total, d_, totals);
    hn::Store(step, d_, steps);
    hn::Store(variance, d_, variances);
    std::uint64_t settled = 0;
    for (std::size_t l = 0; l < n_; ++l) {
      if ((done >> l) & 1 || !(steps[l] <= ladder_.step_tolerance_v)) continue;
      settled |= std::uint64_t{1} << l;
      run_.current_a[l] = totals[l];
      run_.noise_variance_a2[l] = variances[l];
      run_.iterations[l] = iteration;
    }
    return settled;
  }

  static constexpr std::size_t map_values = kTop ? 3 : 6;
  static constexpr Tag d_{};
  const Ladder& ladder_;
  LadderRun& run_;
  const std::size_t n_;
  double* const node_;
  double* const map_;
};

template <bool kTop, bool kSinh>
HWY_INLINE void solve_with(const Ladder& ladder, LadderRun& run) {
  if (run.weight != nullptr) {
    LadderSolver<kTop, kSinh, true>(ladder, run).solve();
  } else {
    LadderSolver<kTop, kSinh, false>(ladder, run).solve();
  }
}

inline void solve_ladder_kernel(const Ladder& ladder, LadderRun& run) {
  const bool sinh = ladder.cell.alpha_per_v > 0, top = ladder.ground_at_top || ladder.r_sl_ohm == 0;
  if (top) {
    sinh ? solve_with<true, true>(ladder, run) : solve_with<true, false>(ladder, run);
  } else {
    sinh ? solve_with<false, true>(ladder, run) : solve_with<false, false>(ladder, run);
  }
}

inline std::size_t ladder_lanes_kernel() {
  return hn::Lanes(Tag());
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
