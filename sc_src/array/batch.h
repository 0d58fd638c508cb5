// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/array/evaluator.h"

namespace irc::array {

/// Throws InputError if batch, row range and output do not fit the tile.
void check_batch(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                 std::span<const double> currents_a);

/// The vectors of the batch with all rows outside the range switched off, words_for(tile rows) words each.
std::vector<std::uint64_t> masked_vectors(const ProgrammedTile& tile, const WordLineBatch& batch,
                                          RowRange rows);

/// True if reads of this tile are noisy.
bool has_read_noise(const ProgrammedTile& tile);

}  // namespace irc::array
