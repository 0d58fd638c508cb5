// SPDX-License-Identifier: Apache-2.0
#include "fast/mean_field.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fast/mean_field-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "fast/mean_field-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(solve_mean_field_kernel);

bool solve_mean_field(const MeanFieldLadder& ladder, MeanFieldSolution& solution) {
  return HWY_DYNAMIC_DISPATCH(solve_mean_field_kernel)(ladder, solution);
}

}  // namespace irc::array
