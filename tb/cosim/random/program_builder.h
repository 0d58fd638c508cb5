// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "defined_behaviour.h"
#include "draws.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/mapping/geometry.h"
#include "random_program.h"

namespace irc::tb::random {

using mapping::BiasPlacement;
using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;

struct Map {
  int height = 0, width = 0, channels = 0;
  std::uint32_t first = 0;
};

struct Command {
  Descriptor descriptor;
  std::vector<TileRecord> tiles;
  std::uint64_t address = 0;  ///< of the descriptor
};

inline std::uint16_t half(int value) {
  return static_cast<std::uint16_t>(value);
}
inline std::uint8_t octet(int value) {
  return static_cast<std::uint8_t>(value);
}

inline int ceil_div(int a, int b) {
  return (a + b - 1) / b;
}

/// Builds one program. Sizes shrink from attempt to attempt.
class Builder {
 public:
  Builder(const RandomTarget& target, std::uint64_t number, std::uint64_t attempt, Draws& draws)
      : target_(target),
        g_(target.geometry),
        draws_(draws),
        largest_(std::max(3, 12 - static_cast<int>(attempt) / 2)) {
    // Tile numbers depend on the case, so tiles that earlier cases left in the macros are never used.
    next_tile_ = static_cast<std::uint32_t>(number * 64);
    memory_.address = 64 + draws_.below(target.memory_bytes / 2);
    low_ = draws_.below(64);
    high_ = g_.buffer_bits / 64;
  }

  void build();
  void spoil(RandomCase& out);
  void finish(RandomCase& out);
  std::vector<DefinedBehaviour::Range> outputs() const { return outputs_; }

 private:
  // Memory and buffer
  std::uint64_t reserve(std::uint64_t bytes);
  std::uint64_t store(const std::vector<std::uint8_t>& bytes);
  std::uint64_t output_memory(std::uint64_t bytes);
  std::uint32_t words(const Map& map);
  std::vector<std::uint8_t> map_bytes(const Map& map);
  void put(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(),
              memory_.bytes.begin() + static_cast<std::ptrdiff_t>(address - memory_.address));
  }

  // Parts of commands
  Map any_shape();
  Map input(Descriptor& d, bool may_be_old = true);
  Map stream_in(Descriptor& d, Map map);
  void window(Descriptor& d, const Map& in, int most_rows);
  void output(Descriptor& d, Map out);
  void output_to(Descriptor& d, const Map& out);
  Command& push(const Descriptor& d);

  // Commands
  void one();
  void conv_array();
  void conv_digital();
  void max_pool();
  void upsample();
  void concat();
  void define(const Map& map);
  std::uint32_t load_parameters(const Descriptor& d, bool head);
  void program(std::vector<TileRecord> tiles);

  // Tiles
  int capacity() const;
  std::vector<int> cut(int rows);
  std::vector<TileRecord> pass(int output_begin, int outputs, int weight_rows, int layer_rows);
  bool place(std::vector<TileRecord>& tiles, std::vector<int>& used, int output_begin, int outputs,
             const std::vector<int>& cuts, int weight_rows);
  void fill(std::vector<TileRecord>& tiles);
  std::vector<std::uint8_t> cells(const TileRecord& tile);
  std::vector<std::uint8_t> biases(const TileRecord& tile, bool zero);

  // Flaws
  std::string spoil_descriptor();
  std::string spoil_tile();
  std::string spoil_parameters();
  std::string spoil_address();
  std::string spoil_count();
  std::string spoil_slot();
  std::string spoil_number();
  std::string spoil_biases();
  std::string evict();
  Command& some(std::initializer_list<Opcode> opcodes);
  TileRecord& some_tile(Command& command) { return command.tiles[draws_.below(command.tiles.size())]; }
  void write(Command& command);

  const RandomTarget& target_;
  const mapping::Geometry& g_;
  Draws& draws_;
  int largest_;
  mapping::Segment memory_;
  std::vector<DefinedBehaviour::Range> outputs_;
  std::vector<Command> commands_;
  std::vector<Map> maps_;
  std::uint64_t low_ = 0, high_ = 0;  ///< range of buffer words that are not in use
  std::uint64_t program_address_ = 0;
  std::uint32_t next_tile_ = 0;
};

}  // namespace irc::tb::random
