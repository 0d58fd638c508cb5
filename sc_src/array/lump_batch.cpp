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

std::unique_ptr<LumpIndex> IndexPool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<LumpIndex>();
  auto index = std::move(free_.back());
  free_.pop_back();
  return index;
}

void IndexPool::give_back(std::unique_ptr<LumpIndex> index) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(index));
}

void for_each_chunk(IndexPool& pool, const WordLineBatch& batch, const LumpLayout& layout,
                    const std::vector<const std::uint16_t*>& weights, bool count_driven,
                    const std::function<void(std::size_t, const LumpChunk&, ChunkSpace&)>& use) {
  const std::size_t most = std::min(batch.vectors, indexed_chunks * chunk_vectors);
  std::vector<std::unique_ptr<LumpIndex>> indices(chunks_of(most));
  for (auto& index : indices) {
    index = pool.take();
    index->prepare(layout, best_group(std::min(batch.vectors, chunk_vectors)), std::min(most, chunk_vectors));
  }
  std::vector<float> driven(most);
  std::size_t first_task = 0;
  for (std::size_t start = 0; start < batch.vectors; start += most) {
    const std::size_t vectors = std::min(most, batch.vectors - start), chunks = chunks_of(vectors);
    constexpr std::size_t piece = 128;  // of a chunk
    tbb::parallel_for(std::size_t{0}, (vectors + piece - 1) / piece, [&](std::size_t number) {
      const std::size_t first = number * piece, count = std::min(piece, vectors - first);
      const std::uint64_t* bits = batch.bits + (start + first) * batch.words_per_vector;
      indices[first / chunk_vectors]->fill(bits, batch.words_per_vector, first % chunk_vectors, count);
      for (std::size_t v = first; count_driven && v < first + count; ++v, bits += batch.words_per_vector)
        driven[v] = static_cast<float>(count_bits(bits, layout.begin, layout.end));
    });
    tbb::parallel_for(std::size_t{0}, chunks * weights.size(), [&](std::size_t task) {
      thread_local ChunkSpace space;
      LumpChunk chunk;
      // Blocks of one chunk follow each other: they share its index while it is in the cache.
      chunk.block = task % weights.size();
      const std::size_t number = task / weights.size(), from = number * chunk_vectors;
      chunk.first = start + from;
      chunk.count = std::min(chunk_vectors, vectors - from);
      chunk.driven = driven.data() + from;
      lump_sums(*indices[number], weights[chunk.block], chunk.count, space.sums.get());
      use(first_task + task, chunk, space);
    });
    first_task += chunks * weights.size();
  }
  for (auto& index : indices) pool.give_back(std::move(index));
}

void block_normals(const ProgrammedTile& tile, std::size_t block, std::uint64_t first_read,
                   std::size_t vectors, float* out) {
  const std::size_t column = block * column_block,
                    width = std::min(column_block, tile.geometry().columns - column);
  const auto families = [&]<std::size_t... c>(std::index_sequence<c...>) {
    return std::array<CounterRandom, column_block>{tile.read_noise()[column + std::min(c, width - 1)]...};
  }
  (std::make_index_sequence<column_block>());
  CounterRandom::coarse_normals(families, first_read, vectors, out);
}

}  // namespace irc::array
