// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set. It does the same operations as
// random.cpp in the same order, without fused operations and with selections in place of branches, so it
// gives the same bits.
#if defined(IRC_CORE_NORMALS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_CORE_NORMALS_INL_H_
#undef IRC_CORE_NORMALS_INL_H_
#else
#define IRC_CORE_NORMALS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "irc/core/random.h"
#include "normal_quantile.h"

HWY_BEFORE_NAMESPACE();
namespace irc::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Words = hn::RebindToUnsigned<Doubles>;
using Integers = hn::RebindToSigned<Doubles>;

/// Round keys of one family, equal in all lanes.
struct OneKey {
  std::uint64_t k0[10], k1[10];
  explicit OneKey(std::uint64_t key) {
    for (std::uint64_t r = 0; r < 10; ++r) {
      k0[r] = key + r * 0x9E3779B9u;
      k1[r] = (key >> 32) + r * 0xBB67AE85u;
    }
  }
  auto round0(std::size_t r) const { return hn::Set(Words(), k0[r]); }
  auto round1(std::size_t r) const { return hn::Set(Words(), k1[r]); }
};

/// Round keys of one family per lane.
struct KeyPerLane {
  hn::Vec<Words> k0, k1;
  explicit KeyPerLane(hn::Vec<Words> key) : k0(key), k1(hn::ShiftRight<32>(key)) {}
  auto round0(std::size_t r) const { return hn::Add(k0, hn::Set(Words(), r * 0x9E3779B9u)); }
  auto round1(std::size_t r) const { return hn::Add(k1, hn::Set(Words(), r * 0xBB67AE85u)); }
};

#if HWY_TARGET == HWY_SCALAR
template <typename V, typename Key>
HWY_INLINE V philox_bits(V index, const Key& key) {
  const std::uint64_t i = hn::GetLane(index);
  const auto half = [](V v) { return static_cast<std::uint32_t>(hn::GetLane(v)); };
  const auto words = philox4x32({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), 0, 0},
                                {half(key.round0(0)), half(key.round1(0))});
  return hn::Set(Words(), words[0] | (std::uint64_t{words[1]} << 32));
}
#else
/// Philox4x32-10 on counter (index, 0): words 0 and 1 of the result. The lower half of each 64-bit lane holds
/// one 32-bit word; the upper half is never used.
template <typename V, typename Key>
HWY_INLINE V philox_bits(V index, const Key& key) {
  const Words words;
  const hn::Repartition<std::uint32_t, Words> halves;
  const auto m0 = hn::Set(halves, 0xD2511F53u), m1 = hn::Set(halves, 0xCD9E8D57u);
  const auto upper = [&](V product) {
    return hn::BitCast(words, hn::Shuffle2301(hn::BitCast(halves, product)));
  };
  V c0 = index, c1 = upper(index), c2 = hn::Zero(words), c3 = c2;
  for (std::size_t round = 0; round < 10; ++round) {
    const V p0 = hn::MulEven(m0, hn::BitCast(halves, c0)), p1 = hn::MulEven(m1, hn::BitCast(halves, c2));
    c0 = hn::Xor3(upper(p1), c1, key.round0(round));
    c1 = p1;
    c2 = hn::Xor3(upper(p0), c3, key.round1(round));
    c3 = p0;
  }
  return hn::Or(hn::And(c0, hn::Set(words, 0xFFFFFFFFu)), hn::ShiftLeft<32>(c1));
}
#endif

template <typename V>
HWY_INLINE auto uniform_of(V bits) {
  const Doubles d;
  const Words words;
  // Sets the 52 bits as the fraction of 2^52 + n, which is exact.
  const auto shifted = hn::Or(hn::ShiftRight<12>(bits), hn::Set(words, 0x4330000000000000u));
  const auto n = hn::Sub(hn::BitCast(d, shifted), hn::Set(d, 0x1p52));
  return hn::Mul(hn::Add(n, hn::Set(d, 0.5)), hn::Set(d, 0x1p-52));
}

template <typename V>
HWY_INLINE V polynomial(const double (&coefficients)[8], V x) {
  const Doubles d;
  V sum = hn::Set(d, coefficients[7]);
  for (int i = 6; i >= 0; --i) sum = hn::Add(hn::Mul(sum, x), hn::Set(d, coefficients[i]));
  return sum;
}

/// exact_log for normal numbers in (0, 1).
template <typename V>
HWY_INLINE V log_of(V x) {
  const Doubles d;
  const Words words;
  const Integers integers;
  const auto bits = hn::BitCast(words, x);
  const auto fraction = hn::And(bits, hn::Set(words, 0x000FFFFFFFFFFFFFu));
  V m = hn::BitCast(d, hn::Or(fraction, hn::Set(words, 0x3FE0000000000000u)));
  V exponent = hn::Sub(hn::ConvertTo(d, hn::BitCast(integers, hn::ShiftRight<52>(bits))), hn::Set(d, 1022.0));
  const auto low = hn::Lt(m, hn::Set(d, 0x1.6a09e667f3bcdp-1));
  m = hn::IfThenElse(low, hn::Add(m, m), m);
  exponent = hn::IfThenElse(low, hn::Sub(exponent, hn::Set(d, 1.0)), exponent);
  const V one = hn::Set(d, 1.0), two = hn::Set(d, 2.0);
  const V s = hn::Div(hn::Sub(m, one), hn::Add(m, one)), z = hn::Mul(s, s);
  V sum = hn::Zero(d);
  for (int n = 23; n >= 3; n -= 2) sum = hn::Mul(hn::Add(sum, hn::Set(d, 1.0 / n)), z);
  const V tail = hn::Mul(hn::Mul(two, s), sum);
  return hn::Add(hn::Mul(exponent, hn::Set(d, ln2_high)),
                 hn::Add(hn::Mul(two, s), hn::Add(tail, hn::Mul(exponent, hn::Set(d, ln2_low)))));
}

inline void exp_of(double* HWY_RESTRICT x, std::size_t count) {
  const Doubles d;
  const Words words;
  const Integers integers;
  constexpr double most = 700;  // beyond this the scale below is no longer a normal number
  const auto one = hn::Set(d, 1.0);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto value = hn::LoadU(d, x + i);
    if (!hn::AllTrue(d, hn::Lt(hn::Abs(value), hn::Set(d, most)))) {
      for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane) x[i + lane] = exact_exp(x[i + lane]);
      continue;
    }
    const auto k = hn::Floor(hn::Add(hn::Mul(value, hn::Set(d, 0x1.71547652b82fep+0)), hn::Set(d, 0.5)));
    const auto r = hn::Sub(hn::Sub(value, hn::Mul(k, hn::Set(d, ln2_high))), hn::Mul(k, hn::Set(d, ln2_low)));
    auto sum = one;
    for (int n = 14; n >= 1; --n) sum = hn::Add(one, hn::Div(hn::Mul(sum, r), hn::Set(d, n)));
    const auto exponent = hn::Add(hn::ConvertTo(integers, k), hn::Set(integers, 1023));
    const auto scale = hn::BitCast(d, hn::ShiftLeft<52>(hn::BitCast(words, exponent)));
    hn::StoreU(hn::Mul(sum, scale), d, x + i);
  }
  for (; i < count; ++i) x[i] = exact_exp(x[i]);
}

inline constexpr std::size_t draws_at_once = 256, most_lanes = 8;

/// Uniform numbers outside the central part, with their positions: about one draw in seven.
struct Tails {
  HWY_ALIGN double p[draws_at_once + most_lanes];
  HWY_ALIGN std::uint64_t place[draws_at_once + most_lanes];
  std::size_t count = 0;
};

HWY_INLINE void central_part(const double* HWY_RESTRICT uniforms, std::size_t count, double* HWY_RESTRICT out,
                             Tails& tails) {
  const Doubles d;
  const Words words;
  const auto step = hn::Set(words, hn::Lanes(d));
  auto places = hn::Iota(words, 0);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d), places = hn::Add(places, step)) {
    const auto p = hn::Load(d, uniforms + i);
    const auto q = hn::Sub(p, hn::Set(d, 0.5));
    const auto r = hn::Sub(hn::Set(d, quantile::central_square), hn::Mul(q, q));
    const auto value = hn::Div(hn::Mul(q, polynomial(quantile::a, r)), polynomial(quantile::b, r));
    hn::StoreU(value, d, out + i);
    const auto outside = hn::Gt(hn::Abs(q), hn::Set(d, quantile::central_half_width));
    hn::CompressStore(places, hn::RebindMask(words, outside), words, tails.place + tails.count);
    tails.count += hn::CompressStore(p, outside, d, tails.p + tails.count);
  }
}

HWY_INLINE void tail_parts(Tails& tails, double* HWY_RESTRICT out) {
  const Doubles d;
  HWY_ALIGN double values[most_lanes];
  const std::size_t lanes = hn::Lanes(d);
  hn::StoreU(hn::Set(d, 0.25), d, tails.p + tails.count);  // harmless padding after the end
  for (std::size_t i = 0; i < tails.count; i += lanes) {
    const auto p = hn::Load(d, tails.p + i);
    const auto negative = hn::Lt(p, hn::Set(d, 0.5));
    const auto r = hn::Sqrt(hn::Neg(log_of(hn::IfThenElse(negative, p, hn::Sub(hn::Set(d, 1.0), p)))));
    const auto shifted = hn::Sub(r, hn::Set(d, quantile::near_shift));
    const auto value = hn::Div(polynomial(quantile::c, shifted), polynomial(quantile::d, shifted));
    hn::Store(hn::IfThenElse(negative, hn::Neg(value), value), d, values);
    const bool far = !hn::AllFalse(d, hn::Gt(r, hn::Set(d, quantile::far_from)));  // about one draw in 10^10
    for (std::size_t lane = 0; lane < std::min(lanes, tails.count - i); ++lane)
      out[tails.place[i + lane]] = far ? normal_quantile(tails.p[i + lane]) : values[lane];
  }
}

/// A buffer of up to draws_at_once draws. It is filled with uniform numbers and emptied as normal numbers.
struct Draws {
  HWY_ALIGN double uniforms[draws_at_once + most_lanes], values[draws_at_once];
  Tails tails;

  /// Uniform numbers were written as whole vectors, so up to one vector may follow the last one.
  void finish(std::size_t n, double* HWY_RESTRICT out) {
    double* const target = n == draws_at_once ? out : values;
    tails.count = 0;
    central_part(uniforms, n, target, tails);
    tail_parts(tails, target);
    if (target == values) std::copy_n(values, n, out);
  }
};

inline void normals_of_family(std::uint64_t family, std::uint64_t first, double* HWY_RESTRICT out,
                              std::size_t count) {
  const Doubles d;
  const Words words;
  const OneKey key(family);
  const auto step = hn::Set(words, hn::Lanes(d));
  auto counter = hn::Iota(words, first);  // this goes through memory, so it is done once and not per vector
  Draws draws;
  for (std::size_t done = 0; done < count; done += draws_at_once) {
    const std::size_t n = std::min(draws_at_once, count - done);
    for (std::size_t i = 0; i < n; i += hn::Lanes(d), counter = hn::Add(counter, step))
      hn::Store(uniform_of(philox_bits(counter, key)), d, draws.uniforms + i);
    draws.finish(n, out + done);
  }
}

/// Loads the first n of the words at `from`. `n` is less than a vector.
HWY_INLINE hn::Vec<Words> load_some(const std::uint64_t* HWY_RESTRICT from, std::size_t n) {
  HWY_ALIGN std::uint64_t words[most_lanes] = {};
  std::copy_n(from, n, words);
  return hn::Load(Words(), words);
}

/// Uniform numbers of one index for n families. It may write up to one vector more.
HWY_INLINE void uniforms_of_families(const std::uint64_t* HWY_RESTRICT keys, std::size_t n,
                                     std::uint64_t index, double* HWY_RESTRICT out) {
  const Doubles d;
  const Words words;
  const auto counter = hn::Set(words, index);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d))
    hn::StoreU(uniform_of(philox_bits(counter, KeyPerLane(hn::LoadU(words, keys + i)))), d, out + i);
  if (i < n) hn::StoreU(uniform_of(philox_bits(counter, KeyPerLane(load_some(keys + i, n - i)))), d, out + i);
}

inline void normals_of_pairs(const std::uint64_t* HWY_RESTRICT keys,
                             const std::uint64_t* HWY_RESTRICT indices, double* HWY_RESTRICT out,
                             std::size_t count) {
  const Doubles d;
  const Words words;
  Draws draws;
  for (std::size_t done = 0; done < count; done += draws_at_once) {
    const std::size_t n = std::min(draws_at_once, count - done);
    for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
      const bool whole = i + hn::Lanes(d) <= n;
      const std::uint64_t *key = keys + done + i, *index = indices + done + i;
      const KeyPerLane key_of(whole ? hn::LoadU(words, key) : load_some(key, n - i));
      const auto counter = whole ? hn::LoadU(words, index) : load_some(index, n - i);
      hn::StoreU(uniform_of(philox_bits(counter, key_of)), d, draws.uniforms + i);
    }
    draws.finish(n, out + done);
  }
}

inline void normals_of_families(const std::uint64_t* HWY_RESTRICT keys, std::size_t families,
                                std::uint64_t first, std::size_t indices, double* HWY_RESTRICT out) {
  Draws draws;
  if (families <= draws_at_once) {
    const std::size_t at_once = draws_at_once / families;
    for (std::size_t done = 0; done < indices; done += at_once) {
      const std::size_t n = std::min(at_once, indices - done);
      for (std::size_t i = 0; i < n; ++i)
        uniforms_of_families(keys, families, first + done + i, draws.uniforms + i * families);
      draws.finish(n * families, out + done * families);
    }
    return;
  }
  for (std::size_t i = 0; i < indices; ++i)
    for (std::size_t done = 0; done < families; done += draws_at_once) {
      const std::size_t n = std::min(draws_at_once, families - done);
      uniforms_of_families(keys + done, n, first + i, draws.uniforms);
      draws.finish(n, out + i * families + done);
    }
}

}  // namespace irc::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
