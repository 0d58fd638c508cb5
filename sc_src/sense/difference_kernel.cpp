// SPDX-License-Identifier: Apache-2.0
#include "difference_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "difference-inl.h"
// Highway asks for this order.
// clang-format off
#include <hwy/foreach_target.h>
#include "difference-inl.h"
// clang-format on

namespace irc::sense {

HWY_EXPORT(differences_kernel);
HWY_EXPORT(above_kernel);

void differences(const DifferenceRules& rules, const DifferenceInputs& in, double* out, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(differences_kernel)(rules, in, out, n);
}

void above(const double* values, std::size_t n, double threshold, std::uint64_t* bits) {
  HWY_DYNAMIC_DISPATCH(above_kernel)(values, n, threshold, bits);
}

}  // namespace irc::sense
