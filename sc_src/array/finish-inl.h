// SPDX-License-Identifier: Apache-2.0
// Highway header: compiled once per instruction set.
#if defined(IRC_ARRAY_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_FINISH_INL_H_
#undef IRC_ARRAY_FINISH_INL_H_
#else
#define IRC_ARRAY_FINISH_INL_H_
#endif

#include <hwy/highway.h>

#include "finish.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline bool finish_currents_kernel(const FinishBlock& block, double* HWY_RESTRICT sums_a) {
  const hn::CappedTag<double, 8> d;
  const hn::Rebind<float, decltype(d)> df;
  const std::size_t n = hn::Lanes(d);
  bool complete = true;
  HWY_ALIGN double values[column_block];
  for (std::size_t v = 0; v < block.vectors; ++v) {
    double* out = block.currents_a + v * block.stride;
    auto valid = hn::Eq(hn::Zero(d), hn::Zero(d));
    for (std::size_t c = 0; c < column_block; c += n) {
      const std::size_t at = v * column_block + c;
      auto i = hn::PromoteTo(d, hn::Load(df, block.i_a + at));
      if (block.sigma_a != nullptr)
        i = hn::Add(
            i, hn::Mul(hn::PromoteTo(d, hn::Load(df, block.sigma_a + at)), hn::Load(d, block.normals + at)));
      const auto ok = hn::Eq(i, i);
      valid = hn::And(valid, ok);
      hn::Store(hn::Add(hn::Load(d, sums_a + c), hn::IfThenElseZero(ok, i)), d, sums_a + c);
      block.columns == column_block ? hn::StoreU(i, d, out + c) : hn::Store(i, d, values + c);
    }
    if (block.columns != column_block) std::copy_n(values, block.columns, out);
    complete = complete && hn::AllTrue(d, valid);
  }
  return complete;
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
