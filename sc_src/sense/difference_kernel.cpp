// SPDX-License-Identifier: Apache-2.0
#include "difference_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "difference-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "difference-inl.h"
// clang-format on

namespace irc::sense {

HWY_EXPORT(differences_kernel);
HWY_EXPORT(decide_kernel);

void differences(const DifferenceRules& rules, const DifferenceInputs& in, const double* noise, double* out,
                 std::size_t n) {
  HWY_DYNAMIC_DISPATCH(differences_kernel)(rules, in, noise, out, n);
}

void decide(const DifferenceRules& rules, const DifferenceInputs& in, double largest_noise,
            std::uint64_t* above, std::uint64_t* open, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(decide_kernel)(rules, in, largest_noise, above, open, n);
}

}  // namespace irc::sense
