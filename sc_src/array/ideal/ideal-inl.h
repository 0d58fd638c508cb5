// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_IDEAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_IDEAL_INL_H_
#undef IRC_ARRAY_IDEAL_INL_H_
#else
#define IRC_ARRAY_IDEAL_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ideal/ideal_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Computes the integer sums of all lumps of one vector, [column].
HWY_INLINE void add_lumps(const std::uint16_t* HWY_RESTRICT sums, std::size_t lump_stride, std::size_t lumps,
                          std::int32_t* HWY_RESTRICT totals) {
  const hn::CappedTag<std::int32_t, 16> d;
  const hn::Rebind<std::uint16_t, decltype(d)> d16;
  for (std::size_t c = 0; c < column_block; c += hn::Lanes(d)) {
    auto a = hn::Zero(d), b = a;
    std::size_t lump = 0;
    for (; lump + 1 < lumps; lump += 2) {
      a = hn::Add(a, hn::PromoteTo(d, hn::Load(d16, sums + lump * lump_stride + c)));
      b = hn::Add(b, hn::PromoteTo(d, hn::Load(d16, sums + (lump + 1) * lump_stride + c)));
    }
    if (lump < lumps) a = hn::Add(a, hn::PromoteTo(d, hn::Load(d16, sums + lump * lump_stride + c)));
    hn::Store(hn::Add(a, b), d, totals + c);
  }
}

inline void sum_lumps_kernel(const IdealColumns& columns, double quantum_a, const IdealSums& in,
                             const IdealOutput& out) {
  const hn::CappedTag<double, 8> d;
  const hn::Rebind<std::int32_t, decltype(d)> di;
  const hn::Rebind<float, decltype(d)> df;
  const std::size_t n = hn::Lanes(d);
  HWY_ALIGN std::int32_t totals[column_block];
  HWY_ALIGN double values[column_block];
  for (std::size_t v = 0; v < in.vectors; ++v) {
    add_lumps(in.sums + v * column_block, in.lump_stride, in.lumps, totals);
    double* place = out.currents_a + v * out.stride;
    for (std::size_t c = 0; c < column_block; c += n) {
      const auto count = hn::PromoteTo(d, hn::Load(di, totals + c));
      auto i = hn::Add(hn::Load(d, columns.base_a + c), hn::Mul(hn::Set(d, quantum_a), count));
      if (in.normals != nullptr) {
        const auto by_row = hn::Mul(hn::Load(d, columns.noise_by_row + c), hn::Set(d, double{in.driven[v]}));
        const auto variance = hn::Add(hn::Mul(hn::Load(d, columns.noise_by_step + c), count), by_row);
        const auto sigma = hn::Sqrt(hn::Max(variance, hn::Zero(d)));
        i = hn::Add(i, hn::Mul(sigma, hn::PromoteTo(d, hn::Load(df, in.normals + v * column_block + c))));
      }
      hn::Store(hn::Add(hn::Load(d, out.sums_a + c), i), d, out.sums_a + c);
      out.columns == column_block ? hn::StoreU(i, d, place + c) : hn::Store(i, d, values + c);
    }
    if (out.columns != column_block) std::copy_n(values, out.columns, place);
  }
}

inline void count_masked_kernel(const std::uint64_t* HWY_RESTRICT masks,
                                const std::uint64_t* HWY_RESTRICT vector, std::size_t words,
                                std::int64_t* HWY_RESTRICT out) {
  const hn::CappedTag<std::uint64_t, 8> d;
  const hn::RebindToSigned<decltype(d)> di;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t part = 0; part < 32; part += 4 * n) {
    auto a = hn::Zero(d), b = a, c = a, e = a;
    for (std::size_t w = 0; w < words; ++w) {
      const std::uint64_t* mask = masks + w * 32 + part;
      const auto x = hn::Set(d, vector[w]);
      a = hn::Add(a, hn::PopulationCount(hn::And(x, hn::LoadU(d, mask))));
      b = hn::Add(b, hn::PopulationCount(hn::And(x, hn::LoadU(d, mask + n))));
      c = hn::Add(c, hn::PopulationCount(hn::And(x, hn::LoadU(d, mask + 2 * n))));
      e = hn::Add(e, hn::PopulationCount(hn::And(x, hn::LoadU(d, mask + 3 * n))));
    }
    hn::StoreU(hn::BitCast(di, a), di, out + part);
    hn::StoreU(hn::BitCast(di, b), di, out + part + n);
    hn::StoreU(hn::BitCast(di, c), di, out + part + 2 * n);
    hn::StoreU(hn::BitCast(di, e), di, out + part + 3 * n);
  }
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
