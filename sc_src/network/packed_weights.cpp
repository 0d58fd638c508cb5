// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "irc/network/operators.h"
#include "network_kernels.h"

namespace irc::network {

PackedWeights pack_weights(const Conv& conv) {
  constexpr std::size_t block = PackedWeights::block;
  const std::size_t rows = conv.rows();
  PackedWeights packed;
  packed.outputs = static_cast<std::size_t>(conv.out_channels);
  packed.words = words_for(rows);
  const std::size_t blocks = (packed.outputs + block - 1) / block;
  packed.masks.assign(blocks * packed.words * 2 * block, 0);
  packed.bias.assign(blocks * block, 0);
  for (std::size_t o = 0; o < packed.outputs; ++o) {
    packed.bias[o] = conv.bias[o];
    std::uint64_t* masks = packed.masks.data() + o / block * packed.words * 2 * block + o % block;
    for (std::size_t r = 0; r < rows; ++r) {
      const int w = conv.weights[o * rows + r];
      if (w != 0) masks[r / 64 * 2 * block + (w > 0 ? 0 : block)] |= std::uint64_t{1} << (r % 64);
    }
  }
  return packed;
}

std::vector<std::int64_t> packed_sums(const PackedWeights& weights, std::span<const std::uint64_t> window) {
  constexpr std::size_t block = PackedWeights::block;
  std::vector<std::int64_t> sums(weights.bias.size());
  for (std::size_t o = 0; o < sums.size(); o += block)
    count_block(weights.masks.data() + o * 2 * weights.words, weights.bias.data() + o, window.data(),
                weights.words, sums.data() + o);
  sums.resize(weights.outputs);
  return sums;
}

void array_rows(const Conv& conv, const PackedWeights& weights, const BinaryMap& in, int begin, int end,
                BinaryMap& out) {
  constexpr std::size_t block = PackedWeights::block;
  const auto width = static_cast<std::size_t>(out.shape.width);
  const std::size_t pixels = static_cast<std::size_t>(end - begin) * width, words = weights.words;
  std::vector<std::uint64_t> windows(pixels * words);
  WindowRows unroller(conv, in);
  for (int y = begin; y < end; ++y)
    unroller.unroll(y, out.shape.width, 0, conv.rows(),
                    windows.data() + static_cast<std::size_t>(y - begin) * width * words, words);
  const std::size_t out_words = out.bits.words_per_row();
  std::uint64_t* fired = out.bits.row(static_cast<std::size_t>(begin) * width).data();
  std::fill_n(fired, pixels * out_words, std::uint64_t{0});
  for (std::size_t o = 0; o < weights.outputs; o += block) {
    const std::size_t valid = std::min(block, weights.outputs - o);
    fire_block(weights.masks.data() + o * 2 * words, weights.bias.data() + o, windows.data(), pixels, words,
               {fired + o / 64, out_words, o % 64, (1u << valid) - 1});
  }
}

}  // namespace irc::network
