// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_CORE_BIT_COUNTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_CORE_BIT_COUNTS_INL_H_
#undef IRC_CORE_BIT_COUNTS_INL_H_
#else
#define IRC_CORE_BIT_COUNTS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace irc::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Number of set bits of words(d, i) over all n words. The last words are handled one by one.
template <typename Words>
HWY_INLINE std::uint64_t count(std::size_t n, const Words& words) {
  const hn::ScalableTag<std::uint64_t> d;
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) sum = hn::Add(sum, hn::PopulationCount(words(d, i)));
  std::uint64_t ones = hn::GetLane(hn::SumOfLanes(d, sum));
  const hn::CappedTag<std::uint64_t, 1> one;
  for (; i < n; ++i) ones += hn::GetLane(hn::PopulationCount(words(one, i)));
  return ones;
}

inline std::uint64_t count_ones_kernel(const std::uint64_t* words, std::size_t n) {
  return count(n, [=](auto d, std::size_t i) HWY_ATTR { return hn::LoadU(d, words + i); });
}

inline std::uint64_t count_differences_kernel(const std::uint64_t* a, const std::uint64_t* b, std::size_t n) {
  return count(
      n, [=](auto d, std::size_t i) HWY_ATTR { return hn::Xor(hn::LoadU(d, a + i), hn::LoadU(d, b + i)); });
}

}  // namespace irc::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
