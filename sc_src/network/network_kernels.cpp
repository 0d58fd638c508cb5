// SPDX-License-Identifier: Apache-2.0
#include "network_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "network_kernels-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "network_kernels-inl.h"
// clang-format on

namespace irc::network {

HWY_EXPORT(count_block_kernel);
HWY_EXPORT(fire_block_kernel);
HWY_EXPORT(dense_sums_f32);
HWY_EXPORT(dense_sums_f64);
HWY_EXPORT(fire_sums_f32);
HWY_EXPORT(fire_sums_f64);

void count_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* window,
                 std::size_t words, std::int64_t* sums) {
  HWY_DYNAMIC_DISPATCH(count_block_kernel)(masks, bias, window, words, sums);
}

void fire_block(const std::uint64_t* masks, const std::int64_t* bias, const std::uint64_t* windows,
                std::size_t pixels, std::size_t words, const FiredBits& fired) {
  HWY_DYNAMIC_DISPATCH(fire_block_kernel)(masks, bias, windows, pixels, words, fired);
}

template <>
void dense_sums(const float* weights, std::size_t padded, const Strips<float>& strips, const float* start,
                std::size_t pixels, float* sums) {
  HWY_DYNAMIC_DISPATCH(dense_sums_f32)(weights, padded, strips, start, pixels, sums);
}

template <>
void dense_sums(const double* weights, std::size_t padded, const Strips<double>& strips, const double* start,
                std::size_t pixels, double* sums) {
  HWY_DYNAMIC_DISPATCH(dense_sums_f64)(weights, padded, strips, start, pixels, sums);
}

template <>
void fire_sums(const float* sums, const float* bias, std::size_t outputs, std::size_t padded,
               std::size_t pixels, std::uint64_t* words, std::size_t words_per_pixel) {
  HWY_DYNAMIC_DISPATCH(fire_sums_f32)(sums, bias, outputs, padded, pixels, words, words_per_pixel);
}

template <>
void fire_sums(const double* sums, const double* bias, std::size_t outputs, std::size_t padded,
               std::size_t pixels, std::uint64_t* words, std::size_t words_per_pixel) {
  HWY_DYNAMIC_DISPATCH(fire_sums_f64)(sums, bias, outputs, padded, pixels, words, words_per_pixel);
}

}  // namespace irc::network
