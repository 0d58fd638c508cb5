// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace irc::array {

/// Lump sums with the matrix tiles of x86 processors (AMX-INT8): one instruction sums 8-bit weights over 64
/// rows for 16 vectors and 16 columns. The sums are exact integers, equal to those of the tables. Call these
/// only if irc::matrix_tiles() is true (irc/core/instruction_set.h).

/// Number of rows in one tile of weights.
constexpr std::size_t tile_depth = 64;

/// The weights of one block of 32 columns in the order of the tiles, lump by lump.
class TileWeights {
 public:
  /// Packs the weights.
  /// \param weights  [rows][32]
  /// \param lump_rows  number of rows of every lump except the last
  void pack(const std::uint16_t* weights, std::size_t rows, std::size_t lump_rows);
  /// Computes the sums of one lump.
  /// \param vectors  [tile of rows][vector_stride]: bit r of a word is row r of the tile; rows beyond the
  ///         lump are 0
  /// \param sums  output, [count][32]; the true sums must fit into 16 bits
  void sum(std::size_t lump, const std::uint64_t* vectors, std::size_t vector_stride, std::size_t count,
           std::uint16_t* sums) const;

 private:
  struct Lump {
    std::size_t begin = 0, tiles = 0;  ///< first byte, and number of tiles of rows
    bool wide = false;                 ///< some weights have more than 8 bits
  };
  std::vector<Lump> lumps_;
  std::size_t size_ = 0;
  hwy::AlignedFreeUniquePtr<std::uint8_t[]> bytes_;
};

}  // namespace irc::array
