// SPDX-License-Identifier: Apache-2.0
#include "normals.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "normals-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "normals-inl.h"
// clang-format on

namespace irc {

HWY_EXPORT(normals_of_family);
HWY_EXPORT(normals_of_families);
HWY_EXPORT(normals_of_pairs);
HWY_EXPORT(exp_of);

void batch_normals(std::uint64_t key, std::uint64_t first, double* out, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(normals_of_family)(key, first, out, count);
}

void batch_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first, std::size_t indices,
                   double* out) {
  HWY_DYNAMIC_DISPATCH(normals_of_families)(keys, families, first, indices, out);
}

void batch_normals(const std::uint64_t* keys, const std::uint64_t* indices, double* out, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(normals_of_pairs)(keys, indices, out, count);
}

void batch_exp(double* x, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(exp_of)(x, count);
}

}  // namespace irc
