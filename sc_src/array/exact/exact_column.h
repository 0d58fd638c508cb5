// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/evaluator.h"

namespace irc::array {

/// Computes the exact currents of one column for selected vectors of a batch, which the fast engine hands
/// over.
/// \param vectors  indices into the batch, in any order
/// \param currents_a  output, one per selected vector, with read noise
EvaluationStats evaluate_exact_column(const ProgrammedTile& tile, std::size_t column,
                                      const WordLineBatch& batch, RowRange rows,
                                      std::span<const std::size_t> vectors, const ExactOptions& options,
                                      std::span<double> currents_a);

}  // namespace irc::array
