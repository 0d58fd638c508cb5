// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "lumps/lump_sums.h"

namespace irc::array {

/// Sets out[32] to the number of bits set in vector[w] & masks[w][32], over all words.
void count_masked(const std::uint64_t* masks, const std::uint64_t* vector, std::size_t words,
                  std::int64_t* out);

/// Converts the integer sums of a block of columns to currents.
struct IdealColumns {
  alignas(64) double base_a[column_block] = {};         ///< current with all rows off
  alignas(64) double noise_by_step[column_block] = {};  ///< read-noise variance per quantum of current
  alignas(64) double noise_by_row[column_block] = {};   ///< read-noise variance per driven row
};

struct IdealSums {
  const std::uint16_t* sums = nullptr;  ///< [lump * lump_stride + vector * 32 + column]
  std::size_t lump_stride = 0, lumps = 0, vectors = 0;
  const float* driven = nullptr;   ///< [vector] driven rows; needed only with noise
  const float* normals = nullptr;  ///< [vector][32]; null if there is no noise
};

struct IdealOutput {
  double* currents_a = nullptr;  ///< [vector * stride + column]
  std::size_t stride = 0, columns = 0;
  /// [32], 64-byte aligned; the currents of each column are added, vector after vector.
  double* sums_a = nullptr;
};

/// Computes currents_a = base + quantum * (sum of all lumps) + noise.
void sum_lumps(const IdealColumns& columns, double quantum_a, const IdealSums& in, const IdealOutput& out);

}  // namespace irc::array
