// SPDX-License-Identifier: Apache-2.0
// Highway header: compiled once per instruction set.
#if defined(IRC_ARRAY_IDEAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_IDEAL_INL_H_
#undef IRC_ARRAY_IDEAL_INL_H_
#else
#define IRC_ARRAY_IDEAL_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "ideal_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline void sum_lumps_kernel(const IdealColumns& columns, double quantum_a, std::size_t lumps,
                             const std::uint16_t* HWY_RESTRICT sums, std::size_t lump_stride,
                             std::size_t vectors, const float* driven, const double* normals,
                             double* HWY_RESTRICT out) {
  const hn::CappedTag<double, 8> d;
  const hn::Rebind<std::int32_t, decltype(d)> di;
  const hn::Rebind<std::uint16_t, decltype(d)> d16;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t c = 0; c < column_block; c += n) {
      auto total = hn::Zero(di);
      for (std::size_t lump = 0; lump < lumps; ++lump)
        total = hn::Add(total,
                        hn::PromoteTo(di, hn::LoadU(d16, sums + lump * lump_stride + v * column_block + c)));
      const auto count = hn::PromoteTo(d, total);
      auto i = hn::Add(hn::Load(d, columns.base_a + c), hn::Mul(hn::Set(d, quantum_a), count));
      if (normals != nullptr) {
        const auto by_row = hn::Mul(hn::Load(d, columns.noise_by_row + c), hn::Set(d, double{driven[v]}));
        const auto variance = hn::Add(hn::Mul(hn::Load(d, columns.noise_by_step + c), count), by_row);
        const auto sigma = hn::Sqrt(hn::Max(variance, hn::Zero(d)));
        i = hn::Add(i, hn::Mul(sigma, hn::LoadU(d, normals + v * column_block + c)));
      }
      hn::Store(i, d, out + v * column_block + c);
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
