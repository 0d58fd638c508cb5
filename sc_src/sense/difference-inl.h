// SPDX-License-Identifier: Apache-2.0
// Highway header: compiled once per instruction set. The operations of SenseAmplifierBank::difference_a in
// the same order, so the same bits.
#if defined(IRC_SENSE_DIFFERENCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_SENSE_DIFFERENCE_INL_H_
#undef IRC_SENSE_DIFFERENCE_INL_H_
#else
#define IRC_SENSE_DIFFERENCE_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "difference_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace irc::sense::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Differences of the amplifiers that fill one vector of D.
template <class D>
HWY_INLINE hn::Vec<D> difference(D d, const DifferenceRules& rules, const DifferenceInputs& in, std::size_t i,
                                 hn::Vec<D> plus, hn::Vec<D> minus) {
  if (in.added_plus != nullptr) plus = hn::Add(plus, hn::LoadU(d, in.added_plus + i));
  if (in.added_minus != nullptr) minus = hn::Add(minus, hn::LoadU(d, in.added_minus + i));
  plus = hn::Add(plus, hn::LoadU(d, in.bias_plus + i));
  minus = hn::Add(hn::Add(minus, hn::LoadU(d, in.bias_minus + i)), hn::Set(d, rules.reference_a));
  const auto one = hn::Set(d, 1.0);
  auto gain = one;
  if (rules.limited) {
    const auto low = hn::Set(d, rules.i_min_a), high = hn::Set(d, rules.i_max_a);
    if (rules.i_min_a > 0) {
      gain = hn::Div(hn::Mul(hn::Set(d, 0.5), hn::Add(plus, minus)), low);
      gain = hn::Min(hn::Max(gain, hn::Set(d, rules.gm_floor)), one);
    }
    plus = hn::Min(hn::Max(plus, low), high);
    minus = hn::Min(hn::Max(minus, low), high);
  }
  auto error = hn::Sub(hn::LoadU(d, in.offset + i), hn::LoadU(d, in.trim + i));
  if (in.noise != nullptr)
    error = hn::Add(error, hn::Mul(hn::Set(d, rules.noise_sigma_a), hn::LoadU(d, in.noise + i)));
  const auto growth = hn::Add(one, hn::Mul(hn::Set(d, rules.half_growth_per_a), hn::Add(plus, minus)));
  return hn::Add(hn::Sub(plus, minus), hn::Div(hn::Mul(error, growth), gain));
}

/// Any steps, amplifier by amplifier where a vector does not fit.
template <class D>
HWY_INLINE void differences_from(D d, const DifferenceRules& rules, const DifferenceInputs& in, double* out,
                                 std::size_t begin, std::size_t end) {
  const std::size_t lanes = hn::Lanes(d);
  HWY_ALIGN double plus[8], minus[8];
  for (std::size_t i = begin; i + lanes <= end; i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) {
      plus[k] = in.plus[(i + k) * in.plus_step];
      minus[k] = in.minus[(i + k) * in.minus_step];
    }
    hn::StoreU(difference(d, rules, in, i, hn::Load(d, plus), hn::Load(d, minus)), d, out + i);
  }
}

inline void differences_kernel(const DifferenceRules& rules, const DifferenceInputs& in,
                               double* HWY_RESTRICT out, std::size_t n) {
  const hn::CappedTag<double, 8> d;
  const std::size_t lanes = hn::Lanes(d), whole = n / lanes * lanes;
  if (in.plus_step == 2 && in.minus_step == 2 && in.minus == in.plus + 1) {
    for (std::size_t i = 0; i < whole; i += lanes) {
      hn::Vec<decltype(d)> plus, minus;
      hn::LoadInterleaved2(d, in.plus + 2 * i, plus, minus);
      hn::StoreU(difference(d, rules, in, i, plus, minus), d, out + i);
    }
  } else {
    differences_from(d, rules, in, out, 0, whole);
  }
  differences_from(hn::CappedTag<double, 1>(), rules, in, out, whole, n);
}

inline void above_kernel(const double* HWY_RESTRICT values, std::size_t n, double threshold,
                         std::uint64_t* HWY_RESTRICT bits) {
  const hn::CappedTag<double, 8> d;
  const std::size_t lanes = hn::Lanes(d);
  std::fill_n(bits, (n + 63) / 64, std::uint64_t{0});
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    std::uint8_t mask[8] = {};
    hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, values + i), hn::Set(d, threshold)), mask);
    bits[i / 64] |= std::uint64_t{mask[0]} << (i % 64);
  }
  for (; i < n; ++i) bits[i / 64] |= std::uint64_t{values[i] > threshold} << (i % 64);
}

}  // namespace irc::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
