// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/tile.h"
#include "lumps/lump_batch.h"

namespace irc::array {

/// Number of parts of a column in which the distribution of a vector's activity is observed.
constexpr std::size_t shape_quarters = 4;
/// Columns with fewer lumps have no shape modes.
constexpr bool has_shape(std::size_t lumps) {
  return lumps >= shape_quarters;
}

/// The fast engine's model of a block of 32 columns (docs/physics.md, "Fast engine").
///
/// The current of a column is expanded about its expected ladder at the vector's own activity. S_b is the sum
/// of the driven cells' weights in lump b, u is the activity a / a_max, and z = u / (1 - c + c u) is in 0 ..
/// 1:
///     P_k = sum_b p_kb S_b            first order: polynomial in z, exact gradient of the expected ladder
///     m_j = sum_b t_jb S_b            shape: how the activity is distributed along the column
///     u   = sum_k z_ref^k P_k / W     the expected ladder that carries the same current
///     I   = sum_k z^k (J_k + P_k) + sum_j m_j^2 (h_j(z) + m_j t_j(z)),  h_j and t_j parabolas
struct ColumnModelBlock {
  static constexpr std::size_t orders = 5;  ///< P_0 .. P_4
  static constexpr std::size_t modes = 2;   ///< m_1, m_2
  static constexpr std::size_t functionals = orders + modes;
  static constexpr std::size_t base_orders = 8;  ///< J_0 .. J_7

  /// Single values of a column, indexed by [column of the block].
  enum Parameter : std::size_t {
    activity_scale,                              ///< z_ref^k / W per integer step of P_k, 5 values
    functional_scale = activity_scale + orders,  ///< amperes (or relative units) per integer step, 7 values
    base = functional_scale + functionals,       ///< J_k, 8 values
    shape = base + base_orders,                  ///< h_j and t_j of each mode, 2 x (3 + 3) values
    saturation = shape + 6 * modes,              ///< c
    unsaturated,                                 ///< 1 - c
    noise_per_activity,                          ///< variance of the read noise: this times u ...
    noise_per_row,                               ///< ... plus this times the number of driven rows
    most_activity,                               ///< a larger u is outside the domain
    most_shape,                                  ///< a larger share of second and third order is outside
    most_per_row,                                ///< a larger current than this times the driven rows ...
    most_leakage,                                ///< ... plus this is outside the domain
    least_current,                               ///< a smaller current is outside the domain
    parameter_count
  };

  /// [row of the layout][32], in block_position order; empty if there are matrix tiles.
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> weights;
  TileWeights packed;                                      ///< the same weights, if there are matrix tiles
  hwy::AlignedFreeUniquePtr<std::int16_t[]> coefficients;  ///< [lump pair][functional][2][16][2]
  hwy::AlignedFreeUniquePtr<float[]> parameters;           ///< [Parameter][32]
};

/// The vectors to which a checked model may be applied, by their number of driven rows.
struct TrustedRange {
  float least_driven = 1, most_driven = 0;
  bool contains(float driven) const { return driven >= least_driven && driven <= most_driven; }
  bool empty() const { return most_driven < least_driven; }
};

/// The fast engine's model of the rows [begin, end) of a tile. Other rows stay off.
///
/// The weight of a cell relative to its neighbours depends on the load of the column: a cell in the low state
/// loses more current than one in the high state. Every set of weights belongs to an activity and serves the
/// vectors near it.
struct ColumnModel {
  LumpLayout layout;
  std::vector<std::vector<ColumnModelBlock>> blocks;  ///< [set][block]
  WeightSets weights;                                 ///< weights of the blocks
  /// Columns without a model, for which every vector goes to the exact solver.
  std::size_t exact_columns = 0;
  TrustedRange trusted;  ///< set by check_model; empty before
  /// Largest deviation from the exact solver that check_model has seen within the trusted range, relative as
  /// deviation_floor_a says.
  double error = 0;

  /// Takes the model of a column away: all its vectors go to the exact solver.
  void dismiss(std::size_t column);
  /// Sets the largest share of the second and third order in a current, for all columns.
  void limit_shape(double share);
};

/// Solves the expected ladder of every column and fits its model, in parallel over columns.
ColumnModel make_column_model(const ProgrammedTile& tile, const LumpLayout& layout);

/// Computes the currents of one block from its lump sums.
/// \param sums  [lump][vector][32] as given by `LumpIndex::sum`, for the named vectors
/// \param vectors  the positions of the vectors' results
/// \param driven  [result] driven rows of the layout
/// \param i_a  output, [result][32]: current, or NaN if the vector is outside the model's domain
/// \param sigma_a  output, [result][32]: standard deviation of the read noise; may be null
void combine_lumps(const ColumnModelBlock& block, std::size_t lumps, const std::uint16_t* sums,
                   std::span<const std::uint32_t> vectors, const float* driven, float* i_a, float* sigma_a);

/// The same for all vectors of a chunk: the currents go to `space.i_a`, and with `noisy` the standard
/// deviations of their noise to `space.sigma_a`.
void combine_chunk(const ColumnModel& model, const LumpChunk& chunk, ChunkSpace& space, bool noisy);

}  // namespace irc::array
