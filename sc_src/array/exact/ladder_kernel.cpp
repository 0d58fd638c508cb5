// SPDX-License-Identifier: Apache-2.0
#include "exact/ladder.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "exact/ladder-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "exact/ladder-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(solve_ladder_kernel);
HWY_EXPORT(ladder_lanes_kernel);

void solve_ladder(const Ladder& ladder, LadderRun& run) {
  HWY_DYNAMIC_DISPATCH(solve_ladder_kernel)(ladder, run);
}

std::size_t ladder_lanes() {
  return HWY_DYNAMIC_DISPATCH(ladder_lanes_kernel)();
}

}  // namespace irc::array
