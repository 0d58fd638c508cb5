// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_FINISH_INL_H_
#undef IRC_ARRAY_FINISH_INL_H_
#else
#define IRC_ARRAY_FINISH_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "fast/finish.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline bool finish_currents_kernel(const FinishBlock& block, double* HWY_RESTRICT sums_a) {
  const hn::CappedTag<double, 8> d;
  const hn::Rebind<float, decltype(d)> df;
  const std::size_t n = hn::Lanes(d);
  auto valid = hn::Eq(hn::Zero(d), hn::Zero(d));
  for (std::size_t c = 0; c < column_block; c += n) {
    auto sum = hn::Load(d, sums_a + c);
    const std::size_t used = c < block.columns ? std::min(n, block.columns - c) : 0;
    for (std::size_t v = 0; v < block.vectors; ++v) {
      const std::size_t at = v * column_block + c;
      auto i = hn::PromoteTo(d, hn::Load(df, block.i_a + at));
      if (block.sigma_a != nullptr)
        i = hn::Add(i, hn::Mul(hn::PromoteTo(d, hn::Load(df, block.sigma_a + at)),
                               hn::PromoteTo(d, hn::Load(df, block.normals + at))));
      const auto ok = hn::Eq(i, i);
      valid = hn::And(valid, ok);
      sum = hn::Add(sum, hn::IfThenElseZero(ok, i));
      double* out = block.currents_a + v * block.stride + c;
      if (used == n) {
        hn::StoreU(i, d, out);
      } else if (used > 0) {
        HWY_ALIGN double values[8];
        hn::Store(i, d, values);
        std::copy_n(values, used, out);
      }
    }
    hn::Store(sum, d, sums_a + c);
  }
  return hn::AllTrue(d, valid);
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
