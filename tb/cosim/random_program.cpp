// SPDX-License-Identifier: Apache-2.0
#include "random_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <span>

#include "defined_behaviour.h"
#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/mapping/placement.h"
#include "irc/network/graph.h"

namespace irc::tb {
namespace {

using mapping::BiasPlacement;
using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;

/// Successive draws from a named stream.
class Draws {
 public:
  explicit Draws(const CounterRandom& random) : random_(random) {}
  std::uint64_t below(std::uint64_t n) { return random_.below(n, next_++); }
  int range(int from, int to) {
    return from + static_cast<int>(below(static_cast<std::uint64_t>(to - from + 1)));
  }
  bool chance(double probability) { return random_.uniform(next_++) < probability; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }
  template <typename T>
  const T& of(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  template <typename T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  CounterRandom random_;
  std::uint64_t next_ = 0;
};

/// Thrown when draws lead nowhere; the next attempt uses others.
struct Unlucky {};

struct Map {
  int height = 0, width = 0, channels = 0;
  std::uint32_t first = 0;
};

struct Command {
  Descriptor descriptor;
  std::vector<TileRecord> tiles;
  std::uint64_t address = 0;  ///< of the descriptor
};

std::uint16_t half(int value) {
  return static_cast<std::uint16_t>(value);
}
std::uint8_t octet(int value) {
  return static_cast<std::uint8_t>(value);
}

int ceil_div(int a, int b) {
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

std::uint64_t Builder::reserve(std::uint64_t bytes) {
  const std::uint64_t gap =
      draws_.chance(0.3) ? (64 - (memory_.address + memory_.bytes.size()) % 64) % 64 : draws_.below(12);
  const std::uint64_t at = memory_.address + memory_.bytes.size() + gap;
  memory_.bytes.resize(memory_.bytes.size() + gap + bytes, 0);
  if (memory_.bytes.size() > target_.memory_bytes / 4) throw Unlucky{};
  return at;
}

std::uint64_t Builder::store(const std::vector<std::uint8_t>& bytes) {
  const auto at = reserve(bytes.size());
  put(at, bytes);
  return at;
}

std::uint64_t Builder::output_memory(std::uint64_t bytes) {
  const auto at = reserve(bytes);
  outputs_.push_back({at, at + bytes});
  return at;
}

/// A place for a map, sometimes at the very end of the buffer.
std::uint32_t Builder::words(const Map& map) {
  const auto count = mapping::map_buffer_words(
      static_cast<std::uint64_t>(map.height) * static_cast<std::uint64_t>(map.width),
      static_cast<std::uint64_t>(map.channels));
  if (high_ - low_ < count + 8) throw Unlucky{};
  if (draws_.chance(0.2)) return static_cast<std::uint32_t>(high_ -= count);
  const auto at = low_ + draws_.below(4);
  low_ = at + count;
  return static_cast<std::uint32_t>(at);
}

std::vector<std::uint8_t> Builder::map_bytes(const Map& map) {
  std::vector<std::uint8_t> bytes;
  const int density = draws_.range(1, 8);
  for (int pixel = 0; pixel < map.height * map.width; ++pixel)
    for (int left = map.channels; left > 0; left -= 8) {
      std::uint8_t byte = draws_.byte();
      if (density < 3) byte = static_cast<std::uint8_t>(byte & draws_.byte());
      if (density > 6) byte = static_cast<std::uint8_t>(byte | draws_.byte());
      bytes.push_back(left >= 8 ? byte : static_cast<std::uint8_t>(byte & ((1 << left) - 1)));
    }
  return bytes;
}

Map Builder::any_shape() {
  const int most = std::vector<int>{3, 9, 40, 70, 130}[draws_.below(largest_ > 6 ? 5 : 3)];
  return {draws_.range(1, largest_), draws_.range(1, largest_), draws_.range(1, most), 0};
}

Map Builder::stream_in(Descriptor& d, Map map) {
  map.first = words(map);
  d.flags |= mapping::flag_input_from_memory;
  d.in_memory = store(map_bytes(map));
  maps_.push_back(map);
  return map;
}

/// First input of a command: an existing map, or one that streams in.
Map Builder::input(Descriptor& d, bool may_be_old) {
  const bool old = may_be_old && !maps_.empty() && draws_.chance(0.6);
  const Map map = old ? draws_.of(maps_) : stream_in(d, any_shape());
  d.inputs = 1;
  d.in_height = half(map.height);
  d.in_width = half(map.width);
  d.in_channels[0] = half(map.channels);
  d.in_buffer[0] = map.first;
  return map;
}

/// Chooses kernel, stride, padding and output size of a convolution with at most `most_rows` rows.
void Builder::window(Descriptor& d, const Map& in, int most_rows) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    const int kh = draws_.range(1, 5), kw = draws_.range(1, 5), sh = draws_.range(1, 3),
              sw = draws_.range(1, 3);
    const int most_pad = draws_.chance(0.1) ? 6 : std::max(kh, kw) / 2 + 1;
    std::array<int, 4> pads{};
    if (draws_.chance(0.7))
      for (int& pad : pads) pad = draws_.range(0, most_pad);
    const int high = in.height + pads[0] + pads[2] - kh, wide = in.width + pads[1] + pads[3] - kw;
    if (high < 0 || wide < 0 || kh * kw * in.channels > most_rows) continue;
    d.kernel_h = octet(kh);
    d.kernel_w = octet(kw);
    d.stride_h = octet(sh);
    d.stride_w = octet(sw);
    d.pad_top = octet(pads[0]);
    d.pad_left = octet(pads[1]);
    d.pad_bottom = octet(pads[2]);
    d.pad_right = octet(pads[3]);
    d.out_height = half(high / sh + 1);
    d.out_width = half(wide / sw + 1);
    return;
  }
  throw Unlucky{};
}

void Builder::output_to(Descriptor& d, const Map& out) {
  d.out_height = half(out.height);
  d.out_width = half(out.width);
  d.out_channels = half(out.channels);
  d.out_buffer = out.first;
  if (!draws_.chance(0.5)) return;
  d.flags |= mapping::flag_output_to_memory;
  const auto row = mapping::map_row_bytes(d.out_width, d.out_channels);
  d.out_memory = output_memory(row * d.out_height);
}

void Builder::output(Descriptor& d, Map out) {
  out.first = words(out);
  output_to(d, out);
  maps_.push_back(out);
}

Command& Builder::push(const Descriptor& descriptor) {
  Command command;
  command.descriptor = descriptor;
  auto& d = command.descriptor;
  d.layer = half(static_cast<int>(commands_.size()));
  if (draws_.chance(0.4)) d.flags |= mapping::flag_interrupt;
  commands_.push_back(std::move(command));
  return commands_.back();
}

void Builder::build() {
  const int count = draws_.range(1, largest_ > 6 ? 5 : 3);
  for (int i = 0; i < count; ++i) one();
  commands_.back().descriptor.flags |= mapping::flag_end;
  // Descriptors have no gaps between them, and what follows the last is no descriptor.
  program_address_ = reserve((commands_.size() + 1) * mapping::descriptor_bytes);
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    auto& command = commands_[i];
    command.address = program_address_ + i * mapping::descriptor_bytes;
    if (!command.tiles.empty()) {
      auto& d = command.descriptor;
      d.table_entries = static_cast<std::uint32_t>(command.tiles.size());
      d.table_memory = reserve(command.tiles.size() * mapping::tile_record_bytes);
    }
    write(command);
  }
}

void Builder::write(Command& command) {
  put(command.address, mapping::encode(command.descriptor));
  for (std::size_t i = 0; i < command.tiles.size(); ++i)
    put(command.descriptor.table_memory + i * mapping::tile_record_bytes, mapping::encode(command.tiles[i]));
}

void Builder::one() {
  const auto kind = draws_.below(10);
  if (kind < 5) return conv_array();
  if (kind < 7) return conv_digital();
  if (kind < 8) return max_pool();
  if (kind < 9) return upsample();
  concat();
}

void Builder::max_pool() {
  Descriptor d;
  d.opcode = Opcode::max_pool;
  const Map in = input(d);
  d.kernel_h = d.kernel_w = octet(draws_.range(1, std::min({4, in.height, in.width})));
  d.stride_h = d.stride_w = octet(draws_.range(1, 4));
  output(d, {(in.height - d.kernel_h) / d.stride_h + 1, (in.width - d.kernel_w) / d.stride_w + 1, in.channels,
             0});
  push(d);
}

void Builder::upsample() {
  Descriptor d;
  d.opcode = Opcode::upsample;
  const Map in = input(d);
  d.kernel_h = d.kernel_w = octet(draws_.range(1, std::max(in.height, in.width) < 8 ? 3 : 2));
  d.stride_h = d.stride_w = octet(draws_.range(1, 3));
  output(d, {in.height * d.kernel_h, in.width * d.kernel_w, in.channels, 0});
  push(d);
}

void Builder::concat() {
  Descriptor d;
  d.opcode = Opcode::concat;
  const auto before = maps_;
  const Map in = input(d);
  int channels = in.channels;
  // Other inputs may be any map of the same size, including the same one, but not the map that is still
  // streaming in.
  std::vector<Map> others;
  for (const auto& map : before)
    if (map.height == in.height && map.width == in.width) others.push_back(map);
  const int count = others.empty() ? 1 : draws_.range(1, 4);
  for (int i = 1; i < count; ++i) {
    const Map& other = draws_.of(others);
    d.in_channels[static_cast<std::size_t>(i)] = half(other.channels);
    d.in_buffer[static_cast<std::size_t>(i)] = other.first;
    channels += other.channels;
  }
  d.inputs = octet(count);
  d.kernel_h = d.kernel_w = d.stride_h = d.stride_w = 1;
  output(d, {in.height, in.width, channels, 0});
  push(d);
}

/// Defines the contents of a map with a command of its own.
void Builder::define(const Map& map) {
  Descriptor d;
  d.opcode = Opcode::concat;
  d.inputs = 1;
  const Map in = stream_in(d, {map.height, map.width, map.channels, 0});
  d.in_height = half(in.height);
  d.in_width = half(in.width);
  d.in_channels[0] = half(in.channels);
  d.in_buffer[0] = in.first;
  d.kernel_h = d.kernel_w = d.stride_h = d.stride_w = 1;
  output_to(d, map);
  push(d);
}

std::uint32_t Builder::load_parameters(const Descriptor& layer, bool head) {
  network::Conv conv;
  conv.kind = static_cast<network::WeightKind>(draws_.below(4));
  conv.step = !head;
  conv.kernel_h = layer.kernel_h;
  conv.kernel_w = layer.kernel_w;
  conv.in_channels = layer.in_channels[0];
  conv.out_channels = layer.out_channels;
  const std::size_t weights = conv.rows() * layer.out_channels;
  const auto real = [&] { return static_cast<float>(draws_.range(-1000, 1000)) / 256.0f; };
  for (std::size_t i = 0; i < weights; ++i) switch (conv.kind) {
      case network::WeightKind::ternary:
        conv.weights.push_back(static_cast<std::int8_t>(draws_.range(-1, 1)));
        break;
      case network::WeightKind::binary:
        conv.weights.push_back(draws_.chance(0.5) ? 1 : -1);
        break;
      case network::WeightKind::int8:
        conv.weights.push_back(static_cast<std::int8_t>(draws_.range(-127, 127)));
        break;
      case network::WeightKind::real:
        conv.real_weights.push_back(real());
    }
  for (int o = 0; o < conv.out_channels; ++o) {
    if (conv.kind == network::WeightKind::real) {
      conv.real_bias.push_back(real());
    } else {
      conv.bias.push_back(draws_.range(-20, 20));
    }
    if (!head) continue;
    conv.scale.push_back(real());
    conv.offset.push_back(real());
  }
  auto block = mapping::encode_parameters(conv);
  if (block.size() > 4000) throw Unlucky{};
  Descriptor d;
  d.opcode = Opcode::load_parameters;
  d.slot = static_cast<std::uint32_t>(draws_.below(6));
  d.table_entries = static_cast<std::uint32_t>(block.size());
  d.table_memory = store(block);
  push(d);
  return d.slot;
}

void Builder::conv_digital() {
  Descriptor d;
  const bool head = draws_.chance(0.4);
  d.opcode = head ? Opcode::head : Opcode::conv_digital;
  Map in;
  if (!head && draws_.chance(0.4)) {
    in = {draws_.range(1, largest_), draws_.range(1, largest_), draws_.range(1, 5), 0};
    d.flags |= mapping::flag_picture_input | mapping::flag_input_from_memory;
    d.inputs = 1;
    d.in_height = half(in.height);
    d.in_width = half(in.width);
    d.in_channels[0] = half(in.channels);
    std::vector<std::uint8_t> picture(static_cast<std::size_t>(in.height * in.width * in.channels));
    for (auto& value : picture) value = draws_.byte();
    d.in_memory = store(picture);
  } else {
    in = input(d);
  }
  window(d, in, 400);
  d.out_channels = half(draws_.range(1, draws_.chance(0.2) ? 70 : 10));
  if (head) {
    d.flags |= mapping::flag_output_to_memory;
    d.out_memory = output_memory(std::uint64_t{4} * d.out_height * d.out_width * d.out_channels);
    d.slot = load_parameters(d, true);
  } else {
    d.slot = load_parameters(d, false);
    output(d, {d.out_height, d.out_width, d.out_channels, 0});
  }
  push(d);
}

/// Largest number of outputs of one macro.
int Builder::capacity() const {
  const int pairs = static_cast<int>(g_.column_pairs);
  return g_.scheme == mapping::WeightScheme::binary_reference ? 2 * pairs - 2 : pairs;
}

/// Heights of row pieces, which are seldom equal.
std::vector<int> Builder::cut(int rows) {
  const int most = static_cast<int>(g_.rows), least = ceil_div(rows, most);
  const int pieces = std::min(rows, draws_.range(least, std::max(least, draws_.chance(0.4) ? 3 : 1)));
  std::vector<int> heights(static_cast<std::size_t>(pieces), rows / pieces);
  for (int i = 0; i < rows % pieces; ++i) ++heights[static_cast<std::size_t>(i)];
  for (std::size_t i = 1; i < heights.size(); ++i) {
    const int room = std::min(most - heights[i], heights[i - 1] - 1);
    const int moved = room > 0 ? draws_.range(0, room) : 0;
    heights[i] += moved;
    heights[i - 1] -= moved;
  }
  return heights;
}

/// Places row pieces of some outputs, each in a macro that has room. Returns false where there is none.
bool Builder::place(std::vector<TileRecord>& tiles, std::vector<int>& used, int output_begin, int outputs,
                    const std::vector<int>& cuts, int weight_rows) {
  const int columns = static_cast<int>(mapping::tile_columns(static_cast<std::size_t>(outputs), g_));
  const int pairs = ceil_div(columns, 2);
  auto room = used;
  std::vector<TileRecord> pieces;
  int row = 0;
  for (const int rows : cuts) {
    std::vector<std::size_t> macros(room.size());
    std::iota(macros.begin(), macros.end(), std::size_t{0});
    draws_.shuffle(macros);
    const auto found = std::find_if(macros.begin(), macros.end(), [&](std::size_t m) {
      return room[m] + pairs <= static_cast<int>(g_.column_pairs);
    });
    if (found == macros.end()) return false;
    TileRecord t;
    t.tile = next_tile_++;
    t.macro = half(static_cast<int>(*found));
    t.first_pair = half(room[*found]);
    t.row_begin = static_cast<std::uint32_t>(row);
    t.rows = static_cast<std::uint32_t>(rows);
    t.weight_rows = static_cast<std::uint32_t>(weight_rows);
    t.output_begin = half(output_begin);
    t.outputs = half(outputs);
    t.columns = half(columns);
    t.row_pieces = half(static_cast<int>(cuts.size()));
    t.cells_bytes = static_cast<std::uint32_t>((rows * columns + 7) / 8);
    room[*found] += pairs;
    row += rows;
    pieces.push_back(t);
  }
  used = room;
  tiles.insert(tiles.end(), pieces.begin(), pieces.end());
  return true;
}

/// Makes tiles for outputs from `output_begin` on, as many as there is room for.
std::vector<TileRecord> Builder::pass(int output_begin, int outputs, int weight_rows, int layer_rows) {
  std::vector<int> used(g_.macros);
  for (int& pairs : used)
    pairs = draws_.chance(0.3) ? draws_.range(0, static_cast<int>(g_.column_pairs) / 2) : 0;
  const auto cuts = cut(layer_rows);
  std::vector<TileRecord> tiles;
  for (int done = 0; done < outputs;) {
    const int piece = draws_.range(1, std::min(outputs - done, capacity()));
    if (!place(tiles, used, output_begin + done, piece, cuts, weight_rows)) {
      if (piece == 1 || draws_.chance(0.3)) break;
      outputs = done + piece - 1;
      continue;
    }
    done += piece;
  }
  if (tiles.empty()) throw Unlucky{};
  draws_.shuffle(tiles);
  fill(tiles);
  return tiles;
}

std::vector<std::uint8_t> Builder::cells(const TileRecord& t) {
  std::vector<std::uint8_t> bytes(t.cells_bytes, 0);
  const int dense = draws_.range(1, 9);
  for (std::uint32_t column = 0; column < t.columns; ++column)
    for (std::uint32_t row = 0; row < t.rows; ++row) {
      bool low = draws_.chance(dense / 10.0);
      // One reference column is all low, the other all high.
      if (g_.scheme == mapping::WeightScheme::binary_reference && column >= t.outputs)
        low = column == t.outputs;
      const std::uint32_t bit = column * t.rows + row;
      if (low) bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | 1u << bit % 8);
    }
  return bytes;
}

std::vector<std::uint8_t> Builder::biases(const TileRecord& t, bool zero) {
  std::vector<std::uint8_t> bytes(std::size_t{t.outputs} * 4, 0);
  for (std::size_t o = 0; o < t.outputs && !zero; ++o) {
    std::int32_t value = draws_.range(-12, 12);
    if (g_.bias == BiasPlacement::digital && draws_.chance(0.02))
      value = draws_.chance(0.5) ? std::numeric_limits<std::int32_t>::max()
                                 : std::numeric_limits<std::int32_t>::min();
    std::memcpy(&bytes[o * 4], &value, 4);
  }
  return bytes;
}

/// Puts cells and biases into memory.
void Builder::fill(std::vector<TileRecord>& tiles) {
  const bool adds_up =
      !g_.one_bit_readout || std::any_of(tiles.begin(), tiles.end(), [&](const TileRecord& t) {
        return t.row_pieces > 1 || (g_.rows_per_operation != 0 && t.rows > g_.rows_per_operation);
      });
  for (auto& t : tiles) {
    t.cells_memory = store(cells(t));
    if (g_.bias == BiasPlacement::array ? draws_.chance(0.1) : t.row_begin == 0 || draws_.chance(0.5))
      t.bias_memory = store(biases(t, g_.bias == BiasPlacement::digital && !adds_up));
  }
}

void Builder::program(std::vector<TileRecord> tiles) {
  draws_.shuffle(tiles);
  // Programs a tile also under another number, which is overwritten again.
  if (draws_.chance(0.1)) {
    auto other = tiles.front();
    other.tile = next_tile_++;
    tiles.insert(tiles.begin(), other);
  }
  const std::size_t first = draws_.chance(0.3) ? draws_.below(tiles.size()) : 0;
  Descriptor d;
  d.opcode = Opcode::program;
  if (first > 0) push(d).tiles.assign(tiles.begin(), tiles.begin() + static_cast<std::ptrdiff_t>(first));
  push(d).tiles.assign(tiles.begin() + static_cast<std::ptrdiff_t>(first), tiles.end());
}

void Builder::conv_array() {
  Descriptor d;
  d.opcode = Opcode::conv_array;
  const Map in = input(d);
  const int most_rows = static_cast<int>(g_.rows * std::min<std::size_t>(g_.macros, 3) - g_.bias_rows);
  window(d, in, std::min(most_rows, 300));
  const int weight_rows = d.kernel_h * d.kernel_w * in.channels;
  const int bias_rows = g_.bias == BiasPlacement::array ? draws_.range(0, static_cast<int>(g_.bias_rows)) : 0;
  const int passes = draws_.chance(0.2) ? 2 : 1;
  std::vector<std::vector<TileRecord>> tiles;
  int outputs = 0;
  for (int i = 0; i < passes; ++i) {
    const int most = std::min(capacity() * static_cast<int>(g_.macros), draws_.chance(0.3) ? 100 : 12);
    tiles.push_back(pass(outputs, draws_.range(1, most), weight_rows, weight_rows + bias_rows));
    int end = outputs;
    for (const auto& t : tiles.back()) end = std::max(end, t.output_begin + t.outputs);
    outputs = end;
  }
  // Channels that no tile computes stay unchanged.
  const int spare = draws_.chance(0.1) ? draws_.range(1, 70) : 0;
  Map out{d.out_height, d.out_width, outputs + spare, 0};
  out.first = words(out);
  if (passes > 1 || spare > 0) {
    // The command that defines the output map must not read the input that is streamed in later.
    define(out);
  }
  for (const auto& pass_tiles : tiles) {
    program(pass_tiles);
    output_to(d, out);
    push(d).tiles = pass_tiles;
  }
  maps_.push_back(out);
}

// ---- flaws

Command& Builder::some(std::initializer_list<Opcode> opcodes) {
  std::vector<Command*> found;
  for (auto& command : commands_)
    if (opcodes.size() == 0 ||
        std::find(opcodes.begin(), opcodes.end(), command.descriptor.opcode) != opcodes.end())
      found.push_back(&command);
  if (found.empty()) throw Unlucky{};
  return *draws_.of(found);
}

std::string Builder::spoil_descriptor() {
  const auto& command = some({});
  // The reserved bytes are included, because nothing reads them.
  const auto at = draws_.below(draws_.chance(0.9) ? 87 : mapping::descriptor_bytes);
  const std::vector<std::uint8_t> values{draws_.byte(), 0, 0xff, 1};
  const auto value = draws_.of(values);
  memory_.bytes[command.address + at - memory_.address] = value;
  return fmt::format("byte {} of the descriptor at {} is {}", at, command.address, value);
}

std::string Builder::spoil_tile() {
  const auto& command = some({Opcode::program, Opcode::conv_array});
  const auto record = draws_.below(command.tiles.size()), at = draws_.below(draws_.chance(0.9) ? 48 : 64);
  const std::uint64_t address = command.descriptor.table_memory + record * mapping::tile_record_bytes + at;
  auto& byte = memory_.bytes[address - memory_.address];
  byte = draws_.chance(0.5) ? static_cast<std::uint8_t>(byte ^ 1u << draws_.below(8)) : draws_.byte();
  return fmt::format("byte {} of tile record {} of the command at {} is {}", at, record, command.address,
                     byte);
}

std::string Builder::spoil_parameters() {
  auto& command = some({Opcode::load_parameters});
  auto& d = command.descriptor;
  if (draws_.chance(0.4)) {
    const int change = draws_.range(-9, 9);
    d.table_entries = static_cast<std::uint32_t>(std::max(1, static_cast<int>(d.table_entries) + change));
    write(command);
    return fmt::format("the parameter block at {} is {} bytes longer", d.table_memory, change);
  }
  const auto at = draws_.below(draws_.chance(0.5) ? 8 : d.table_entries);
  const auto value = draws_.byte();
  memory_.bytes[d.table_memory + at - memory_.address] = value;
  return fmt::format("byte {} of the parameter block at {} is {}", at, d.table_memory, value);
}

std::string Builder::spoil_address() {
  auto& command = some({});
  auto& d = command.descriptor;
  const std::vector<std::uint64_t> places{
      target_.memory_bytes - draws_.below(64), target_.memory_bytes + draws_.below(4096),
      (std::uint64_t{1} << 32) + draws_.below(1u << 20), ~std::uint64_t{0} - draws_.below(5000)};
  const auto place = draws_.of(places);
  std::vector<std::pair<const char*, std::uint64_t*>> fields;
  if ((d.flags & mapping::flag_input_from_memory) != 0) fields.emplace_back("in_memory", &d.in_memory);
  if ((d.flags & mapping::flag_output_to_memory) != 0) fields.emplace_back("out_memory", &d.out_memory);
  for (auto& tile : command.tiles)
    if (d.opcode == Opcode::program) {
      fields.emplace_back("cells_memory", &tile.cells_memory);
      if (tile.bias_memory != 0) fields.emplace_back("bias_memory", &tile.bias_memory);
    }
  const auto table = d.table_memory;
  if (table != 0) fields.emplace_back("table_memory", &d.table_memory);
  fields.emplace_back("PROGRAM", &program_address_);
  const auto& [name, field] = draws_.of(fields);
  *field = place;
  if (field == &d.table_memory) {
    put(command.address, mapping::encode(d));
  } else {
    write(command);
  }
  return fmt::format("{} of the command at {} is {}", name, command.address, place);
}

std::string Builder::spoil_count() {
  auto& command = some({Opcode::program, Opcode::conv_array});
  auto& d = command.descriptor;
  const auto most = static_cast<std::uint32_t>(g_.macros * g_.column_pairs);
  const std::vector<std::uint32_t> counts{
      0, most + 1, most, ~std::uint32_t{0}, d.table_entries + 1, d.table_entries - 1};
  d.table_entries = draws_.of(counts);
  put(command.address, mapping::encode(d));
  return fmt::format("the command at {} names {} tiles", command.address, d.table_entries);
}

std::string Builder::spoil_slot() {
  auto& command = some({Opcode::conv_digital, Opcode::head});
  command.descriptor.slot =
      static_cast<std::uint32_t>(draws_.chance(0.5) ? draws_.below(6) : 1000 + draws_.below(1u << 31));
  write(command);
  return fmt::format("the command at {} reads slot {}", command.address, command.descriptor.slot);
}

std::string Builder::spoil_number() {
  auto& command = some({Opcode::conv_array});
  auto& tile = some_tile(command);
  const auto number = tile.tile;
  // Uses another tile of the program, or one that does not exist.
  tile.tile = draws_.chance(0.5) ? some_tile(some({Opcode::program})).tile : number ^ 1u << draws_.below(32);
  write(command);
  return fmt::format("the command at {} names tile {} instead of {}", command.address, tile.tile, number);
}

std::string Builder::spoil_biases() {
  auto& command = some({Opcode::program});
  auto& tile = some_tile(command);
  if (tile.bias_memory == 0) throw Unlucky{};
  if (g_.bias == BiasPlacement::digital && draws_.chance(0.5)) {
    memory_.bytes[tile.bias_memory - memory_.address] ^= 1;
    return fmt::format("first bias of tile {} changed", tile.tile);
  }
  tile.bias_memory = 0;
  write(command);
  return fmt::format("tile {} has no biases", tile.tile);
}

/// Replaces a conv_array by programming other tiles over its own, so that the next command that needs them
/// fails.
std::string Builder::evict() {
  auto& command = some({Opcode::program});
  auto& tile = some_tile(command);
  const auto& victim = some_tile(some({Opcode::conv_array}));
  tile.macro = victim.macro;
  if (draws_.chance(0.5)) tile.tile = victim.tile;
  const auto pairs = g_.column_pairs - static_cast<std::size_t>(ceil_div(tile.columns, 2));
  tile.first_pair = half(static_cast<int>(std::min<std::size_t>(victim.first_pair + draws_.below(2), pairs)));
  write(command);
  return fmt::format("the command at {} programs tile {} near tile {}", command.address, tile.tile,
                     victim.tile);
}

void Builder::spoil(RandomCase& out) {
  switch (draws_.below(12)) {
    case 0:
    case 1:
    case 2:
      out.flaw = spoil_descriptor();
      return;
    case 3:
    case 4:
      out.flaw = spoil_tile();
      return;
    case 5:
      out.flaw = spoil_parameters();
      return;
    case 6:
      out.flaw = spoil_address();
      return;
    case 7:
      out.flaw = spoil_count();
      return;
    case 8:
      out.flaw = spoil_slot();
      return;
    case 9:
      out.flaw = spoil_number();
      return;
    case 10:
      out.flaw = spoil_biases();
      return;
    default:
      out.flaw = evict();
  }
}

void Builder::finish(RandomCase& out) {
  out.program_address = program_address_;
  out.memory = std::move(memory_);
  out.picture = draws_.chance(0.3) ? static_cast<std::uint32_t>(draws_.below(std::uint64_t{1} << 24))
                                   : static_cast<std::uint32_t>(draws_.below(4));
}

constexpr std::uint64_t most_cycles = 5000;

/// One attempt. Returns nothing where the draws lead to no program that is defined and short.
std::optional<RandomCase> attempt_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number,
                                       std::uint64_t attempt) {
  const auto random = CounterRandom(seed, Stream::test).fork(number);
  RandomCase out;
  out.seed = seed;
  out.number = number;
  // The kind of case is the same for all attempts.
  Draws kind(random.fork(0));
  const bool flawed = kind.chance(0.25);
  out.back_pressure =
      kind.chance(1.0 / 3) ? 0 : target.back_pressure_max * static_cast<double>(kind.below(1000)) / 1000;
  out.register_traffic = kind.chance(0.5);
  Draws draws(random.fork(1 + attempt));
  try {
    Builder builder(target, number, attempt, draws);
    builder.build();
    if (flawed) builder.spoil(out);
    builder.finish(out);
    DefinedBehaviour behaviour(target, out.memory, builder.outputs());
    if (behaviour.check(out.program_address, most_cycles, out.words)) return out;
  } catch (const Unlucky&) {
  }
  return std::nullopt;
}

}  // namespace

RandomCase random_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number) {
  for (std::uint64_t attempt = 0; attempt < 1000; ++attempt)
    if (auto found = attempt_case(target, seed, number, attempt)) return std::move(*found);
  throw InternalError(fmt::format("no random program for seed {}, case {}", seed, number));
}

}  // namespace irc::tb
