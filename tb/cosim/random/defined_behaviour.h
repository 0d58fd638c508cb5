// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "random_program.h"

namespace irc::tb {

/// Reads a program in memory and decides whether docs/registers.md defines all that it does and whether it
/// ends soon. Random changes can turn a program into another valid one whose maps overlap or that reads
/// undefined data.
class DefinedBehaviour {
 public:
  /// Bytes that a program may write.
  struct Range {
    std::uint64_t begin = 0, end = 0;
  };

  DefinedBehaviour(const RandomTarget& target, const mapping::Segment& memory, std::vector<Range> outputs)
      : target_(target), memory_(memory), outputs_(std::move(outputs)) {}

  /// `words` receives a line per command and tile, up to the first command that cannot run.
  bool check(std::uint64_t program_address, std::uint64_t most_cycles, std::vector<std::string>& words);

 private:
  enum class Verdict {
    goes_on,
    ends,       ///< with an error, or at the end of the program
    undefined,  ///< or too long
  };
  /// A map in the activation buffer.
  struct Map {
    std::uint64_t first = 0, words = 0;
    std::uint16_t height = 0, width = 0, channels = 0;
    bool overlaps(const Map& other) const {
      return first < other.first + other.words && other.first < first + words;
    }
    friend bool operator==(const Map&, const Map&) = default;
  };

  Verdict command(std::uint64_t address, std::vector<std::string>& words);
  Verdict tiles(mapping::CommandInfo& command, std::vector<std::string>& words) const;
  Verdict parameters(const mapping::Descriptor& d) const;
  Verdict cells(const mapping::CommandInfo& command) const;
  Verdict layer_tiles(const mapping::CommandInfo& command) const;
  Verdict layer(const mapping::CommandInfo& command);
  Verdict maps(const mapping::CommandInfo& command, std::vector<Map>& written) const;
  Verdict streams(const mapping::Descriptor& d) const;
  Verdict readable(std::uint64_t address, std::uint64_t bytes) const;
  bool legal(const mapping::TileRecord& tile) const;
  bool covers_output(const mapping::CommandInfo& command) const;
  bool defined(const Map& map) const;
  Map map_of(std::uint32_t first, std::uint16_t height, std::uint16_t width, std::uint16_t channels) const;
  bool fits(const Map& map) const { return map.first + map.words <= target_.geometry.buffer_bits / 64; }

  const RandomTarget& target_;
  const mapping::Segment& memory_;
  std::vector<Range> outputs_;
  std::vector<Map> known_;  ///< maps that the program has written so far
  std::uint64_t cycles_ = 0;
};

}  // namespace irc::tb
