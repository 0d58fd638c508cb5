// SPDX-License-Identifier: Apache-2.0
#include "lumps/lump_batch.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <utility>

#include "irc/core/bits.h"

namespace irc::array {
namespace {

/// Number of chunks that are indexed at the same time. One index holds all rows of a few chunks.
constexpr std::size_t indexed_chunks = 4;

std::size_t chunks_of(std::size_t vectors) {
  return (vectors + chunk_vectors - 1) / chunk_vectors;
}

/// The vectors of a chunk, sorted by the weights with which they are summed.
struct OrderedChunk {
  std::unique_ptr<LumpIndex> index;
  std::vector<float> driven;
  std::vector<std::uint32_t> order;
  std::vector<LumpRun> runs;

  void sort(const std::uint64_t* bits, std::size_t words_per_vector, std::size_t count,
            const LumpLayout& layout, const WeightSets& weights) {
    driven.resize(count);
    order.clear();
    runs.clear();
    for (std::size_t v = 0; v < count; ++v)
      driven[v] = static_cast<float>(count_bits(bits + v * words_per_vector, layout.begin, layout.end));
    std::size_t longest = 0;
    for (std::size_t set = 0; set < weights.blocks.size(); ++set) {
      const std::size_t first = order.size();
      for (std::size_t v = 0; v < count; ++v)
        if (weights.set_of(driven[v]) == set) order.push_back(static_cast<std::uint32_t>(v));
      if (order.size() == first) continue;
      runs.push_back({set, first, order.size() - first});
      longest = std::max(longest, order.size() - first);
    }
    index->prepare(layout, count, longest);
  }
};

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
                    const WeightSets& weights,
                    const std::function<void(std::size_t, const LumpChunk&, ChunkSpace&)>& use) {
  const std::size_t most = std::min(batch.vectors, indexed_chunks * chunk_vectors);
  const std::size_t blocks = weights.blocks.front().size();
  std::vector<OrderedChunk> ordered(chunks_of(most));
  for (auto& chunk : ordered) chunk.index = pool.take();
  std::size_t first_task = 0;
  for (std::size_t start = 0; start < batch.vectors; start += most) {
    const std::size_t vectors = std::min(most, batch.vectors - start), chunks = chunks_of(vectors);
    const auto size_of = [&](std::size_t number) {
      return std::min(chunk_vectors, vectors - number * chunk_vectors);
    };
    const auto bits_of = [&](std::size_t number) {
      return batch.bits + (start + number * chunk_vectors) * batch.words_per_vector;
    };
    tbb::parallel_for(std::size_t{0}, chunks, [&](std::size_t number) {
      ordered[number].sort(bits_of(number), batch.words_per_vector, size_of(number), layout, weights);
    });
    constexpr std::size_t piece = 128;  // vectors of a chunk
    tbb::parallel_for(std::size_t{0}, (vectors + piece - 1) / piece, [&](std::size_t part) {
      const std::size_t number = part * piece / chunk_vectors, first = part * piece % chunk_vectors;
      ordered[number].index->fill(bits_of(number), batch.words_per_vector, ordered[number].order, first,
                                  std::min(piece, size_of(number) - first));
    });
    tbb::parallel_for(std::size_t{0}, chunks * blocks, [&](std::size_t task) {
      thread_local ChunkSpace space;
      // The blocks of one chunk follow each other, so that they share its index while it is in the cache.
      const std::size_t block = task % blocks, number = task / blocks;
      const OrderedChunk& chunk = ordered[number];
      for (const auto& run : chunk.runs)
        chunk.index->sum(weights.blocks[run.set][block], run.first, run.count,
                         space.sums.get() + run.first * layout.lumps * column_block);
      use(first_task + task,
          {block, start + number * chunk_vectors, size_of(number), chunk.driven.data(), chunk.order.data(),
           chunk.runs},
          space);
    });
    first_task += chunks * blocks;
  }
  for (auto& chunk : ordered) pool.give_back(std::move(chunk.index));
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
