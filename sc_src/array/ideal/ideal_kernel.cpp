// SPDX-License-Identifier: Apache-2.0
#include "ideal/ideal_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ideal/ideal-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "ideal/ideal-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(sum_lumps_kernel);
HWY_EXPORT(count_masked_kernel);

void count_masked(const std::uint64_t* masks, const std::uint64_t* vector, std::size_t words,
                  std::int64_t* out) {
  HWY_DYNAMIC_DISPATCH(count_masked_kernel)(masks, vector, words, out);
}

void sum_lumps(const IdealColumns& columns, double quantum_a, const IdealSums& in, const IdealOutput& out) {
  HWY_DYNAMIC_DISPATCH(sum_lumps_kernel)(columns, quantum_a, in, out);
}

}  // namespace irc::array
