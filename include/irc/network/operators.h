// SPDX-License-Identifier: Apache-2.0
// The arithmetic of single layers, row by row. The reference evaluation and the accelerator's digital unit
// share it. The caller guarantees the shapes (a finished graph has the right ones). Rows are output rows.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/core/bits.h"
#include "irc/core/tensor.h"
#include "irc/network/graph.h"

namespace irc::network {

/// Unrolls the window of output pixel (oy, ox) into `rows()` bits in the order [ky][kx][channel]. Bits
/// outside the map are zero. `bits` holds words_for(conv.rows()) words, and unused bits of the last word
/// become zero.
void unroll_window(const Conv& conv, const BinaryMap& in, int oy, int ox, std::span<std::uint64_t> bits);

/// Unrolls the windows of neighbouring output pixels, many at a time. It keeps the input rows that it has
/// packed, so going down a map packs each of them once. The map's rows must not change after they were read.
class WindowRows {
 public:
  /// Prepares the windows of `conv` on `in`. Both must outlive this object.
  WindowRows(const Conv& conv, const BinaryMap& in);
  /// Writes bits [begin, end) of the windows of output pixels (oy, 0) to (oy, count - 1) to `out`, `words`
  /// words apart. The other bits of those words become zero.
  void unroll(int oy, int count, std::size_t begin, std::size_t end, std::uint64_t* out, std::size_t words);

 private:
  const std::uint64_t* packed_row(int iy);
  void unroll_whole(int oy, int count, std::uint64_t* out, std::size_t words);

  const Conv& conv_;
  const BinaryMap& in_;
  std::size_t row_words_;
  /// kernel_h input rows, packed pixel by pixel, with padding at both ends.
  std::vector<std::uint64_t> packed_;
  std::vector<int> packed_y_;  ///< the row numbers of the packed rows
  std::vector<std::uint64_t> whole_;
};

/// Weights of an array layer as masks of the unrolled window's bits. Eight outputs are interleaved: the mask
/// of +1 weights is masks[((output / 8) * words + word) * 16 + output % 8], and the mask of -1 weights lies
/// eight words after it.
struct PackedWeights {
  static constexpr std::size_t block = 8;  ///< outputs that are interleaved
  std::size_t outputs = 0,                 ///< number of outputs
      words = 0;                           ///< words per window
  std::vector<std::uint64_t> masks;        ///< the masks, in the order above
  std::vector<std::int64_t> bias;          ///< per output, padded to whole blocks
};
/// Packs the weights of `conv`, whose kind must be ternary or binary.
PackedWeights pack_weights(const Conv& conv);
/// Sums of one window, per output: the number of +1 weights on set bits, minus the number of -1 weights on
/// set bits, plus the bias.
std::vector<std::int64_t> packed_sums(const PackedWeights& weights, std::span<const std::uint64_t> window);
/// Computes output rows [begin, end) of an array layer with a step: y = [ sum + bias > 0 ].
void array_rows(const Conv& conv, const PackedWeights& weights, const BinaryMap& in, int begin, int end,
                BinaryMap& out);

/// Weights of a digital layer, by window position: weights[row * padded + output]. Sums are taken in float if
/// no sum of integers can leave the range in which float is exact, and otherwise in double, which is always
/// exact.
struct DenseWeights {
  std::size_t outputs = 0,    ///< number of outputs
      padded = 0;             ///< outputs, padded to whole vectors
  std::vector<float> single;  ///< weights for sums in float, or empty
  std::vector<double> wide;   ///< weights for sums in double, or empty
};
/// Arranges the weights of `conv` for the digital unit.
DenseWeights dense_weights(const Conv& conv);

/// Computes one output row of a step layer of any weight kind on the image, as the digital unit does. Integer
/// kinds sum exact integers. Real weights sum in double, in the order [ky][kx][channel], with the bias last.
void digital_row(const Conv& conv, const DenseWeights& weights, const Picture& in, int oy, BinaryMap& out);
/// Computes one output row of a step layer of any weight kind on a binary map, as the digital unit does.
void digital_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy, BinaryMap& out);

/// Computes one output row of a head. For integer kinds the exact integer sum + bias becomes a float (which
/// is exact) and is multiplied by `scale` in float; then `offset` is added in float. These are two roundings
/// without a fused operation. For real kinds sum + bias is computed in double as above and rounded to float
/// once; then the same two operations follow.
void head_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy,
              DenseMap<float>& out);

/// Computes one output row of a maximum over binary windows.
void max_pool_row(const MaxPool& pool, const BinaryMap& in, int oy, BinaryMap& out);
/// Computes one output row of a nearest-neighbour upsampling.
void upsample_row(const Upsample& upsample, const BinaryMap& in, int oy, BinaryMap& out);
/// Computes one output row of a channel concatenation. `in` holds the inputs in order.
void concat_row(std::span<const BinaryMap* const> in, int oy, BinaryMap& out);

}  // namespace irc::network
