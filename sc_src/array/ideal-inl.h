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

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// 32 columns side by side, whatever the width of a vector.
inline void sum_rows_kernel(const std::int64_t* HWY_RESTRICT values, const std::uint32_t* HWY_RESTRICT rows,
                            std::size_t count, std::int64_t* HWY_RESTRICT out) {
  const hn::CappedTag<std::int64_t, 8> d;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t part = 0; part < 32; part += 4 * n) {
    auto a = hn::Zero(d), b = a, c = a, e = a;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t* row = values + std::size_t{rows[i]} * 32 + part;
      a = hn::Add(a, hn::LoadU(d, row));
      b = hn::Add(b, hn::LoadU(d, row + n));
      c = hn::Add(c, hn::LoadU(d, row + 2 * n));
      e = hn::Add(e, hn::LoadU(d, row + 3 * n));
    }
    hn::StoreU(a, d, out + part);
    hn::StoreU(b, d, out + part + n);
    hn::StoreU(c, d, out + part + 2 * n);
    hn::StoreU(e, d, out + part + 3 * n);
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
