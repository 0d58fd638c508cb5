// SPDX-License-Identifier: Apache-2.0
#include "ideal_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ideal-inl.h"
// Highway asks for this order.
// clang-format off
#include <hwy/foreach_target.h>
#include "ideal-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(sum_rows_kernel);
HWY_EXPORT(count_masked_kernel);

void sum_rows(const std::int64_t* values, const std::uint32_t* rows, std::size_t count, std::int64_t* out) {
  HWY_DYNAMIC_DISPATCH(sum_rows_kernel)(values, rows, count, out);
}

void count_masked(const std::uint64_t* masks, const std::uint64_t* vector, std::size_t words,
                  std::int64_t* out) {
  HWY_DYNAMIC_DISPATCH(count_masked_kernel)(masks, vector, words, out);
}

}  // namespace irc::array
