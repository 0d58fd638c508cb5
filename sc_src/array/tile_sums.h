// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace irc::array {

/// Lump sums by the matrix tiles of x86 processors (AMX-INT8): sums of 8-bit weights over 64 rows, 16 vectors
/// and 16 columns in one instruction. Exact integers, so nobody can tell them from the tables' sums. To be
/// called where irc::matrix_tiles() is true (irc/core/instruction_set.h).

/// Rows of one tile of weights.
constexpr std::size_t tile_depth = 64;

/// Weights of one block of 32 columns in the order of the tiles, lump by lump.
class TileWeights {
 public:
  /// \param weights  [rows][32] \param lump_rows  rows of every lump but the last
  void pack(const std::uint16_t* weights, std::size_t rows, std::size_t lump_rows);
  /// Sums of one lump.
  /// \param vectors  [tile of rows][vector_stride]: bit r of a word is row r of the tile; rows past the lump
  /// are 0 \param sums     out, [count][32]; the true sums must fit 16 bits
  void sum(std::size_t lump, const std::uint64_t* vectors, std::size_t vector_stride, std::size_t count,
           std::uint16_t* sums) const;

 private:
  struct Lump {
    std::size_t begin = 0, tiles = 0;  ///< first byte; tiles of rows
    bool wide = false;                 ///< some weights have more than 8 bits
  };
  std::vector<Lump> lumps_;
  std::size_t size_ = 0;
  hwy::AlignedFreeUniquePtr<std::uint8_t[]> bytes_;
};

}  // namespace irc::array
