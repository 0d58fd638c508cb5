// SPDX-License-Identifier: Apache-2.0
#include "irc/core/bits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bit_counts-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "bit_counts-inl.h"
// clang-format on

namespace irc {

HWY_EXPORT(count_ones_kernel);
HWY_EXPORT(count_differences_kernel);

std::uint64_t count_ones(std::span<const std::uint64_t> words) {
  return HWY_DYNAMIC_DISPATCH(count_ones_kernel)(words.data(), words.size());
}

std::uint64_t count_differences(std::span<const std::uint64_t> a, const std::uint64_t* b) {
  return HWY_DYNAMIC_DISPATCH(count_differences_kernel)(a.data(), b, a.size());
}

}  // namespace irc
