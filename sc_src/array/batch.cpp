// SPDX-License-Identifier: Apache-2.0
#include "batch.h"

#include <string>

#include "irc/core/bits.h"
#include "irc/core/error.h"

namespace irc::array {

void check_batch(const ProgrammedTile& tile, const WordLineBatch& batch, RowRange rows,
                 std::span<const double> currents_a) {
  const auto& geometry = tile.geometry();
  if (rows.begin > rows.end || rows.end > geometry.rows)
    throw InputError("row range [" + std::to_string(rows.begin) + ", " + std::to_string(rows.end) +
                     ") does not lie within the tile's " + std::to_string(geometry.rows) + " rows");
  if (batch.vectors > 0 && batch.bits == nullptr) throw InputError("batch of vectors without bits");
  if (batch.words_per_vector < words_for(rows.end))
    throw InputError("vectors of " + std::to_string(batch.words_per_vector) + " words: expected at least " +
                     std::to_string(words_for(rows.end)) + " for " + std::to_string(rows.end) + " rows");
  if (currents_a.size() != batch.vectors * geometry.columns)
    throw InputError("room for " + std::to_string(currents_a.size()) + " currents: expected " +
                     std::to_string(batch.vectors) + " vectors x " + std::to_string(geometry.columns) +
                     " columns");
}

std::vector<std::uint64_t> masked_vectors(const ProgrammedTile& tile, const WordLineBatch& batch,
                                          RowRange rows) {
  const std::size_t words = words_for(tile.geometry().rows);
  std::vector<std::uint64_t> mask(words), out(words * batch.vectors);
  for (std::size_t row = rows.begin; row < rows.end; ++row) mask[row / 64] |= std::uint64_t{1} << (row % 64);
  const std::size_t used = words_for(rows.end);
  for (std::size_t v = 0; v < batch.vectors; ++v)
    for (std::size_t w = 0; w < used; ++w)
      out[v * words + w] = batch.bits[v * batch.words_per_vector + w] & mask[w];
  return out;
}

bool has_read_noise(const ProgrammedTile& tile) {
  const auto& rram = tile.card().rram;
  return tile.nonidealities().read_noise && (rram.lrs.read_noise > 0 || rram.hrs.read_noise > 0);
}

}  // namespace irc::array
