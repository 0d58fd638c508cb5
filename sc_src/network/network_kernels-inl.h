// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_NETWORK_KERNELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_NETWORK_KERNELS_INL_H_
#undef IRC_NETWORK_KERNELS_INL_H_
#else
#define IRC_NETWORK_KERNELS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "network_kernels.h"

HWY_BEFORE_NAMESPACE();
namespace irc::network::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using MaskWords = hn::CappedTag<std::uint64_t, 8>;
using Counts = hn::RebindToSigned<MaskWords>;

/// Counts +1 minus -1 weights on set bits, for P windows and one vector of outputs, which starts at `part` of
/// the block.
template <std::size_t P>
HWY_INLINE void count_windows(const std::uint64_t* HWY_RESTRICT masks, const std::int64_t* HWY_RESTRICT bias,
                              const std::uint64_t* HWY_RESTRICT windows, std::size_t words, std::size_t part,
                              hn::Vec<Counts> (&sums)[P]) {
  const MaskWords d;
  const Counts counts;
  for (auto& sum : sums) sum = hn::LoadU(counts, bias + part);
  for (std::size_t w = 0; w < words; ++w) {
    const auto plus = hn::LoadU(d, masks + w * 16 + part), minus = hn::LoadU(d, masks + w * 16 + 8 + part);
    for (std::size_t p = 0; p < P; ++p) {
      const auto bits = hn::Set(d, windows[p * words + w]);
      const auto up = hn::PopulationCount(hn::And(bits, plus)),
                 down = hn::PopulationCount(hn::And(bits, minus));
      sums[p] = hn::Add(sums[p], hn::BitCast(counts, hn::Sub(up, down)));
    }
  }
}

inline void count_block_kernel(const std::uint64_t* masks, const std::int64_t* bias,
                               const std::uint64_t* window, std::size_t words, std::int64_t* sums) {
  const Counts counts;
  for (std::size_t part = 0; part < 8; part += hn::Lanes(counts)) {
    hn::Vec<Counts> sum[1];
    count_windows<1>(masks, bias, window, words, part, sum);
    hn::StoreU(sum[0], counts, sums + part);
  }
}

template <std::size_t P>
HWY_INLINE void fire_windows(const std::uint64_t* masks, const std::int64_t* bias,
                             const std::uint64_t* windows, std::size_t words, const FiredBits& fired,
                             std::size_t first) {
  const Counts counts;
  std::uint64_t bits[P] = {};
  for (std::size_t part = 0; part < 8; part += hn::Lanes(counts)) {
    hn::Vec<Counts> sums[P];
    count_windows<P>(masks, bias, windows, words, part, sums);
    for (std::size_t p = 0; p < P; ++p) {
      std::uint8_t mask[8] = {};
      hn::StoreMaskBits(counts, hn::Gt(sums[p], hn::Zero(counts)), mask);
      bits[p] |= std::uint64_t{mask[0]} << part;
    }
  }
  for (std::size_t p = 0; p < P; ++p)
    fired.words[(first + p) * fired.step] |= (bits[p] & fired.mask) << fired.shift;
}

inline void fire_block_kernel(const std::uint64_t* masks, const std::int64_t* bias,
                              const std::uint64_t* windows, std::size_t pixels, std::size_t words,
                              const FiredBits& fired) {
  std::size_t p = 0;
  for (; p + 4 <= pixels; p += 4) fire_windows<4>(masks, bias, windows + p * words, words, fired, p);
  for (; p < pixels; ++p) fire_windows<1>(masks, bias, windows + p * words, words, fired, p);
}

/// Computes P pixels of one vector of outputs. Products are exact in T (8-bit inputs; weights of 8 bits in
/// float or of a float's 24 bits in double), so a fused operation rounds like two separate ones.
template <std::size_t P, class D, typename T>
HWY_INLINE void dense_block(D d, const T* HWY_RESTRICT weights, std::size_t padded, const Strips<T>& strips,
                            const T* start, std::size_t pixel, T* HWY_RESTRICT sums) {
  hn::Vec<D> sum[P];
  for (auto& s : sum) s = hn::LoadU(d, start);
  for (std::size_t k = 0; k < strips.count; ++k) {
    const T* in = strips.inputs[k] + pixel * strips.step;
    const T* w = weights + strips.first_row[k] * padded;
    for (std::size_t j = 0; j < strips.length; ++j, w += padded) {
      const auto weight = hn::LoadU(d, w);
      for (std::size_t p = 0; p < P; ++p)
        sum[p] = hn::MulAdd(weight, hn::Set(d, in[p * strips.step + j]), sum[p]);
    }
  }
  for (std::size_t p = 0; p < P; ++p) hn::StoreU(sum[p], d, sums + (pixel + p) * padded);
}

template <typename T>
HWY_INLINE void dense_sums_of(const T* weights, std::size_t padded, const Strips<T>& strips, const T* start,
                              std::size_t pixels, T* sums) {
  const hn::CappedTag<T, 16> d;
  for (std::size_t o = 0; o < padded; o += hn::Lanes(d)) {
    std::size_t p = 0;
    for (; p + 8 <= pixels; p += 8) dense_block<8>(d, weights + o, padded, strips, start + o, p, sums + o);
    for (; p < pixels; ++p) dense_block<1>(d, weights + o, padded, strips, start + o, p, sums + o);
  }
}

template <typename T>
HWY_INLINE void fire_sums_of(const T* sums, const T* bias, std::size_t outputs, std::size_t padded,
                             std::size_t pixels, std::uint64_t* words, std::size_t words_per_pixel) {
  const hn::CappedTag<T, 16> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t p = 0; p < pixels; ++p, sums += padded, words += words_per_pixel) {
    std::fill_n(words, words_per_pixel, std::uint64_t{0});
    for (std::size_t o = 0; o < outputs; o += lanes) {
      std::uint8_t mask[8] = {};
      const auto sum = hn::Add(hn::LoadU(d, sums + o), hn::LoadU(d, bias + o));
      hn::StoreMaskBits(d, hn::Gt(sum, hn::Zero(d)), mask);
      std::uint64_t bits = mask[0] | (std::uint64_t{mask[1]} << 8);
      if (outputs - o < lanes) bits &= (std::uint64_t{1} << (outputs - o)) - 1;
      words[o / 64] |= bits << (o % 64);
    }
  }
}

inline void dense_sums_f32(const float* weights, std::size_t padded, const Strips<float>& strips,
                           const float* start, std::size_t pixels, float* sums) {
  dense_sums_of(weights, padded, strips, start, pixels, sums);
}
inline void dense_sums_f64(const double* weights, std::size_t padded, const Strips<double>& strips,
                           const double* start, std::size_t pixels, double* sums) {
  dense_sums_of(weights, padded, strips, start, pixels, sums);
}
inline void fire_sums_f32(const float* sums, const float* bias, std::size_t outputs, std::size_t padded,
                          std::size_t pixels, std::uint64_t* words, std::size_t words_per_pixel) {
  fire_sums_of(sums, bias, outputs, padded, pixels, words, words_per_pixel);
}
inline void fire_sums_f64(const double* sums, const double* bias, std::size_t outputs, std::size_t padded,
                          std::size_t pixels, std::uint64_t* words, std::size_t words_per_pixel) {
  fire_sums_of(sums, bias, outputs, padded, pixels, words, words_per_pixel);
}

}  // namespace irc::network::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
