// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_BEYOND_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_BEYOND_INL_H_
#undef IRC_ARRAY_BEYOND_INL_H_
#else
#define IRC_ARRAY_BEYOND_INL_H_
#endif

#include "cell/ekv-inl.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {

/// Everything beyond a node pair (away from the clamp), seen from it: the currents into bit line and source
/// line as affine functions of the two node voltages.
struct Beyond {
  V j_b, j_s, y_bb, y_bs, y_sb, y_ss;
};

/// Moves the view across one segment of both wires. With j = J + Y v and v = v' - R j, j = (1 + Y R)^-1 (J +
/// Y v'). Zero resistance needs no special case.
HWY_INLINE void cross_wires(Beyond& seen, V r_b, V r_s) {
  const V one = constant(1.0);
  const V a = multiply_add(seen.y_bb, r_b, one), b = hn::Mul(seen.y_bs, r_s);
  const V c = hn::Mul(seen.y_sb, r_b), e = multiply_add(seen.y_ss, r_s, one);
  const V inverse = hn::Div(one, hn::Sub(hn::Mul(a, e), hn::Mul(b, c)));
  const V ia = hn::Mul(a, inverse), ib = hn::Mul(b, inverse), ic = hn::Mul(c, inverse),
          ie = hn::Mul(e, inverse);
  const Beyond old = seen;
  seen.j_b = hn::Sub(hn::Mul(ie, old.j_b), hn::Mul(ib, old.j_s));
  seen.j_s = hn::Sub(hn::Mul(ia, old.j_s), hn::Mul(ic, old.j_b));
  seen.y_bb = hn::Sub(hn::Mul(ie, old.y_bb), hn::Mul(ib, old.y_sb));
  seen.y_sb = hn::Sub(hn::Mul(ia, old.y_sb), hn::Mul(ic, old.y_bb));
  seen.y_bs = hn::Sub(hn::Mul(ie, old.y_bs), hn::Mul(ib, old.y_ss));
  seen.y_ss = hn::Sub(hn::Mul(ia, old.y_ss), hn::Mul(ic, old.y_bs));
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
