// SPDX-License-Identifier: Apache-2.0
#include "lump_batch.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <utility>

#include "irc/core/bits.h"

namespace irc::array {
namespace {

/// Vectors indexed at once: the index of all rows of a few chunks.
constexpr std::size_t indexed_chunks = 4;

std::size_t chunks_of(std::size_t vectors) {
  return (vectors + chunk_vectors - 1) / chunk_vectors;
}

}  // namespace

std::size_t chunk_tasks(std::size_t vectors, std::size_t blocks) {
  return chunks_of(vectors) * blocks;
}

void for_each_chunk(const WordLineBatch& batch, const LumpLayout& layout,
                    const std::vector<const std::uint16_t*>& weights,
                    const std::function<void(std::size_t, const LumpChunk&, ChunkSpace&)>& use) {
  const std::size_t most = std::min(batch.vectors, indexed_chunks * chunk_vectors);
  LumpIndex index(layout, best_group(std::min(batch.vectors, chunk_vectors)), most);
  std::vector<float> driven(most);
  std::size_t first_task = 0;
  for (std::size_t start = 0; start < batch.vectors; start += most) {
    const std::size_t vectors = std::min(most, batch.vectors - start), chunks = chunks_of(vectors);
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, vectors, 128), [&](const auto& range) {
      const std::uint64_t* bits = batch.bits + (start + range.begin()) * batch.words_per_vector;
      index.fill(bits, batch.words_per_vector, range.begin(), range.size());
      for (std::size_t v = range.begin(); v < range.end(); ++v, bits += batch.words_per_vector)
        driven[v] = static_cast<float>(count_bits(bits, layout.begin, layout.end));
    });
    tbb::parallel_for(std::size_t{0}, chunks * weights.size(), [&](std::size_t task) {
      thread_local ChunkSpace space;
      LumpChunk chunk;
      chunk.block = task / chunks;
      const std::size_t from = task % chunks * chunk_vectors;
      chunk.first = start + from;
      chunk.count = std::min(chunk_vectors, vectors - from);
      chunk.driven = driven.data() + from;
      lump_sums(index, weights[chunk.block], from, chunk.count, space.sums.get());
      use(first_task + task, chunk, space);
    });
    first_task += chunks * weights.size();
  }
}

void block_normals(const ProgrammedTile& tile, std::size_t block, std::uint64_t first_read,
                   std::size_t vectors, double* out) {
  const std::size_t column = block * column_block,
                    width = std::min(column_block, tile.geometry().columns - column);
  const auto families = [&]<std::size_t... c>(std::index_sequence<c...>) {
    return std::array<CounterRandom, column_block>{tile.read_noise()[column + std::min(c, width - 1)]...};
  }
  (std::make_index_sequence<column_block>());
  CounterRandom::normals(families, first_read, vectors, out);
}

}  // namespace irc::array
