// SPDX-License-Identifier: Apache-2.0
#include "fast/column_model.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fast/combine-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "fast/combine-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(combine_lumps_kernel);

void combine_lumps(const ColumnModelBlock& block, std::size_t lumps, const std::uint16_t* sums,
                   std::span<const std::uint32_t> vectors, const float* driven, float* i_a, float* sigma_a) {
  HWY_DYNAMIC_DISPATCH(combine_lumps_kernel)
  (block, lumps, sums, vectors.data(), vectors.size(), driven, i_a, sigma_a);
}

}  // namespace irc::array
