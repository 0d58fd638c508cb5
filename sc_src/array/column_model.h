// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/tile.h"
#include "lump_batch.h"

namespace irc::array {

/// Quarters of a column, in which the shape of a vector's activity is seen.
constexpr std::size_t shape_quarters = 4;
/// Columns of fewer lumps have no shape modes.
constexpr bool has_shape(std::size_t lumps) {
  return lumps >= shape_quarters;
}

/// What the fast engine knows of a block of 32 columns (docs/physics.md, "Fast engine").
///
/// A column's current is expanded about its expected ladder at the vector's own activity. With S_b the sum of
/// the driven cells' weights in lump b, u the activity a / a_max, z = u / (1 - c + c u) in 0 .. 1:
///     P_k = sum_b p_kb S_b            first order: polynomial in z, exact gradient of the expected ladder
///     m_j = sum_b t_jb S_b            shape: how the activity is spread along the column
///     u   = sum_k z_ref^k P_k / W     the expected ladder that carries the same current
///     I   = sum_k z^k (J_k + P_k) + sum_j m_j^2 (h_j(z) + m_j t_j(z)),  h_j and t_j parabolas
struct ColumnModelBlock {
  static constexpr std::size_t orders = 5;  ///< P_0 .. P_4
  static constexpr std::size_t modes = 2;   ///< m_1, m_2
  static constexpr std::size_t functionals = orders + modes;
  static constexpr std::size_t base_orders = 8;  ///< J_0 .. J_7

  /// Single values of a column, [column of the block].
  enum Parameter : std::size_t {
    activity_scale,                              ///< z_ref^k / W in units of P_k's integers, 5 of them
    functional_scale = activity_scale + orders,  ///< amperes (or relative units) per integer, 7 of them
    base = functional_scale + functionals,       ///< J_k, 8 of them
    shape = base + base_orders,                  ///< h_j and t_j of each mode, 2 x (3 + 3)
    saturation = shape + 6 * modes,              ///< c
    unsaturated,                                 ///< 1 - c
    noise_per_activity,                          ///< read-noise variance: this times u ...
    noise_per_row,                               ///< ... plus this times the driven rows
    most_activity,                               ///< u above this is outside the domain
    parameter_count
  };

  hwy::AlignedFreeUniquePtr<std::uint16_t[]> weights;  ///< [row of the layout][32], block_position order; or
  TileWeights packed;                                  ///< the same where there are matrix tiles
  hwy::AlignedFreeUniquePtr<std::int16_t[]> coefficients;  ///< [lump pair][functional][2][16][2]
  hwy::AlignedFreeUniquePtr<float[]> parameters;           ///< [Parameter][32]
};

/// The fast engine's model of the rows [begin, end) of a tile; other rows stay off.
///
/// How much a cell counts against its neighbours depends on how loaded the column is: a cell in the low state
/// loses more than one in the high state. Every set weighs the cells as at an activity of its own and serves
/// the vectors near it.
struct ColumnModel {
  LumpLayout layout;
  std::vector<std::vector<ColumnModelBlock>> blocks;  ///< [set][block]
  WeightSets weights;                                 ///< the blocks' weights
  std::size_t exact_columns = 0;  ///< columns without a model: every vector goes to the exact solver
};

/// Solves the expected ladder of every column and fits its model; parallel over columns.
ColumnModel make_column_model(const ProgrammedTile& tile, const LumpLayout& layout);

/// Currents of one block from its lump sums.
/// \param sums     [lump][vector][32] as `LumpIndex::sum` gives them, of the vectors named
/// \param vectors  where the vectors' results go
/// \param driven   [result] driven rows of the layout
/// \param i_a      out, [result][32]: current, NaN where the vector is outside the model's domain
/// \param sigma_a  out, [result][32]: standard deviation of the read noise; null: not wanted
void combine_lumps(const ColumnModelBlock& block, std::size_t lumps, const std::uint16_t* sums,
                   std::span<const std::uint32_t> vectors, const float* driven, float* i_a, float* sigma_a);

}  // namespace irc::array
