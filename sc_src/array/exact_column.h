// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/evaluator.h"

namespace irc::array {

/// Exact currents of one column for vectors picked from a batch: what the fast engine hands over.
/// \param vectors     indices into the batch, in any order
/// \param currents_a  out, one per picked vector, read noise included
EvaluationStats evaluate_exact_column(const ProgrammedTile& tile, std::size_t column,
                                      const WordLineBatch& batch, RowRange rows,
                                      std::span<const std::size_t> vectors, const ExactOptions& options,
                                      std::span<double> currents_a);

}  // namespace irc::array
