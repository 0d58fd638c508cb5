// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "irc/mapping/descriptor.h"

namespace irc::tb {

/// A word of an activation buffer.
using BufferWord = std::function<std::uint64_t(std::size_t word)>;

/// Compares the output map of an encoded command in two activation buffers. Returns nothing for a command
/// without such a map, an empty text where both agree, and else how many bits differ and where.
inline std::optional<std::string> map_difference(
    std::span<const std::uint8_t, mapping::descriptor_bytes> encoded, const BufferWord& rtl_word,
    const BufferWord& model_word) {
  mapping::Descriptor command;
  if (mapping::decode(encoded, command) != mapping::CommandError::none ||
      command.opcode == mapping::Opcode::program || command.opcode == mapping::Opcode::load_parameters ||
      command.opcode == mapping::Opcode::head)
    return std::nullopt;
  const std::size_t words = (command.out_channels + 63u) / 64;
  std::uint64_t wrong = 0;
  std::string first;
  for (std::size_t pixel = 0; pixel < std::size_t{command.out_height} * command.out_width; ++pixel)
    for (std::size_t w = 0; w < words; ++w) {
      const std::size_t at = command.out_buffer + pixel * words + w, rest = command.out_channels - 64 * w;
      const std::uint64_t mask = rest >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rest) - 1;
      const std::uint64_t differ = (rtl_word(at) ^ model_word(at)) & mask;
      if (differ == 0) continue;
      if (wrong == 0)
        first = fmt::format("y {}, x {}, channel {}", pixel / command.out_width, pixel % command.out_width,
                            64 * w + static_cast<std::size_t>(std::countr_zero(differ)));
      wrong += static_cast<std::uint64_t>(std::popcount(differ));
    }
  if (wrong == 0) return std::string();
  return fmt::format("layer {}: {} bits of its output map differ, the first at {}", command.layer, wrong,
                     first);
}

}  // namespace irc::tb
