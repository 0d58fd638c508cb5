// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set. It does the operations of
// SenseAmplifierBank::difference_a in the same order, so it gives the same bits.
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

/// Amplifiers of one vector before noise is added.
template <class D>
struct Amplifiers {
  using V = hn::Vec<D>;
  V difference, offset, growth, gain;

  HWY_INLINE Amplifiers(D d, const DifferenceRules& rules, const DifferenceInputs& in, std::size_t i, V plus,
                        V minus) {
    if (in.added_plus != nullptr) plus = hn::Add(plus, hn::LoadU(d, in.added_plus + i));
    if (in.added_minus != nullptr) minus = hn::Add(minus, hn::LoadU(d, in.added_minus + i));
    plus = hn::Add(plus, hn::LoadU(d, in.bias_plus + i));
    minus = hn::Add(hn::Add(minus, hn::LoadU(d, in.bias_minus + i)), hn::Set(d, rules.reference_a));
    const V one = hn::Set(d, 1.0);
    gain = one;
    if (rules.limited) {
      const V low = hn::Set(d, rules.i_min_a), high = hn::Set(d, rules.i_max_a);
      if (rules.i_min_a > 0) {
        gain = hn::Div(hn::Mul(hn::Set(d, 0.5), hn::Add(plus, minus)), low);
        gain = hn::Min(hn::Max(gain, hn::Set(d, rules.gm_floor)), one);
      }
      plus = hn::Min(hn::Max(plus, low), high);
      minus = hn::Min(hn::Max(minus, low), high);
    }
    difference = hn::Sub(plus, minus);
    offset = hn::Sub(hn::LoadU(d, in.offset + i), hn::LoadU(d, in.trim + i));
    growth = hn::Add(one, hn::Mul(hn::Set(d, rules.half_growth_per_a), hn::Add(plus, minus)));
  }

  HWY_INLINE V decided_on() const { return hn::Add(difference, hn::Div(hn::Mul(offset, growth), gain)); }
  HWY_INLINE V decided_on(V sigma, V noise) const {
    const V error = hn::Add(offset, hn::Mul(sigma, noise));
    return hn::Add(difference, hn::Div(hn::Mul(error, growth), gain));
  }
};

/// Calls use(d, i, amplifiers) for whole vectors of amplifiers, and for single amplifiers at the end.
template <typename Use>
HWY_INLINE void for_amplifiers(const DifferenceRules& rules, const DifferenceInputs& in, std::size_t n,
                               const Use& use) {
  const hn::CappedTag<double, 8> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  const bool neighbours = in.plus_step == 2 && in.minus_step == 2 && in.minus == in.plus + 1;
  for (; i + lanes <= n; i += lanes) {
    hn::Vec<decltype(d)> plus, minus;
    if (neighbours) {
      hn::LoadInterleaved2(d, in.plus + 2 * i, plus, minus);
    } else {
      HWY_ALIGN double p[8], m[8];
      for (std::size_t k = 0; k < lanes; ++k) {
        p[k] = in.plus[(i + k) * in.plus_step];
        m[k] = in.minus[(i + k) * in.minus_step];
      }
      plus = hn::Load(d, p);
      minus = hn::Load(d, m);
    }
    use(d, i, Amplifiers<decltype(d)>(d, rules, in, i, plus, minus));
  }
  const hn::CappedTag<double, 1> one;
  for (; i < n; ++i)
    use(one, i,
        Amplifiers<decltype(one)>(one, rules, in, i, hn::Set(one, in.plus[i * in.plus_step]),
                                  hn::Set(one, in.minus[i * in.minus_step])));
}

inline void differences_kernel(const DifferenceRules& rules, const DifferenceInputs& in, const double* noise,
                               double* HWY_RESTRICT out, std::size_t n) {
  for_amplifiers(rules, in, n, [&](auto d, std::size_t i, const auto& amplifiers) HWY_ATTR {
    const auto sigma = hn::Set(d, rules.noise_sigma_a);
    const auto value =
        noise == nullptr ? amplifiers.decided_on() : amplifiers.decided_on(sigma, hn::LoadU(d, noise + i));
    hn::StoreU(value, d, out + i);
  });
}

template <class D, class M>
HWY_INLINE std::uint64_t bits_of(D d, M mask) {
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(d, mask, bits);
  return bits[0];
}

inline void decide_kernel(const DifferenceRules& rules, const DifferenceInputs& in, double largest_noise,
                          std::uint64_t* HWY_RESTRICT above, std::uint64_t* HWY_RESTRICT open,
                          std::size_t n) {
  std::fill_n(above, (n + 63) / 64, std::uint64_t{0});
  std::fill_n(open, (n + 63) / 64, std::uint64_t{0});
  for_amplifiers(rules, in, n, [&](auto d, std::size_t i, const auto& amplifiers) HWY_ATTR {
    const auto threshold = hn::Set(d, rules.threshold_a);
    if (largest_noise == 0) {
      above[i / 64] |= bits_of(d, hn::Gt(amplifiers.decided_on(), threshold)) << (i % 64);
      return;
    }
    const auto sigma = hn::Set(d, rules.noise_sigma_a), noise = hn::Set(d, largest_noise);
    const auto high = hn::Gt(amplifiers.decided_on(sigma, noise), threshold);
    const auto low = hn::Gt(amplifiers.decided_on(sigma, hn::Neg(noise)), threshold);
    above[i / 64] |= bits_of(d, high) << (i % 64);
    open[i / 64] |= bits_of(d, hn::Xor(high, low)) << (i % 64);
  });
}

}  // namespace irc::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
