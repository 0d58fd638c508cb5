// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set. It uses no fused operations, so
// every instruction set gives the same bits.
#if defined(IRC_CORE_COARSE_NORMALS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_CORE_COARSE_NORMALS_INL_H_
#undef IRC_CORE_COARSE_NORMALS_INL_H_
#else
#define IRC_CORE_COARSE_NORMALS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "irc/core/random.h"
#include "normals.h"

HWY_BEFORE_NAMESPACE();
namespace irc::HWY_NAMESPACE {
namespace coarse {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE V horner(D d, V x, const float (&coefficients)[9]) {
  V sum = hn::Set(d, coefficients[0]);
  for (int i = 1; i < 9; ++i) sum = hn::Add(hn::Mul(sum, x), hn::Set(d, coefficients[i]));
  return sum;
}

/// -ln(y) for normal y in (0, 1], with an absolute error of a few 1e-7.
template <class D, class V>
HWY_INLINE V minus_log(D d, V y) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(di, y);
  auto exponent = hn::ConvertTo(d, hn::Sub(hn::ShiftRight<23>(bits), hn::Set(di, 126)));
  V m = hn::BitCast(d, hn::Or(hn::And(bits, hn::Set(di, 0x007FFFFF)), hn::Set(di, 0x3F000000)));
  const auto low = hn::Lt(m, hn::Set(d, 0.70710678f));
  m = hn::IfThenElse(low, hn::Add(m, m), m);
  exponent = hn::IfThenElse(low, hn::Sub(exponent, hn::Set(d, 1.0f)), exponent);
  const V one = hn::Set(d, 1.0f);
  const V s = hn::Div(hn::Sub(one, m), hn::Add(m, one)), z = hn::Mul(s, s);
  V sum = hn::Set(d, 1.0f / 7);
  for (const float c : {1.0f / 5, 1.0f / 3, 1.0f}) sum = hn::Add(hn::Mul(sum, z), hn::Set(d, c));
  return hn::Sub(hn::Mul(hn::Add(s, s), sum), hn::Mul(exponent, hn::Set(d, 0.69314718f)));
}

/// The lower 31 bits of a word choose the two-sided tail probability, and the highest bit chooses the sign.
/// The quantile function is that of Giles, "Approximating the erfinv function", GPU Computing Gems Jade
/// (2011), single precision.
template <class D, class U>
HWY_INLINE auto normal_of(D d, U word) {
  static constexpr float central[9] = {2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
                                       -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
                                       -0.00417768164f,  0.246640727f,    1.50140941f};
  static constexpr float tail[9] = {-0.000200214257f, 0.000100950558f, 0.00134934322f,
                                    -0.00367342844f,  0.00573950773f,  -0.0076224613f,
                                    0.00943887047f,   1.00167406f,     2.83297682f};
  const hn::RebindToSigned<D> di;
  const hn::RebindToUnsigned<D> du;
  const auto magnitude = hn::BitCast(di, hn::And(word, hn::Set(du, 0x7FFFFFFFu)));
  const auto q = hn::Mul(hn::Add(hn::ConvertTo(d, magnitude), hn::Set(d, 0.5f)), hn::Set(d, 0x1p-31f));
  const auto x = hn::Sub(hn::Set(d, 1.0f), q);
  const auto w = minus_log(d, hn::Mul(q, hn::Sub(hn::Set(d, 2.0f), q)));
  auto p = horner(d, hn::Sub(w, hn::Set(d, 2.5f)), central);
  const auto far = hn::Ge(w, hn::Set(d, 5.0f));
  if (!hn::AllFalse(d, far))
    p = hn::IfThenElse(far, horner(d, hn::Sub(hn::Sqrt(hn::Max(w, hn::Zero(d))), hn::Set(d, 3.0f)), tail), p);
  const auto z = hn::Mul(hn::Mul(p, x), hn::Set(d, 1.41421356f));
  return hn::BitCast(d, hn::Xor(hn::BitCast(du, z), hn::And(word, hn::Set(du, 0x80000000u))));
}

#if HWY_TARGET == HWY_SCALAR

inline void block_of_families(const std::uint64_t* keys, std::size_t families, std::uint64_t block,
                              float* out, std::size_t stride) {
  const hn::CappedTag<float, 1> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  for (std::size_t f = 0; f < families; ++f) {
    const auto words = philox4x32(
        {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), coarse_domain, 0},
        {static_cast<std::uint32_t>(keys[f]), static_cast<std::uint32_t>(keys[f] >> 32)});
    for (std::size_t k = 0; k < 4; ++k)
      out[k * stride + f] = hn::GetLane(normal_of(d, hn::Set(du, words[k])));
  }
}

#else

/// Packs two words of each lane's family into the two halves of a lane.
template <class V>
HWY_INLINE V two_words(V low, V high) {
  const hn::CappedTag<std::uint64_t, 8> words;
  return hn::Or(hn::And(low, hn::Set(words, 0xFFFFFFFFu)), hn::ShiftLeft<32>(high));
}

/// Stores two normals of each lane's family, to first[family] and second[family].
template <class V>
HWY_INLINE void store_two(V both, std::size_t count, float* first, float* second) {
  const hn::CappedTag<std::uint64_t, 8> words;
  const hn::Repartition<float, decltype(words)> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Rebind<std::uint32_t, decltype(words)> narrow;
  const hn::Rebind<float, decltype(words)> narrow_float;
  const auto z = hn::BitCast(words, normal_of(d, hn::BitCast(du, both)));
  const auto one = hn::BitCast(narrow_float, hn::TruncateTo(narrow, z));
  const auto two = hn::BitCast(narrow_float, hn::TruncateTo(narrow, hn::ShiftRight<32>(z)));
  if (count == hn::Lanes(words)) {
    hn::StoreU(one, narrow_float, first);
    hn::StoreU(two, narrow_float, second);
    return;
  }
  HWY_ALIGN float values[2][8];
  hn::Store(one, narrow_float, values[0]);
  hn::Store(two, narrow_float, values[1]);
  std::copy_n(values[0], count, first);
  std::copy_n(values[1], count, second);
}

/// Draws the four numbers of one block for every family, into rows of `out` that are `stride` apart. There
/// are at most 64 families. All words are computed before all normals, because two short loops keep more of
/// their steps in flight than one long loop.
inline void block_of_families(const std::uint64_t* keys, std::size_t families, std::uint64_t block,
                              float* out, std::size_t stride) {
  const hn::CappedTag<std::uint64_t, 8> words;
  const hn::Repartition<std::uint32_t, decltype(words)> halves;
  const std::size_t n = hn::Lanes(words);
  const auto m0 = hn::Set(halves, 0xD2511F53u), m1 = hn::Set(halves, 0xCD9E8D57u);
  HWY_ALIGN std::uint64_t lanes[8], drawn[2][64];
  for (std::size_t f = 0; f < families; f += n) {
    const std::size_t count = std::min(n, families - f);
    const std::uint64_t* from = keys + f;
    if (count < n) {
      for (std::size_t l = 0; l < n; ++l) lanes[l] = keys[f + std::min(l, count - 1)];
      from = lanes;
    }
    const auto key = hn::LoadU(words, from);
    auto k0 = key, k1 = hn::ShiftRight<32>(key);
    // Philox4x32-10 on (block, coarse domain). The lower half of each lane holds a 32-bit word.
    auto c0 = hn::Set(words, block), c1 = hn::Set(words, block >> 32),
         c2 = hn::Set(words, std::uint64_t{coarse_domain}), c3 = hn::Zero(words);
    for (int round = 0; round < 10; ++round) {
      const auto p0 = hn::MulEven(m0, hn::BitCast(halves, c0)), p1 = hn::MulEven(m1, hn::BitCast(halves, c2));
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), k0);
      c1 = p1;
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), k1);
      c3 = p0;
      k0 = hn::Add(k0, hn::Set(words, std::uint64_t{0x9E3779B9u}));
      k1 = hn::Add(k1, hn::Set(words, std::uint64_t{0xBB67AE85u}));
    }
    hn::Store(two_words(c0, c1), words, drawn[0] + f);
    hn::Store(two_words(c2, c3), words, drawn[1] + f);
  }
  for (std::size_t f = 0; f < families; f += n) {
    const std::size_t count = std::min(n, families - f);
    store_two(hn::Load(words, drawn[0] + f), count, out + f, out + stride + f);
    store_two(hn::Load(words, drawn[1] + f), count, out + 2 * stride + f, out + 3 * stride + f);
  }
}

#endif

}  // namespace coarse

inline void coarse_normals_of_families(const std::uint64_t* keys, std::size_t families, std::uint64_t first,
                                       std::size_t indices, float* out) {
  constexpr std::size_t piece = 64;  // families per pass
  HWY_ALIGN float four[4 * piece];
  for (std::size_t f = 0; f < families; f += piece) {
    const std::size_t count = std::min(piece, families - f);
    for (std::size_t i = 0; i < indices;) {
      const std::uint64_t index = first + i;
      const std::size_t skip = index % 4, take = std::min(4 - skip, indices - i);
      float* to = out + i * families + f;
      if (take == 4) {
        coarse::block_of_families(keys + f, count, index / 4, to, families);
      } else {
        coarse::block_of_families(keys + f, count, index / 4, four, count);
        for (std::size_t k = 0; k < take; ++k)
          std::copy_n(four + (skip + k) * count, count, to + k * families);
      }
      i += take;
    }
  }
}

}  // namespace irc::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
