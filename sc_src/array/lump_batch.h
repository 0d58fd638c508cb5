// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "lump_sums.h"

namespace irc::array {

/// Vectors whose sums of one block of columns stay in the second-level cache.
constexpr std::size_t chunk_vectors = 1024;
/// Vectors taken out of a chunk at once, with their noise, to stay in the first-level cache.
constexpr std::size_t step_vectors = 32;

/// What one thread needs for one chunk of one block; kept between calls.
struct ChunkSpace {
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> sums =
      hwy::AllocateAligned<std::uint16_t>(max_lumps * chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> i_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> sigma_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> normals = hwy::AllocateAligned<float>(step_vectors * column_block);
};

/// Vectors of a chunk that share one set of weights.
struct LumpRun {
  std::size_t set = 0;
  std::size_t first = 0, count = 0;  ///< places in LumpChunk::order
};

/// One block of columns for some of a batch's vectors.
struct LumpChunk {
  std::size_t block = 0;
  std::size_t first = 0, count = 0;      ///< vectors of the batch
  const float* driven = nullptr;         ///< [count] driven rows
  const std::uint32_t* order = nullptr;  ///< [count] vectors of the chunk, run after run
  std::span<const LumpRun> runs;
};

/// Which weights a vector is summed with: those of the first set that holds its number of driven rows.
struct WeightSets {
  std::vector<std::vector<LumpWeights>> blocks;  ///< [set][block]
  std::vector<float> below;  ///< [set] driven rows that are too many for it; none for the last
};

/// Indices that wait for their next batch: their memory is worth keeping.
class IndexPool {
 public:
  std::unique_ptr<LumpIndex> take();
  void give_back(std::unique_ptr<LumpIndex> index);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<LumpIndex>> free_;
};

/// Sums every block of columns of a batch, chunk by chunk, in parallel.
/// \param use  called with the chunk's sums in `space.sums`, those of a run [lump][vector of the run][32]
/// from
///             run.first * lumps * 32 on; free to use the rest of the space. `task` numbers the chunks of all
///             calls of this run in a fixed order
void for_each_chunk(IndexPool& pool, const WordLineBatch& batch, const LumpLayout& layout,
                    const WeightSets& weights,
                    const std::function<void(std::size_t task, const LumpChunk&, ChunkSpace&)>& use);

/// Number of tasks for_each_chunk makes of so many vectors and blocks.
std::size_t chunk_tasks(std::size_t vectors, std::size_t blocks);

/// Read-noise draws of a block, [vector][32], for reads first_read ...; columns that only fill the block draw
/// like its last one: nobody sees them.
void block_normals(const ProgrammedTile& tile, std::size_t block, std::uint64_t first_read,
                   std::size_t vectors, float* out);

}  // namespace irc::array
