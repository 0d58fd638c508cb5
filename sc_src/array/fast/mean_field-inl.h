// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_MEAN_FIELD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_MEAN_FIELD_INL_H_
#undef IRC_ARRAY_MEAN_FIELD_INL_H_
#else
#define IRC_ARRAY_MEAN_FIELD_INL_H_
#endif

#include "cell/beyond-inl.h"
#include "cell/resistor-inl.h"
#include "fast/mean_field.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {

/// Solves a mean-field ladder for one group of lanes (levels).
template <bool kSinh>
class MeanFieldSolver {
 public:
  MeanFieldSolver(const MeanFieldLadder& ladder, MeanFieldSolution& out, std::size_t first_level)
      : ladder_(ladder),
        out_(out),
        first_(first_level),
        n_(hn::Lanes(d_)),
        nodes_(ladder.nodes()),
        cell_(out.scratch),
        node_(cell_ + 4 * n_ * ladder.rows),
        map_(node_ + 2 * n_ * nodes_),
        leak_(map_ + 6 * n_ * nodes_) {}

  bool solve() {
    if (ladder_.gate_off != nullptr) unloaded_leaks();
    start();
    constexpr int max_iterations = 60;
    // Newton converges quadratically, so the error after such a step is about 1e-7 V.
    constexpr double tolerance_v = 1e-4;
    // A level that has converged does not change any more, so its bits do not depend on the other lanes.
    M active = hn::Eq(hn::Zero(d_), hn::Zero(d_));
    V total = hn::Zero(d_);
    for (int iteration = 0; iteration < max_iterations; ++iteration) {
      const Beyond seen = eliminate<false>();
      V b, s;
      first_node(seen, ladder_.v_bl_v, b, s);
      total = hn::IfThenElse(active, current(seen, b, s), total);
      const V largest = substitute(seen, hn::IfThenElseZero(active, constant(iteration < 12 ? 1.0 : 0.5)));
      active = hn::And(active, hn::Not(hn::Lt(largest, constant(tolerance_v))));
      if (hn::AllFalse(d_, active)) {
        hn::StoreU(total, d_, out_.total_a + first_);
        finish();
        return true;
      }
    }
    return false;
  }

 private:
  // Smaller wire resistances (ohm) are replaced by this one, because the elimination divides by the
  // resistance to ground.
  static constexpr double least_ohm = 1e-6;
  // Below this gate value (relative leakage 1e-4) an undriven row leaks as at the unloaded bias.
  static constexpr double constant_leak_gate = -4.5;

  /// Currents into the nodes from the clamp's side, affine in the node voltages.
  struct LinearCell {
    V i, g_b, g_s;
  };

  V share(std::size_t row) const {
    return hn::LoadU(d_, ladder_.share + row * ladder_.share_stride + first_);
  }
  double r_sl() const { return ladder_.r_sl_ohm < least_ohm ? least_ohm : ladder_.r_sl_ohm; }
  double r_ground() const { return ladder_.r_ground_ohm < least_ohm ? least_ohm : ladder_.r_ground_ohm; }
  double* cell(std::size_t row) const { return cell_ + row * 4 * n_; }  // x, i_on, g_b, g_s
  double* node(std::size_t at) const { return node_ + at * 2 * n_; }    // bit line, source line
  std::size_t end_row(std::size_t at) const {
    return at + 1 < nodes_ ? (at + 1) * ladder_.rows_per_node : ladder_.rows;
  }

  void start() const {
    for (std::size_t at = 0; at < nodes_; ++at) {
      V b = constant(ladder_.v_bl_v), s = hn::Zero(d_);
      if (ladder_.start_b_v != nullptr) {
        b = hn::LoadU(d_, ladder_.start_b_v + at * mean_field_levels + first_);
        s = hn::LoadU(d_, ladder_.start_s_v + at * mean_field_levels + first_);
      }
      hn::Store(b, d_, node(at));
      hn::Store(s, d_, node(at) + n_);
      // A saturated transistor leaves the resistor its own drop. From below, Newton climbs monotonically.
      for (std::size_t row = at * ladder_.rows_per_node; row < end_row(at); ++row) {
        const CellConstants& c = ladder_.cell;
        const V source =
            softplus(hn::Sub(constant(ladder_.gate_on[row]), hn::Mul(s, constant(c.half_per_u_t)))).value;
        const V i_sat = hn::Mul(constant(c.i_s_a), hn::Mul(source, source));
        hn::Store(hn::Max(s, hn::Sub(b, hn::Mul(constant(ladder_.r_ohm[row]), i_sat))), d_, cell(row));
      }
    }
  }

  /// The driven cell. Its inner node is eliminated with its own Newton step.
  HWY_INLINE LinearCell driven_cell(std::size_t row, V b, V s) const {
    const CellConstants& c = ladder_.cell;
    const V x = hn::Load(d_, cell(row));
    const V k = constant(c.half_per_u_t), slope_scale = constant(c.i_s_per_u_t_s), i_s = constant(c.i_s_a);
    const V gate = constant(ladder_.gate_on[row]);
    const Softplus source = softplus(hn::Sub(gate, hn::Mul(s, k)));
    const Softplus drain = softplus(hn::Sub(gate, hn::Mul(x, k)));
    const V i_d =
        hn::Mul(i_s, hn::Sub(hn::Mul(source.value, source.value), hn::Mul(drain.value, drain.value)));
    const V g_d = hn::Mul(slope_scale, hn::Mul(drain.value, drain.slope));
    const V g_m = hn::Mul(slope_scale, hn::Mul(source.value, source.slope));
    const Resistor r = resistor<kSinh>(c, constant(1.0 / ladder_.r_ohm[row]), hn::Sub(b, x));
    const V part = hn::Div(r.g, hn::Add(r.g, g_d));
    return {hn::Sub(r.i, hn::Mul(part, hn::Sub(r.i, i_d))), hn::Mul(part, g_d), hn::Mul(part, g_m)};
  }

  /// An undriven row. It leaks so little that the drop across its resistance is negligible.
  HWY_INLINE LinearCell leaking_cell(std::size_t row, V b, V s) const {
    const CellConstants& c = ladder_.cell;
    const V gate = constant(ladder_.gate_off[row]), k = constant(c.half_per_u_t);
    const bool constant_leak = ladder_.gate_off[row] < constant_leak_gate;
    const V zero = hn::Zero(d_);
    if (constant_leak) return {constant(leak_[row]), zero, zero};
    const Softplus source = softplus(hn::Sub(gate, hn::Mul(s, k)));
    const Softplus drain = softplus(hn::Sub(gate, hn::Mul(b, k)));
    const V slope_scale = constant(c.i_s_per_u_t_s);
    return {hn::Mul(constant(c.i_s_a),
                    hn::Sub(hn::Mul(source.value, source.value), hn::Mul(drain.value, drain.value))),
            hn::Mul(slope_scale, hn::Mul(drain.value, drain.slope)),
            hn::Mul(slope_scale, hn::Mul(source.value, source.slope))};
  }

  /// I_s e^(2 gate) (1 - e^(-V_BL / U_T)): both ends of the transistor are in weak inversion.
  void unloaded_leaks() const {
    const CellConstants& c = ladder_.cell;
    const V drain = exp_of_negative(constant(-2 * c.half_per_u_t * ladder_.v_bl_v));
    const V scale = hn::Mul(constant(c.i_s_a), hn::Sub(constant(1.0), drain));
    HWY_ALIGN double gates[mean_field_levels] = {};
    for (std::size_t row = 0; row < ladder_.rows; row += n_) {
      for (std::size_t l = 0; l < n_; ++l)
        gates[l] = ladder_.gate_off[row + l < ladder_.rows ? row + l : ladder_.rows - 1];
      const V e = exp_of_negative(hn::Min(hn::Load(d_, gates), hn::Zero(d_)));
      hn::Store(hn::Mul(scale, hn::Mul(e, e)), d_, leak_ + row);
    }
  }

  /// Adds the cells of a node and keeps each driven cell's linearisation for its inner node.
  HWY_INLINE LinearCell node_cells(std::size_t at) const {
    const V b = hn::Load(d_, node(at)), s = hn::Load(d_, node(at) + n_), one = constant(1.0);
    LinearCell sum{hn::Zero(d_), hn::Zero(d_), hn::Zero(d_)};
    for (std::size_t row = at * ladder_.rows_per_node; row < end_row(at); ++row) {
      const LinearCell on = driven_cell(row, b, s);
      hn::Store(on.i, d_, cell(row) + n_);
      hn::Store(on.g_b, d_, cell(row) + 2 * n_);
      hn::Store(on.g_s, d_, cell(row) + 3 * n_);
      const V weight = share(row);
      sum.i = multiply_add(weight, on.i, sum.i);
      sum.g_b = multiply_add(weight, on.g_b, sum.g_b);
      sum.g_s = multiply_add(weight, on.g_s, sum.g_s);
      if (ladder_.gate_off == nullptr) continue;
      const LinearCell off = leaking_cell(row, b, s);
      const V rest = hn::Sub(one, weight);
      sum.i = multiply_add(rest, off.i, sum.i);
      sum.g_b = multiply_add(rest, off.g_b, sum.g_b);
      sum.g_s = multiply_add(rest, off.g_s, sum.g_s);
    }
    return sum;
  }

  /// Moves the view across the wires between node `at` and the one before it.
  HWY_INLINE void cross_segment(Beyond& seen, std::size_t at) const {
    cross_wires(seen, constant(ladder_.r_bl_ohm), constant(r_sl()));
    double* map = map_ + at * 6 * n_;
    hn::Store(seen.j_b, d_, map);
    hn::Store(seen.y_bb, d_, map + n_);
    hn::Store(seen.y_bs, d_, map + 2 * n_);
    hn::Store(seen.j_s, d_, map + 3 * n_);
    hn::Store(seen.y_sb, d_, map + 4 * n_);
    hn::Store(seen.y_ss, d_, map + 5 * n_);
  }

  /// Eliminates the nodes from the far end to the first. kTransposed: uses the slopes of the last solution
  /// with rows and columns of the system exchanged.
  template <bool kTransposed>
  HWY_INLINE Beyond eliminate() const {
    const V zero = hn::Zero(d_);
    Beyond seen{zero, zero, zero, zero, zero, zero};
    if (!ladder_.ground_at_top) seen.y_ss = constant(1.0 / r_ground());
    for (std::size_t at = nodes_; at-- > 0;) {
      const LinearCell sum = node_cells(at);
      if constexpr (kTransposed) {
        seen.y_bs = hn::Sub(seen.y_bs, sum.g_b);
        seen.y_sb = hn::Sub(seen.y_sb, sum.g_s);
      } else {
        const V rest = hn::Add(hn::Sub(sum.i, hn::Mul(sum.g_b, hn::Load(d_, node(at)))),
                               hn::Mul(sum.g_s, hn::Load(d_, node(at) + n_)));
        seen.j_b = hn::Add(seen.j_b, rest);
        seen.j_s = hn::Sub(seen.j_s, rest);
        seen.y_bs = hn::Sub(seen.y_bs, sum.g_s);
        seen.y_sb = hn::Sub(seen.y_sb, sum.g_b);
      }
      seen.y_bb = hn::Add(seen.y_bb, sum.g_b);
      seen.y_ss = hn::Add(seen.y_ss, sum.g_s);
      if (at > 0) cross_segment(seen, at);
    }
    return seen;
  }

  /// Voltages of the first node: b = v - r_clamp j_b. The source line is either open there (j_s = 0) or
  /// grounded.
  HWY_INLINE void first_node(const Beyond& seen, double v, V& b, V& s) const {
    const V one = constant(1.0), r_c = constant(ladder_.r_clamp_ohm);
    V gain, offset;  // s = offset + gain b
    if (ladder_.ground_at_top) {
      const V r_g = constant(r_ground());
      const V inverse = hn::Div(one, multiply_add(r_g, seen.y_ss, one));
      gain = hn::Neg(hn::Mul(hn::Mul(r_g, seen.y_sb), inverse));
      offset = hn::Neg(hn::Mul(hn::Mul(r_g, seen.j_s), inverse));
    } else {
      const V inverse = hn::Div(one, seen.y_ss);
      gain = hn::Neg(hn::Mul(seen.y_sb, inverse));
      offset = hn::Neg(hn::Mul(seen.j_s, inverse));
    }
    const V constant_part = multiply_add(seen.y_bs, offset, seen.j_b);
    const V slope = multiply_add(seen.y_bs, gain, seen.y_bb);
    b = hn::Div(hn::Sub(constant(v), hn::Mul(r_c, constant_part)), multiply_add(r_c, slope, one));
    s = multiply_add(gain, b, offset);
  }

  HWY_INLINE V current(const Beyond& seen, V b, V s) const {
    return hn::Add(multiply_add(seen.y_bb, b, seen.j_b), hn::Mul(seen.y_bs, s));
  }

  /// Moves along the wires from node `at` to the next one.
  HWY_INLINE void next_node(std::size_t at, V& b, V& s) const {
    const double* map = map_ + (at + 1) * 6 * n_;
    const V j_b = hn::Add(multiply_add(hn::Load(d_, map + n_), b, hn::Load(d_, map)),
                          hn::Mul(hn::Load(d_, map + 2 * n_), s));
    const V j_s = hn::Add(multiply_add(hn::Load(d_, map + 4 * n_), b, hn::Load(d_, map + 3 * n_)),
                          hn::Mul(hn::Load(d_, map + 5 * n_), s));
    b = hn::Sub(b, hn::Mul(constant(ladder_.r_bl_ohm), j_b));
    s = hn::Sub(s, hn::Mul(constant(r_sl()), j_s));
  }

  /// Computes the new node voltages. Returns the largest step of each level.
  HWY_INLINE V substitute(const Beyond& seen, V damping) const {
    const V zero = hn::Zero(d_), v_bl = constant(ladder_.v_bl_v);
    V b, s, largest = zero;
    first_node(seen, ladder_.v_bl_v, b, s);
    for (std::size_t at = 0; at < nodes_; ++at) {
      const V old_b = hn::Load(d_, node(at)), old_s = hn::Load(d_, node(at) + n_);
      const V new_b = hn::Min(hn::Max(b, zero), v_bl), new_s = hn::Min(hn::Max(s, zero), v_bl);
      move(node(at), old_b, new_b, damping, largest);
      move(node(at) + n_, old_s, new_s, damping, largest);
      for (std::size_t row = at * ladder_.rows_per_node; row < end_row(at); ++row)
        move(cell(row), hn::Load(d_, cell(row)), inner_node(row, old_b, old_s, new_b, new_s), damping,
             largest);
      if (at + 1 < nodes_) next_node(at, b, s);
    }
    return largest;
  }

  /// Computes the inner node from the driven cell's linearised current.
  HWY_INLINE V inner_node(std::size_t row, V old_b, V old_s, V new_b, V new_s) const {
    const double* at = cell(row);
    const V by_b = hn::Mul(hn::Load(d_, at + 2 * n_), hn::Sub(new_b, old_b));
    const V by_s = hn::Mul(hn::Load(d_, at + 3 * n_), hn::Sub(new_s, old_s));
    const V i = hn::Sub(hn::Add(hn::Load(d_, at + n_), by_b), by_s);
    V x;
    if constexpr (kSinh) {
      const V old_x = hn::Load(d_, at);
      const Resistor r =
          resistor<true>(ladder_.cell, constant(1.0 / ladder_.r_ohm[row]), hn::Sub(old_b, old_x));
      x = hn::Add(hn::Add(old_x, hn::Sub(new_b, old_b)), hn::Div(hn::Sub(r.i, i), r.g));
    } else {
      x = hn::Sub(new_b, hn::Mul(constant(ladder_.r_ohm[row]), i));
    }
    return hn::Min(hn::Max(x, hn::Zero(d_)), constant(ladder_.v_bl_v));
  }

  HWY_INLINE void move(double* place, V from, V to, V damping, V& largest) const {
    const V step = hn::Sub(to, from);
    largest = hn::Max(largest, hn::Abs(step));
    hn::Store(multiply_add(step, damping, from), d_, place);
  }

  /// Computes the currents at the solution, and the transfers.
  void finish() const {
    const Beyond seen = eliminate<true>();
    V y_b, y_s;
    first_node(seen, 1.0, y_b, y_s);
    for (std::size_t at = 0; at < nodes_; ++at) {
      const V b = hn::Load(d_, node(at)), s = hn::Load(d_, node(at) + n_);
      const std::size_t place = at * mean_field_levels + first_;
      hn::StoreU(b, d_, out_.v_b_v + place);
      hn::StoreU(s, d_, out_.v_s_v + place);
      hn::StoreU(hn::Sub(y_b, y_s), d_, out_.transfer + place);
      for (std::size_t row = at * ladder_.rows_per_node; row < end_row(at); ++row) {
        V i = hn::Load(d_, cell(row) + n_);
        hn::StoreU(i, d_, out_.i_on_a + row * mean_field_levels + first_);
        if (ladder_.gate_off != nullptr) i = hn::Sub(i, leaking_cell(row, b, s).i);
        hn::StoreU(i, d_, out_.i_step_a + row * mean_field_levels + first_);
      }
      if (at + 1 < nodes_) next_node(at, y_b, y_s);
    }
  }

  static constexpr Tag d_{};
  const MeanFieldLadder& ladder_;
  MeanFieldSolution& out_;
  const std::size_t first_, n_, nodes_;
  double* const cell_;
  double* const node_;
  double* const map_;   // [node][6]
  double* const leak_;  // [row]
};

inline bool solve_mean_field_kernel(const MeanFieldLadder& ladder, MeanFieldSolution& solution) {
  for (std::size_t level = 0; level < mean_field_levels; level += hn::Lanes(Tag())) {
    const bool settled = ladder.cell.alpha_per_v > 0
                             ? MeanFieldSolver<true>(ladder, solution, level).solve()
                             : MeanFieldSolver<false>(ladder, solution, level).solve();
    if (!settled) return false;
  }
  return true;
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
