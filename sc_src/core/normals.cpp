// SPDX-License-Identifier: Apache-2.0
#include "normals.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "normals-inl.h"
// Highway asks for this order.
// clang-format off
#include <hwy/foreach_target.h>
#include "normals-inl.h"
// clang-format on

namespace irc {

HWY_EXPORT(normals_kernel);

void batch_normals(const std::uint64_t* keys, bool many, std::uint64_t index, double* out,
                   std::size_t count) {
  HWY_DYNAMIC_DISPATCH(normals_kernel)(keys, many, index, out, count);
}

}  // namespace irc
