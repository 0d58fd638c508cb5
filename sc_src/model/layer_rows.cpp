// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

namespace {

void append_bits_as_bytes(std::vector<std::uint8_t>& out, std::span<const std::uint64_t> words,
                          std::size_t bits) {
  for (std::size_t byte = 0; byte < (bits + 7) / 8; ++byte)
    out.push_back(static_cast<std::uint8_t>(words[byte / 8] >> (8 * (byte % 8))));
}

/// Bits of the input rows that the windows of an output row cover. The windows slide within the digital unit,
/// so each input row is read once per output row. Padding is not read.
std::uint64_t window_row_bits(const LayerWork& work, int y) {
  const auto& d = work.descriptor;
  const int top = y * d.stride_h - d.pad_top;
  const int rows = std::min<int>(top + d.kernel_h, d.in_height) - std::max(top, 0);
  const std::uint64_t row_bits =
      std::uint64_t{d.in_width} * d.in_channels[0] * (work.picture_input() ? 8 : 1);
  return static_cast<std::uint64_t>(std::max(rows, 0)) * row_bits;
}

/// Bits of all weights of a layer. The digital unit reads each weight once per output row and keeps it in its
/// datapath for that row.
std::uint64_t weight_row_bits(const network::Conv& conv) {
  const auto bits_per_weight = [&]() -> std::uint64_t {
    switch (conv.kind) {
      case network::WeightKind::binary:
        return 1;
      case network::WeightKind::ternary:
        return 2;
      case network::WeightKind::int8:
        return 8;
      case network::WeightKind::real:
        return 32;
    }
    return 32;
  }();
  return bits_per_weight * conv.rows() * static_cast<std::uint64_t>(conv.out_channels);
}

}  // namespace

void Controller::digital_row(LayerWork& work, int y, const sc_time& end) {
  const auto& d = work.descriptor;
  Event event;
  event.end_s = end.to_seconds();
  event.start_s = event.end_s - seconds(mapping::digital_row_cycles(config_.timing, d));
  event.kind = EventKind::digital_move;
  event.layer = d.layer;
  event.bytes = std::uint64_t{d.out_width} * d.out_channels / 8;
  switch (d.opcode) {
    case Opcode::conv_digital:
      if (work.picture_input()) {
        network::digital_row(work.digital_layer->conv, work.digital_layer->weights, work.picture, y,
                             work.output);
      } else {
        network::digital_row(work.digital_layer->conv, work.digital_layer->weights, work.inputs[0], y,
                             work.output);
      }
      break;
    case Opcode::head:
      event.bytes = std::uint64_t{d.out_width} * d.out_channels * sizeof(float);
      network::head_row(work.digital_layer->conv, work.digital_layer->weights, work.inputs[0], y, work.head);
      break;
    case Opcode::max_pool:
      event.pool_bits = std::uint64_t{d.out_width} * d.out_channels * d.kernel_h * d.kernel_h;
      network::max_pool_row({d.kernel_h, d.stride_h}, work.inputs[0], y, work.output);
      break;
    case Opcode::upsample:
      network::upsample_row({d.kernel_h}, work.inputs[0], y, work.output);
      break;
    default: {
      std::vector<const BinaryMap*> inputs;
      for (const auto& input : work.inputs) inputs.push_back(&input);
      network::concat_row(inputs, y, work.output);
    }
  }
  if (work.digital_layer != nullptr) {
    event.kind = EventKind::digital_mac;
    event.macs = std::uint64_t{d.out_width} * d.out_channels * work.digital_layer->conv.rows();
    event.bits_read = window_row_bits(work, y);
    event.weight_bits_read = weight_row_bits(work.digital_layer->conv);
  }
  events_.publish(event);
}

void Controller::store_input_row(LayerWork& work, int y, const std::vector<std::uint8_t>& bytes) {
  const auto& d = work.descriptor;
  if (work.picture_input()) {
    std::copy(bytes.begin(), bytes.end(),
              work.picture.values.begin() +
                  static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * bytes.size()));
    return;
  }
  const std::size_t pixel_bytes = (d.in_channels[0] + 7u) / 8;
  for (std::size_t x = 0; x < d.in_width; ++x) {
    auto words = work.inputs[0].bits.row(static_cast<std::size_t>(y) * d.in_width + x);
    std::fill(words.begin(), words.end(), 0);
    for (std::size_t i = 0; i < pixel_bytes; ++i)
      words[i / 8] |= std::uint64_t{bytes[x * pixel_bytes + i]} << (8 * (i % 8));
  }
}

std::vector<std::uint8_t> Controller::output_row_bytes(const LayerWork& work, int y) const {
  const auto& d = work.descriptor;
  std::vector<std::uint8_t> bytes;
  if (d.opcode == Opcode::head) {
    const std::size_t floats = std::size_t{d.out_width} * d.out_channels;
    bytes.resize(floats * 4);
    std::memcpy(bytes.data(), work.head.values.data() + static_cast<std::size_t>(y) * floats, bytes.size());
    return bytes;
  }
  for (std::size_t x = 0; x < d.out_width; ++x)
    append_bits_as_bytes(bytes, work.output.bits.row(static_cast<std::size_t>(y) * d.out_width + x),
                         d.out_channels);
  return bytes;
}

void Controller::finish_layer(LayerWork& work) {
  if (work.streams_input() && !work.picture_input()) put_map(work.inputs[0], work.descriptor.in_buffer[0]);
  if (work.descriptor.opcode == Opcode::head) return;
  put_map(work.output, work.descriptor.out_buffer);
}

void Controller::put_map(const BinaryMap& map, std::uint64_t first_word) {
  const auto words = map.bits.words();
  std::copy(words.begin(), words.end(), buffer_.view(first_word, words.size()).begin());
}

}  // namespace irc::model
