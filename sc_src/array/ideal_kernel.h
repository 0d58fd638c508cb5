// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "lump_sums.h"

namespace irc::array {

/// out[32] = number of bits set in vector[w] & masks[w][32], over all words.
void count_masked(const std::uint64_t* masks, const std::uint64_t* vector, std::size_t words,
                  std::int64_t* out);

/// What turns the integer sums of a block of columns into currents.
struct IdealColumns {
  alignas(64) double base_a[column_block] = {};         ///< all rows off
  alignas(64) double noise_by_step[column_block] = {};  ///< read-noise variance per quantum of current
  alignas(64) double noise_by_row[column_block] = {};   ///< ... and per driven row
};

/// out[vector][32] = base + quantum * (sum of all lumps) + noise.
/// \param sums     [lump][vector][32]
/// \param driven   [vector] driven rows
/// \param normals  [vector][32]; null: no noise
void sum_lumps(const IdealColumns& columns, double quantum_a, std::size_t lumps, const std::uint16_t* sums,
               std::size_t lump_stride, std::size_t vectors, const float* driven, const double* normals,
               double* out);

}  // namespace irc::array
