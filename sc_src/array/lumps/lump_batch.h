// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "lumps/lump_sums.h"

namespace irc::array {

/// Number of vectors whose sums for one block of columns fit into the second-level cache.
constexpr std::size_t chunk_vectors = 1024;
/// Number of vectors that are taken from a chunk at once, with their noise, so that they fit into the
/// first-level cache.
constexpr std::size_t step_vectors = 32;

/// Memory of one thread for one chunk of one block. It is kept between calls.
struct ChunkSpace {
  hwy::AlignedFreeUniquePtr<std::uint16_t[]> sums =
      hwy::AllocateAligned<std::uint16_t>(max_lumps * chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> i_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> sigma_a = hwy::AllocateAligned<float>(chunk_vectors * column_block);
  hwy::AlignedFreeUniquePtr<float[]> normals = hwy::AllocateAligned<float>(step_vectors * column_block);
};

/// The vectors of a chunk that share one set of weights.
struct LumpRun {
  std::size_t set = 0;
  std::size_t first = 0, count = 0;  ///< positions in LumpChunk::order
};

/// One block of columns for some vectors of a batch.
struct LumpChunk {
  std::size_t block = 0;
  std::size_t first = 0, count = 0;      ///< vectors of the batch
  const float* driven = nullptr;         ///< [count] driven rows
  const std::uint32_t* order = nullptr;  ///< [count] vectors of the chunk, run after run
  std::span<const LumpRun> runs;
};

/// Selects the weights of a vector: those of the first set that covers its number of driven rows.
struct WeightSets {
  std::vector<std::vector<LumpWeights>> blocks;  ///< [set][block]
  /// [set] number of driven rows that is too large for it; no entry for the last set.
  std::vector<float> below;
  /// The set for a vector with this number of driven rows.
  std::size_t set_of(float driven) const {
    std::size_t set = 0;
    while (set + 1 < blocks.size() && driven >= below[set]) ++set;
    return set;
  }
};

/// Indices that wait for their next batch, so that their memory is reused.
class IndexPool {
 public:
  std::unique_ptr<LumpIndex> take();
  void give_back(std::unique_ptr<LumpIndex> index);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<LumpIndex>> free_;
};

/// Sums every block of columns of a batch, chunk by chunk, in parallel.
/// \param use  called with the chunk's sums in `space.sums`. Those of a run, [lump][vector of the run][32],
///         start at run.first * lumps * 32. The callee may use the rest of the space. `task` numbers the
///         chunks of all calls in a fixed order.
void for_each_chunk(IndexPool& pool, const WordLineBatch& batch, const LumpLayout& layout,
                    const WeightSets& weights,
                    const std::function<void(std::size_t task, const LumpChunk&, ChunkSpace&)>& use);

/// The number of tasks that for_each_chunk makes of `vectors` and `blocks`.
std::size_t chunk_tasks(std::size_t vectors, std::size_t blocks);

/// Read-noise draws of a block, [vector][32], for the reads from first_read on. Columns that only fill the
/// block repeat the draws of its last column; they are never used.
void block_normals(const ProgrammedTile& tile, std::size_t block, std::uint64_t first_read,
                   std::size_t vectors, float* out);

}  // namespace irc::array
