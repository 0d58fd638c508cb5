// SPDX-License-Identifier: Apache-2.0
// The commands of a random program.
#include "program_builder.h"

#include "irc/network/graph.h"

namespace irc::tb::random {

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

}  // namespace irc::tb::random
