// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "lumps/lump_sums.h"

namespace irc::array {

/// The output stage of one block of columns: converts currents to double and adds read noise.
struct FinishBlock {
  const float* i_a = nullptr;            ///< [vector][32], NaN if there is no value
  const float* sigma_a = nullptr;        ///< [vector][32]; null if there is no noise
  const float* normals = nullptr;        ///< [vector][32]
  std::size_t vectors = 0, columns = 0;  ///< columns that are in use
  double* currents_a = nullptr;          ///< [vector * stride + column]
  std::size_t stride = 0;
};

/// Finishes the currents and adds them to sums_a[32] per column, vector after vector. Returns false if a
/// value was NaN.
bool finish_currents(const FinishBlock& block, double* sums_a);

}  // namespace irc::array
