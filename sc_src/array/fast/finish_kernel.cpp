// SPDX-License-Identifier: Apache-2.0
#include "fast/finish.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fast/finish-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "fast/finish-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(finish_currents_kernel);

bool finish_currents(const FinishBlock& block, double* sums_a) {
  return HWY_DYNAMIC_DISPATCH(finish_currents_kernel)(block, sums_a);
}

}  // namespace irc::array
