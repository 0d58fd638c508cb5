// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "lump_sums.h"

namespace irc::array {

/// Currents of one block of columns on their way out: widened, read noise added.
struct FinishBlock {
  const float* i_a = nullptr;            ///< [vector][32], NaN where there is no value
  const float* sigma_a = nullptr;        ///< [vector][32]; null: no noise
  const float* normals = nullptr;        ///< [vector][32]
  std::size_t vectors = 0, columns = 0;  ///< columns in use
  double* currents_a = nullptr;          ///< [vector * stride + column]
  std::size_t stride = 0;
};

/// Adds each column's currents to sums_a[32], vector after vector. Returns false if a value was NaN.
bool finish_currents(const FinishBlock& block, double* sums_a);

}  // namespace irc::array
