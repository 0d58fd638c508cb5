// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set. It uses no fused operations, so
// every instruction set gives the same bits.
#if defined(IRC_ARRAY_COMBINE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_COMBINE_INL_H_
#undef IRC_ARRAY_COMBINE_INL_H_
#else
#define IRC_ARRAY_COMBINE_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "fast/column_model.h"

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Model = ColumnModelBlock;

#if HWY_TARGET == HWY_SCALAR

/// Computes the functionals of one vector, [functional][column of the block].
template <std::size_t>
inline void sum_functionals(const Model& block, std::size_t lumps, const std::uint16_t* sums,
                            std::size_t lump_stride, std::int32_t* out) {
  std::fill_n(out, Model::functionals * column_block, 0);
  for (std::size_t lump = 0; lump < lumps; ++lump)
    for (std::size_t k = 0; k < Model::functionals; ++k)
      for (std::size_t c = 0; c < column_block; ++c)
        out[k * column_block + c] +=
            std::int32_t{sums[lump * lump_stride + block_position(c)]} *
            block
                .coefficients[(lump / 2 * Model::functionals + k) * 64 + c / 16 * 32 + c % 16 * 2 + lump % 2];
}

#else

using TagS = hn::CappedTag<std::int16_t, 32>;
using TagI = hn::Repartition<std::int32_t, TagS>;
using VecS = hn::Vec<TagS>;
using VecI = hn::Vec<TagI>;

/// acc + a_0 b_0 + a_1 b_1 of neighbouring 16-bit lanes.
HWY_INLINE VecI add_pair_products(VecI acc, VecS a, VecS b) {
  const TagI d;
#if HWY_ARCH_X86
  VecI unused = hn::Zero(d);  // x86 does not change the second sum
  return hn::ReorderWidenMulAccumulate(d, a, b, acc, unused);
#else
  const VecI a32 = hn::BitCast(d, a), b32 = hn::BitCast(d, b);
  const VecI low =
      hn::Mul(hn::ShiftRight<16>(hn::ShiftLeft<16>(a32)), hn::ShiftRight<16>(hn::ShiftLeft<16>(b32)));
  const VecI high = hn::Mul(hn::ShiftRight<16>(a32), hn::ShiftRight<16>(b32));
  return hn::Add(acc, hn::Add(low, high));
#endif
}

/// Computes the first kCount functionals of one vector, [functional][column of the block].
template <std::size_t kCount>
HWY_INLINE void sum_functionals(const Model& block, std::size_t lumps, const std::uint16_t* sums,
                                std::size_t lump_stride, std::int32_t* out) {
  const TagS d;
  const TagI di;
  for (std::size_t part = 0; part < column_block; part += hn::Lanes(d)) {
    VecI low_sum[kCount], high_sum[kCount];
    for (std::size_t k = 0; k < kCount; ++k) low_sum[k] = high_sum[k] = hn::Zero(di);
    for (std::size_t lump = 0; lump < lumps; lump += 2) {
      const auto* first = reinterpret_cast<const std::int16_t*>(sums + lump * lump_stride) + part;
      const VecS a = hn::Load(d, first);
      const VecS b = lump + 1 < lumps ? hn::Load(d, first + lump_stride) : hn::Zero(d);
      const VecS low = hn::InterleaveLower(d, a, b), high = hn::InterleaveUpper(d, a, b);
      const std::int16_t* c = block.coefficients.get() + lump / 2 * Model::functionals * 64 + part;
      for (std::size_t k = 0; k < kCount; ++k, c += 64) {
        low_sum[k] = add_pair_products(low_sum[k], low, hn::Load(d, c));
        high_sum[k] = add_pair_products(high_sum[k], high, hn::Load(d, c + 32));
      }
    }
    for (std::size_t k = 0; k < kCount; ++k) {
      hn::Store(low_sum[k], di, out + k * column_block + part / 2);
      hn::Store(high_sum[k], di, out + k * column_block + 16 + part / 2);
    }
  }
}

#endif

using TagF = hn::CappedTag<float, 16>;
using VecF = hn::Vec<TagF>;

/// Evaluates the polynomials and the guard of one group of columns from their functionals.
template <bool kShape>
HWY_INLINE void evaluate_columns(const Model& block, std::size_t column, const std::int32_t* functionals,
                                 float driven, float* i_a, float* sigma_a) {
  const TagF d;
  const hn::Rebind<std::int32_t, TagF> di;
  const auto parameter = [&](std::size_t which) HWY_ATTR {
    return hn::Load(d, block.parameters.get() + which * column_block + column);
  };
  VecF sums[Model::functionals];
  for (std::size_t k = 0; k < (kShape ? Model::functionals : Model::orders); ++k)
    sums[k] = hn::ConvertTo(d, hn::Load(di, functionals + k * column_block + column));
  VecF u = hn::Mul(sums[0], parameter(Model::activity_scale));
  for (std::size_t k = 1; k < Model::orders; ++k)
    u = hn::Add(u, hn::Mul(sums[k], parameter(Model::activity_scale + k)));
  const VecF z = hn::Div(u, hn::Add(parameter(Model::unsaturated), hn::Mul(parameter(Model::saturation), u)));
  VecF i = parameter(Model::base + Model::base_orders - 1);
  for (std::size_t k = Model::base_orders - 1; k-- > 0;) {
    VecF order = parameter(Model::base + k);
    if (k < Model::orders) order = hn::Add(order, hn::Mul(sums[k], parameter(Model::functional_scale + k)));
    i = hn::Add(hn::Mul(i, z), order);
  }
  // A vector is outside if it has more activity than the model covers, or a shape so unusual that the third
  // order matters.
  auto outside = hn::Gt(u, parameter(Model::most_activity));
  if constexpr (kShape) {
    VecF second = hn::Zero(d), size = hn::Zero(d);
    for (std::size_t j = 0; j < Model::modes; ++j) {
      const VecF m = hn::Mul(sums[Model::orders + j], parameter(Model::functional_scale + Model::orders + j));
      const std::size_t h = Model::shape + 6 * j;
      const auto parabola = [&](std::size_t at) HWY_ATTR {
        const VecF upper = hn::Add(hn::Mul(parameter(at + 2), z), parameter(at + 1));
        return hn::Add(hn::Mul(upper, z), parameter(at));
      };
      const VecF curvature = parabola(h), skew = hn::Mul(m, parabola(h + 3)), square = hn::Mul(m, m);
      second = hn::Add(second, hn::Mul(square, hn::Add(curvature, skew)));
      // Terms of opposite sign cancel by chance, while their errors remain.
      size = hn::Add(size, hn::Mul(square, hn::Add(hn::Abs(curvature), hn::Abs(skew))));
    }
    outside = hn::Or(outside, hn::Gt(size, hn::Mul(parameter(Model::most_shape), i)));
    i = hn::Add(i, second);
  }
  // No approximation may leave the bounds that hold for every column. The comparison also catches NaN.
  const VecF most =
      hn::Add(hn::Mul(hn::Set(d, driven), parameter(Model::most_per_row)), parameter(Model::most_leakage));
  const auto possible = hn::And(hn::Ge(i, parameter(Model::least_current)), hn::Le(i, most));
  outside = hn::Or(outside, hn::Not(possible));
  const VecF nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
  hn::StoreU(hn::IfThenElse(outside, nan, i), d, i_a + column);
  if (sigma_a == nullptr) return;
  const VecF variance = hn::Add(hn::Mul(u, parameter(Model::noise_per_activity)),
                                hn::Mul(hn::Set(d, driven), parameter(Model::noise_per_row)));
  hn::StoreU(hn::Sqrt(hn::Max(variance, hn::Zero(d))), d, sigma_a + column);
}

template <bool kShape>
HWY_INLINE void combine_vectors(const Model& block, std::size_t lumps, const std::uint16_t* sums,
                                const std::uint32_t* vectors, std::size_t count, const float* driven,
                                float* i_a, float* sigma_a) {
  HWY_ALIGN std::int32_t functionals[Model::functionals * column_block];
  for (std::size_t v = 0; v < count; ++v) {
    const std::size_t place = vectors[v] * column_block;
    float* sigma = sigma_a == nullptr ? nullptr : sigma_a + place;
    sum_functionals<kShape ? Model::functionals : Model::orders>(block, lumps, sums + v * column_block,
                                                                 count * column_block, functionals);
    for (std::size_t column = 0; column < column_block; column += hn::Lanes(TagF()))
      evaluate_columns<kShape>(block, column, functionals, driven[vectors[v]], i_a + place, sigma);
  }
}

inline void combine_lumps_kernel(const Model& block, std::size_t lumps, const std::uint16_t* sums,
                                 const std::uint32_t* vectors, std::size_t count, const float* driven,
                                 float* i_a, float* sigma_a) {
  has_shape(lumps) ? combine_vectors<true>(block, lumps, sums, vectors, count, driven, i_a, sigma_a)
                   : combine_vectors<false>(block, lumps, sums, vectors, count, driven, i_a, sigma_a);
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
