// SPDX-License-Identifier: Apache-2.0
#include "lumps/tile_sums.h"

#include <algorithm>

#if defined(__x86_64__)

#include <immintrin.h>

// Headers of GCC 12 deliberately leave operands of masked instructions uninitialised.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

// Only these functions may use the instructions. Compiler options for the whole file would also affect inline
// functions of headers, which processors without the instructions run, too.
#define IRC_TILES __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl")))

namespace irc::array {
namespace {

constexpr std::size_t tile_vectors = 16, tile_bytes = 1024;
/// Number of weight tiles for one tile of rows: two halves of the columns, and two more for the upper bytes
/// of wide weights.
constexpr std::size_t weight_tiles(bool wide) {
  return wide ? 4 : 2;
}

struct alignas(64) TileShapes {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// The compiler's own intrinsics do not declare which memory they read and write, so the compiler may drop or
// move the stores before them. These functions declare it.
template <int kTile>
IRC_TILES inline void load_tile(const void* from) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(std::size_t{64}), "i"(kTile) : "memory");
}

template <int kTile>
IRC_TILES inline void store_tile(void* to) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(std::size_t{64}), "i"(kTile) : "memory");
}

template <int kTile>
IRC_TILES inline void zero_tile() {
  asm volatile("tilezero %%tmm%c0" : : "i"(kTile));
}

/// Computes kSum += kVectors kWeights with unsigned bytes.
template <int kSum, int kVectors, int kWeights>
IRC_TILES inline void multiply_tiles() {
  asm volatile("tdpbuud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSum), "i"(kVectors), "i"(kWeights));
}

/// Enables the matrix tiles until the end of the scope. Unused tiles are not saved when threads change.
class TileScope {
 public:
  IRC_TILES TileScope() {
    const TileShapes shapes;
    asm volatile("ldtilecfg %0" : : "m"(shapes));
  }
  IRC_TILES ~TileScope() { asm volatile("tilerelease"); }
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;
};

IRC_TILES bool any_upper_byte(const std::uint16_t* weights, std::size_t rows) {
  __m512i all = _mm512_setzero_si512();
  for (std::size_t r = 0; r < rows; ++r) all = _mm512_or_si512(all, _mm512_loadu_si512(weights + r * 32));
  return _mm512_cmpgt_epu16_mask(all, _mm512_set1_epi16(0xFF)) != 0;
}

/// Packs the weights of up to 64 rows in the order of the tiles: four rows of a column side by side.
/// Interleaving puts the positions 0-3, 8-11, 16-19 and 24-27 of a block into the first half, and
/// `store_sums` joins the halves again.
IRC_TILES void pack_tile(const std::uint16_t* weights, std::size_t rows, bool wide, std::uint8_t* out) {
  const __m512i low_byte = _mm512_set1_epi16(0xFF);
  for (std::size_t r = 0; r < tile_depth; r += 4, out += 64) {
    __m512i w[4];
    for (std::size_t k = 0; k < 4; ++k)
      w[k] = r + k < rows ? _mm512_loadu_si512(weights + (r + k) * 32) : _mm512_setzero_si512();
    const __m512i low01 = _mm512_or_si512(_mm512_and_si512(w[0], low_byte), _mm512_slli_epi16(w[1], 8));
    const __m512i low23 = _mm512_or_si512(_mm512_and_si512(w[2], low_byte), _mm512_slli_epi16(w[3], 8));
    _mm512_store_si512(out, _mm512_unpacklo_epi16(low01, low23));
    _mm512_store_si512(out + tile_bytes, _mm512_unpackhi_epi16(low01, low23));
    if (!wide) continue;
    const __m512i high01 = _mm512_or_si512(_mm512_srli_epi16(w[0], 8), _mm512_andnot_si512(low_byte, w[1]));
    const __m512i high23 = _mm512_or_si512(_mm512_srli_epi16(w[2], 8), _mm512_andnot_si512(low_byte, w[3]));
    _mm512_store_si512(out + 2 * tile_bytes, _mm512_unpacklo_epi16(high01, high23));
    _mm512_store_si512(out + 3 * tile_bytes, _mm512_unpackhi_epi16(high01, high23));
  }
}

/// Expands the bits of up to 16 vectors to bytes, [tile of rows][vector][64].
IRC_TILES void spread_vectors(const std::uint64_t* vectors, std::size_t stride, std::size_t count,
                              std::size_t tiles, std::uint8_t* out) {
  const __m512i one = _mm512_set1_epi8(1);
  for (std::size_t t = 0; t < tiles; ++t, vectors += stride)
    for (std::size_t v = 0; v < tile_vectors; ++v, out += 64)
      _mm512_store_si512(out, _mm512_maskz_mov_epi8(v < count ? vectors[v] : 0, one));
}

/// Sums for 16 vectors, [weight tile][vector][16].
template <bool kWide>
IRC_TILES void multiply(const std::uint8_t* vectors, const std::uint8_t* weights, std::size_t tiles,
                        std::int32_t* out) {
  zero_tile<0>();
  zero_tile<1>();
  if constexpr (kWide) {
    zero_tile<2>();
    zero_tile<3>();
  }
  for (std::size_t t = 0; t < tiles;
       ++t, vectors += tile_bytes, weights += weight_tiles(kWide) * tile_bytes) {
    load_tile<4>(vectors);
    load_tile<5>(weights);
    multiply_tiles<0, 4, 5>();
    load_tile<6>(weights + tile_bytes);
    multiply_tiles<1, 4, 6>();
    if constexpr (kWide) {
      load_tile<7>(weights + 2 * tile_bytes);
      multiply_tiles<2, 4, 7>();
      load_tile<5>(weights + 3 * tile_bytes);
      multiply_tiles<3, 4, 5>();
    }
  }
  store_tile<0>(out);
  store_tile<1>(out + 256);
  if constexpr (kWide) {
    store_tile<2>(out + 512);
    store_tile<3>(out + 768);
  }
}

template <bool kWide>
IRC_TILES void store_sums(const std::int32_t* in, std::size_t count, std::uint16_t* sums) {
  for (std::size_t v = 0; v < count; ++v, in += 16, sums += 32) {
    __m512i first = _mm512_load_si512(in), second = _mm512_load_si512(in + 256);
    if constexpr (kWide) {
      first = _mm512_add_epi32(first, _mm512_slli_epi32(_mm512_load_si512(in + 512), 8));
      second = _mm512_add_epi32(second, _mm512_slli_epi32(_mm512_load_si512(in + 768), 8));
    }
    _mm512_store_si512(sums, _mm512_packus_epi32(first, second));
  }
}

struct Space {
  std::size_t tiles = 0;
  hwy::AlignedFreeUniquePtr<std::uint8_t[]> vectors;  ///< [2][tile of rows][16][64]
  hwy::AlignedFreeUniquePtr<std::int32_t[]> products = hwy::AllocateAligned<std::int32_t>(2 * 4 * 256);
  void reserve(std::size_t wanted) {
    if (wanted <= tiles) return;
    tiles = wanted;
    vectors = hwy::AllocateAligned<std::uint8_t>(2 * tiles * tile_bytes);
  }
};

/// Expands one group of vectors ahead and unpacks one group behind, because tiles cannot quickly read what
/// was just stored.
template <bool kWide>
IRC_TILES void sum_groups(const std::uint64_t* vectors, std::size_t stride, std::size_t count,
                          const std::uint8_t* weights, std::size_t tiles, Space& space, std::uint16_t* sums) {
  const TileScope scope;
  const std::size_t groups = (count + tile_vectors - 1) / tile_vectors;
  const auto of_group = [&](std::size_t g) {
    return std::size_t{g + 1 < groups ? tile_vectors : count - g * tile_vectors};
  };
  const auto bytes = [&](std::size_t g) { return space.vectors.get() + g % 2 * tiles * tile_bytes; };
  const auto products = [&](std::size_t g) { return space.products.get() + g % 2 * 4 * 256; };
  spread_vectors(vectors, stride, of_group(0), tiles, bytes(0));
  for (std::size_t g = 0; g < groups; ++g) {
    if (g + 1 < groups)
      spread_vectors(vectors + (g + 1) * tile_vectors, stride, of_group(g + 1), tiles, bytes(g + 1));
    multiply<kWide>(bytes(g), weights, tiles, products(g));
    if (g > 0) store_sums<kWide>(products(g - 1), tile_vectors, sums + (g - 1) * tile_vectors * 32);
  }
  store_sums<kWide>(products(groups - 1), of_group(groups - 1), sums + (groups - 1) * tile_vectors * 32);
}

}  // namespace

void TileWeights::pack(const std::uint16_t* weights, std::size_t rows, std::size_t lump_rows) {
  lumps_.clear();
  std::size_t size = 0;
  for (std::size_t row = 0; row < rows; row += lump_rows) {
    const std::size_t of_lump = std::min(lump_rows, rows - row);
    const Lump lump{size, (of_lump + tile_depth - 1) / tile_depth,
                    any_upper_byte(weights + row * 32, of_lump)};
    size += lump.tiles * weight_tiles(lump.wide) * tile_bytes;
    lumps_.push_back(lump);
  }
  if (size > size_) {
    bytes_ = hwy::AllocateAligned<std::uint8_t>(size);
    size_ = size;
  }
  for (std::size_t l = 0; l < lumps_.size(); ++l)
    for (std::size_t t = 0; t < lumps_[l].tiles; ++t) {
      const std::size_t row = l * lump_rows + t * tile_depth, end = std::min(rows, (l + 1) * lump_rows);
      pack_tile(weights + row * 32, end - row, lumps_[l].wide,
                bytes_.get() + lumps_[l].begin + t * weight_tiles(lumps_[l].wide) * tile_bytes);
    }
}

void TileWeights::sum(std::size_t lump, const std::uint64_t* vectors, std::size_t vector_stride,
                      std::size_t count, std::uint16_t* sums) const {
  if (count == 0) return;
  thread_local Space space;
  const Lump& of = lumps_[lump];
  space.reserve(of.tiles);
  const std::uint8_t* weights = bytes_.get() + of.begin;
  of.wide ? sum_groups<true>(vectors, vector_stride, count, weights, of.tiles, space, sums)
          : sum_groups<false>(vectors, vector_stride, count, weights, of.tiles, space, sums);
}

}  // namespace irc::array

#else

#include "irc/core/error.h"

namespace irc::array {

void TileWeights::pack(const std::uint16_t*, std::size_t, std::size_t) {
  throw InternalError("array: matrix tiles were asked for on a machine without them");
}

void TileWeights::sum(std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint16_t*) const {
  throw InternalError("array: matrix tiles were asked for on a machine without them");
}

}  // namespace irc::array

#endif
