// SPDX-License-Identifier: Apache-2.0
#include "normals.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "coarse_normals-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "coarse_normals-inl.h"
// clang-format on

namespace irc {

HWY_EXPORT(coarse_normals_of_families);

void batch_coarse_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first,
                          std::size_t indices, float* out) {
  HWY_DYNAMIC_DISPATCH(coarse_normals_of_families)(keys, families, first, indices, out);
}

}  // namespace irc
