// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "irc/core/bits.h"
#include "irc/model/controller.h"

namespace irc::model {

using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using sc_core::sc_time;

int LayerWork::rows_needed(int y) const {
  const auto& d = descriptor;
  if (d.opcode == Opcode::upsample) return y / d.kernel_h + 1;
  if (d.opcode == Opcode::concat) return y + 1;
  return std::clamp(y * d.stride_h + d.kernel_h - d.pad_top, 1, static_cast<int>(d.in_height));
}

std::uint64_t LayerWork::input_row_bytes() const {
  const auto& d = descriptor;
  if (picture_input()) return std::uint64_t{d.in_width} * d.in_channels[0];
  return mapping::map_row_bytes(d.in_width, d.in_channels[0]);
}

namespace {

Shape shape_of(std::uint16_t channels, std::uint16_t height, std::uint16_t width) {
  return {channels, height, width};
}

std::uint64_t values_of(const Shape& shape) {
  return std::uint64_t{shape.size()};
}

std::uint64_t words_of(const Shape& shape) {
  return mapping::map_buffer_words(shape.pixels(), static_cast<std::uint64_t>(shape.channels));
}

bool fits(const ActivationBuffer& buffer, std::uint64_t first, std::uint64_t count) {
  return first <= buffer.words() && count <= buffer.words() - first;
}

}  // namespace

Controller::CommandError Controller::prepare_tiles(LayerWork& work) {
  const auto& d = work.descriptor;
  const auto error = fetch_tiles(d, work.tiles);
  if (error != CommandError::none) return error;
  work.cursors.assign(config_.geometry.macros, {});
  std::uint32_t tiles = 0;
  work.adds_up = config_.sense.kind == sense::SenseConfig::Kind::multi_bit;
  for (const auto& tile : work.tiles) {
    if (tile.output_begin + tile.outputs > d.out_channels ||
        tile.weight_rows != std::uint32_t{d.kernel_h} * d.kernel_w * d.in_channels[0])
      return fail(CommandError::bad_tile,
                  "tile " + std::to_string(tile.tile) + " does not belong to its layer");
    const auto* programmed = resident(tile);
    if (programmed == nullptr)
      return fail(CommandError::bad_tile, "tile " + std::to_string(tile.tile) + " is not programmed");
    if (config_.geometry.bias != mapping::BiasPlacement::array && tile.row_begin == 0 &&
        programmed->biases.empty())
      return fail(CommandError::bad_tile, "tile " + std::to_string(tile.tile) +
                                              " has no bias values of its own, which this accelerator needs");
    const auto phases = mapping::vector_phases(config_.timing, config_.geometry, d, tile);
    work.cursors[tile.macro].tiles.push_back(&tile);
    work.cursors[tile.macro].phases.push_back(phases);
    work.adds_up = work.adds_up || tile.row_pieces > 1 || phases.groups > 1;
    ++tiles;
  }
  if (!work.adds_up && !digital_biases_vanish(work))
    return fail(
        CommandError::bad_tile,
        "the layer has digital biases, but a one-bit decision on all its rows leaves no sum to add them to");
  work.parts_left.assign(d.out_height, tiles * d.out_width);
  return CommandError::none;
}

bool Controller::digital_biases_vanish(const LayerWork& work) const {
  if (config_.geometry.bias != mapping::BiasPlacement::digital) return true;
  return std::all_of(work.tiles.begin(), work.tiles.end(), [&](const TileRecord& tile) {
    const auto& biases = resident(tile)->biases;
    return std::all_of(biases.begin(), biases.end(), [](auto bias) { return bias == 0; });
  });
}

Controller::CommandError Controller::prepare_inputs(LayerWork& work) {
  const auto& d = work.descriptor;
  const bool picture = work.picture_input();
  if (picture) {
    const Shape shape = shape_of(d.in_channels[0], d.in_height, d.in_width);
    if (values_of(shape) > mapping::max_map_values)
      return fail(CommandError::bad_shape, "picture of " + std::to_string(values_of(shape)) +
                                               " values, at most " + std::to_string(mapping::max_map_values) +
                                               " are taken");
    work.picture = Picture(shape);
  } else {
    for (std::size_t i = 0; i < d.inputs; ++i) {
      const Shape shape = shape_of(d.in_channels[i], d.in_height, d.in_width);
      const std::uint64_t words = words_of(shape);
      if (!fits(buffer_, d.in_buffer[i], words))
        return fail(CommandError::bad_buffer, "input map lies outside the activation buffer");
      BinaryMap map(shape);
      const auto view = buffer_.view(d.in_buffer[i], words);
      std::copy(view.begin(), view.end(), map.bits.words().begin());
      work.inputs.push_back(std::move(map));
    }
  }
  return CommandError::none;
}

Controller::CommandError Controller::prepare_output(LayerWork& work) {
  const auto& d = work.descriptor;
  const Shape out = shape_of(d.out_channels, d.out_height, d.out_width);
  if (d.opcode == Opcode::head) {
    if (values_of(out) > mapping::max_map_values)
      return fail(CommandError::bad_shape, "head of " + std::to_string(values_of(out)) + " values, at most " +
                                               std::to_string(mapping::max_map_values) + " are taken");
    work.head = DenseMap<float>(out);
  } else {
    if (!fits(buffer_, d.out_buffer, words_of(out)))
      return fail(CommandError::bad_buffer, "output map lies outside the activation buffer");
    work.output = BinaryMap(out);
    if (work.in_array()) keep_other_passes(work);
    if (work.adds_up) work.sums.assign(out.size(), 0);
  }
  return CommandError::none;
}

Controller::CommandError Controller::prepare(LayerWork& work) {
  const auto& d = work.descriptor;
  auto error = CommandError::none;
  if (work.in_array()) {
    error = prepare_tiles(work);
  } else if (d.opcode == Opcode::conv_digital || d.opcode == Opcode::head) {
    work.digital_layer = digital_.layer(d);
    if (work.digital_layer == nullptr)
      error = fail(CommandError::bad_parameters,
                   "parameter slot " + std::to_string(d.slot) + " is empty or does not match the command");
  }
  if (error == CommandError::none) error = prepare_inputs(work);
  if (error == CommandError::none) error = prepare_output(work);
  if (error != CommandError::none) return error;
  work.window.kernel_h = d.kernel_h;
  work.window.kernel_w = d.kernel_w;
  work.window.stride_h = d.stride_h;
  work.window.stride_w = d.stride_w;
  work.window.pad_top = d.pad_top;
  work.window.pad_left = d.pad_left;
  work.window.pad_bottom = d.pad_bottom;
  work.window.pad_right = d.pad_right;
  work.window.in_channels = d.in_channels[0];
  work.finished_rows.assign(d.out_height, false);
  work.row_done.assign(d.out_height, sc_core::SC_ZERO_TIME);
  work.input_ready.assign(d.in_height, sc_core::SC_ZERO_TIME);
  work.input_rows = work.streams_input() ? 0 : d.in_height;
  return CommandError::none;
}

// A pass computes only some of a layer's outputs. The others keep the values that earlier passes left in the
// buffer.
void Controller::keep_other_passes(LayerWork& work) {
  auto words = work.output.bits.words();
  const auto view = buffer_.view(work.descriptor.out_buffer, words.size());
  BinaryMap kept(work.output.shape);
  const std::size_t per_pixel = kept.bits.words_per_row();
  for (std::size_t pixel = 0; pixel < kept.bits.rows(); ++pixel)
    copy_bits(view.data() + pixel * per_pixel, 0, kept.bits.row(pixel).data(), 0, kept.bits.columns());
  work.output = std::move(kept);
}

}  // namespace irc::model
