// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_RESISTOR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_RESISTOR_INL_H_
#undef IRC_ARRAY_RESISTOR_INL_H_
#else
#define IRC_ARRAY_RESISTOR_INL_H_
#endif

#include "cell/cell_solver.h"
#include "cell/ekv-inl.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {

struct Resistor {
  V i, g;
};

/// Current and slope of the RRAM at voltage v. With kSinh, I = G/alpha sinh(alpha v).
template <bool kSinh>
HWY_INLINE Resistor resistor(const CellConstants& c, V g, V v) {
  if constexpr (!kSinh) return {hn::Mul(g, v), g};
  const V a = hn::Mul(constant(c.alpha_per_v), v);
  const V down = exp_of_negative(hn::Neg(hn::Abs(a)));
  const V up = hn::Div(constant(1.0), down);
  const V magnitude = hn::Mul(hn::Mul(g, constant(0.5 / c.alpha_per_v)), hn::Sub(up, down));
  return {hn::CopySign(magnitude, a), hn::Mul(g, hn::Mul(constant(0.5), hn::Add(up, down)))};
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
