// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set. It uses only Mul, Add, Sub and
// Div, and never a fused multiply-add, so every instruction set gives the same bits.
#if defined(IRC_ARRAY_EKV_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_EKV_INL_H_
#undef IRC_ARRAY_EKV_INL_H_
#else
#define IRC_ARRAY_EKV_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<double, 8>;
using V = hn::Vec<Tag>;
using M = hn::Mask<Tag>;

HWY_INLINE V constant(double value) {
  return hn::Set(Tag(), value);
}
HWY_INLINE V multiply_add(V a, V x, V b) {
  return hn::Add(hn::Mul(a, x), b);
}

/// e^x for x <= 0, within 4e-16. Below -700 the result stays at e^-700.
HWY_INLINE V exp_of_negative(V x) {
  const Tag d;
  const hn::Rebind<std::uint64_t, Tag> du;
  const V magic = constant(0x1.8p52);
  x = hn::Max(x, constant(-700.0));
  const V shifted = hn::Add(hn::Mul(x, constant(0x1.71547652b82fep+0)), magic);
  const V k = hn::Sub(shifted, magic);
  const V r =
      hn::Sub(hn::Sub(x, hn::Mul(k, constant(0x1.62e42feep-1))), hn::Mul(k, constant(0x1.a39ef35793c76p-33)));
  // Interpolation at Chebyshev nodes of |r| <= ln(2)/2, with a relative error of 3e-16. It is evaluated in
  // pairs, then in pairs of pairs.
  const V r2 = hn::Mul(r, r), r4 = hn::Mul(r2, r2);
  const V p01 = hn::Add(constant(1.0), r);
  const V p23 = multiply_add(constant(0x1.555555554b736p-3), r, constant(0x1.0000000000005p-1));
  const V p45 = multiply_add(constant(0x1.1111112ddae8bp-7), r, constant(0x1.55555555520a4p-5));
  const V p67 = multiply_add(constant(0x1.a01978b8b3d18p-13), r, constant(0x1.6c16c17f46982p-10));
  const V p89 = multiply_add(constant(0x1.72fafebdaf273p-19), r, constant(0x1.a019a6611cad5p-16));
  const V high =
      multiply_add(multiply_add(constant(0x1.28a2ca617b969p-22), r2, p89), r4, multiply_add(p67, r2, p45));
  const V p = multiply_add(high, r4, multiply_add(p23, r2, p01));
  const auto exponent =
      hn::ShiftLeft<52>(hn::Add(hn::BitCast(du, shifted), hn::Set(du, std::uint64_t{1023})));
  return hn::Mul(p, hn::BitCast(d, exponent));
}

/// ln(1 + e^h) and its derivative. With h = u / 2, F(u) = softplus^2 and F'(u) = softplus * slope.
struct Softplus {
  V value, slope;
};

/// Computes softplus from t = e^-|h|.
HWY_INLINE Softplus softplus_from(V h, V t) {
  const V one = constant(1.0);
  const V a = hn::Add(t, constant(2.0)), b = hn::Add(t, one);
  const V inverse = hn::Div(one, hn::Mul(a, b));
  // ln(1 + t) = 2 atanh(s) with s = t / (2 + t) <= 1/3, as a polynomial in s^2 with a relative error of
  // 2e-15.
  const V s = hn::Mul(t, hn::Mul(b, inverse));
  const V z = hn::Mul(s, s), z2 = hn::Mul(z, z), z4 = hn::Mul(z2, z2);
  const V p01 = multiply_add(constant(0x1.555555554ab02p-2), z, constant(0x1.0000000000007p+0));
  const V p23 = multiply_add(constant(0x1.24924201346fep-3), z, constant(0x1.999999ad7f2d3p-3));
  const V p45 = multiply_add(constant(0x1.741ba346d2a33p-4), z, constant(0x1.c71f00220063cp-4));
  const V p67 = multiply_add(constant(0x1.e11304c45c4bep-5), z, constant(0x1.3ee3597079f29p-4));
  const V high = multiply_add(constant(0x1.802a0bb9f02a2p-4), z4, multiply_add(p67, z2, p45));
  const V p = multiply_add(high, z4, multiply_add(p23, z2, p01));
  const V s2 = hn::Add(s, s);
  const V reciprocal = hn::Mul(a, inverse);  // 1 / (1 + t)
  const V zero = hn::Zero(Tag());
  return {multiply_add(s2, p, hn::Max(h, zero)),
          hn::Mul(hn::IfThenElse(hn::Lt(h, zero), t, one), reciprocal)};
}

HWY_INLINE Softplus softplus(V h) {
  return softplus_from(h, exp_of_negative(hn::Neg(hn::Abs(h))));
}

/// Computes softplus for t = e^h < 0.0016 (h < -6.5) by four terms of the series, with a relative error of
/// 2e-12.
HWY_INLINE Softplus softplus_of_small(V t) {
  const V one = constant(1.0);
  const V slope = hn::Mul(t, hn::Sub(one, hn::Mul(t, hn::Sub(one, hn::Mul(t, hn::Sub(one, t))))));
  const V series = hn::Sub(
      one,
      hn::Mul(t, hn::Sub(constant(0.5), hn::Mul(t, hn::Sub(constant(1.0 / 3), hn::Mul(t, constant(0.25)))))));
  return {hn::Mul(t, series), slope};
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
