// SPDX-License-Identifier: Apache-2.0
#include "program_builder.h"

#include <array>

namespace irc::tb::random {

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

void Builder::finish(RandomCase& out) {
  out.program_address = program_address_;
  out.memory = std::move(memory_);
  out.picture = draws_.chance(0.3) ? static_cast<std::uint32_t>(draws_.below(std::uint64_t{1} << 24))
                                   : static_cast<std::uint32_t>(draws_.below(4));
}

}  // namespace irc::tb::random
