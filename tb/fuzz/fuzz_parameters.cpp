// SPDX-License-Identifier: Apache-2.0
// Parameter blocks of the digital unit. A block that is accepted is encoded to the same bytes.
#include <algorithm>

#include "fuzz.h"
#include "irc/mapping/compiler.h"

namespace irc::fuzz {

void run(Input input) {
  network::Conv conv;
  if (!mapping::decode_parameters(input, conv)) return;
  const auto bytes = mapping::encode_parameters(conv);
  demand(std::equal(bytes.begin(), bytes.end(), input.begin(), input.end()),
         "a block is encoded to the same bytes");
}

void seeds(const AddSeed& add) {
  for (const auto kind : {network::WeightKind::ternary, network::WeightKind::binary,
                          network::WeightKind::int8, network::WeightKind::real})
    for (const bool step : {false, true}) {
      network::Conv conv;
      conv.kernel_h = 1;
      conv.kernel_w = 2;
      conv.in_channels = 3;
      conv.out_channels = 2;
      conv.kind = kind;
      conv.step = step;
      if (kind == network::WeightKind::real) {
        conv.real_weights.assign(12, 0.5f);
        conv.real_bias.assign(2, -1.0f);
      } else {
        conv.weights.assign(12, std::int8_t{-1});
        conv.bias.assign(2, 7);
      }
      if (!step) conv.scale = conv.offset = {1.0f, 2.0f};
      const auto bytes = mapping::encode_parameters(conv);
      add("kind_" + std::to_string(static_cast<int>(kind)) + (step ? "_step.bin" : "_head.bin"),
          {bytes.begin(), bytes.end()});
    }
}

}  // namespace irc::fuzz
