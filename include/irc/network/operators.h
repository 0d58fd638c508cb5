// SPDX-License-Identifier: Apache-2.0
// What one layer computes, row by row: shared by the reference evaluation and the accelerator's digital
// unit. Shapes are the caller's promise (a finished graph keeps it); rows are output rows.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "irc/core/bits.h"
#include "irc/core/tensor.h"
#include "irc/network/graph.h"

namespace irc::network {

/// The window of output pixel (oy, ox) as `rows()` bits in the order [ky][kx][channel], zero where it hangs
/// over the edge. `bits` holds words_for(conv.rows()) words; unused bits of the last one become zero.
void unroll_window(const Conv& conv, const BinaryMap& in, int oy, int ox, std::span<std::uint64_t> bits);

/// The same for neighbouring output pixels, many at once. Keeps the input rows it has packed, so that going
/// down a map packs each of them once; the map's rows must not change after they were read.
class WindowRows {
 public:
  WindowRows(const Conv& conv, const BinaryMap& in);
  /// Bits [begin, end) of the windows of output pixels (oy, 0) to (oy, count - 1), `words` words apart; the
  /// other bits of those words become zero.
  void unroll(int oy, int count, std::size_t begin, std::size_t end, std::uint64_t* out, std::size_t words);

 private:
  const std::uint64_t* packed_row(int iy);
  void unroll_whole(int oy, int count, std::uint64_t* out, std::size_t words);

  const Conv& conv_;
  const BinaryMap& in_;
  std::size_t row_words_;
  std::vector<std::uint64_t> packed_;  ///< kernel_h input rows, pixels bit by bit, padding at both ends
  std::vector<int> packed_y_;          ///< which rows these are
  std::vector<std::uint64_t> whole_;
};

/// Weights of an array layer as masks of the unrolled window's bits, eight outputs side by side:
/// masks[((output / 8) * words + word) * 16 + output % 8] where the weight is +1, eight further where it is
/// -1.
struct PackedWeights {
  static constexpr std::size_t block = 8;
  std::size_t outputs = 0, words = 0;
  std::vector<std::uint64_t> masks;
  std::vector<std::int64_t> bias;  ///< padded to whole blocks
};
/// `conv.kind` is ternary or binary.
PackedWeights pack_weights(const Conv& conv);
/// Per output: number of +1 weights on set bits of a window minus number of -1 weights on set bits, plus the
/// bias.
std::vector<std::int64_t> packed_sums(const PackedWeights& weights, std::span<const std::uint64_t> window);
/// Output rows [begin, end) of an array layer with a step: y = [ sum + bias > 0 ].
void array_rows(const Conv& conv, const PackedWeights& weights, const BinaryMap& in, int begin, int end,
                BinaryMap& out);

/// Weights of a digital layer, window position by window position: weights[row * padded + output]. Sums are
/// taken in float where no sum of integers can leave its exact range, else in double, where none can either.
struct DenseWeights {
  std::size_t outputs = 0, padded = 0;
  std::vector<float> single;
  std::vector<double> wide;
};
DenseWeights dense_weights(const Conv& conv);

/// One output row of a step layer of any weight kind, on the digital unit. Integer kinds sum exact integers;
/// real weights sum in double, in the order [ky][kx][channel], bias last.
void digital_row(const Conv& conv, const DenseWeights& weights, const Picture& in, int oy, BinaryMap& out);
void digital_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy, BinaryMap& out);

/// One output row of a head. Integer kinds: the exact integer sum + bias becomes a float (it is exact), is
/// multiplied by `scale` in float, then `offset` is added in float; two roundings, no fused operation. Real
/// kinds: sum + bias in double as above, rounded to float once, then the same two operations.
void head_row(const Conv& conv, const DenseWeights& weights, const BinaryMap& in, int oy,
              DenseMap<float>& out);

/// One output row of a maximum over binary windows.
void max_pool_row(const MaxPool& pool, const BinaryMap& in, int oy, BinaryMap& out);
/// One output row of a nearest-neighbour upsampling.
void upsample_row(const Upsample& upsample, const BinaryMap& in, int oy, BinaryMap& out);
/// One output row of a channel concatenation, inputs in order.
void concat_row(std::span<const BinaryMap* const> in, int oy, BinaryMap& out);

}  // namespace irc::network
