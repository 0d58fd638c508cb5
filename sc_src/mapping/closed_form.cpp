// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "irc/mapping/timing.h"

namespace irc::mapping {
namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

/// Last input row (index) that output row `y` reads; rows in the padding count as the nearest real one.
std::uint64_t last_input_row(const Descriptor& d, std::uint64_t y) {
  if (d.opcode == Opcode::upsample) return y / d.kernel_h;
  if (d.opcode == Opcode::concat) return y;
  const auto last = static_cast<std::int64_t>(y * d.stride_h + d.kernel_h - 1) - d.pad_top;
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(last, 0, d.in_height - 1));
}

std::uint64_t input_row_bytes(const Descriptor& d) {
  if ((d.flags & flag_picture_input) != 0) return std::uint64_t{d.in_width} * d.in_channels[0];
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < d.inputs; ++i) bytes += map_row_bytes(d.in_width, d.in_channels[i]);
  return bytes;
}

std::uint64_t output_row_bytes(const Descriptor& d) {
  if (d.opcode == Opcode::head) return std::uint64_t{d.out_width} * d.out_channels * 4;
  return map_row_bytes(d.out_width, d.out_channels);
}

/// Cycles when each input row has arrived, counted from the start of the command's body.
std::vector<std::uint64_t> ready_cycles(const Timing& timing, const Descriptor& d) {
  std::vector<std::uint64_t> ready(d.out_height, 0);
  if ((d.flags & flag_input_from_memory) == 0) return ready;
  const std::uint64_t per_row = dma_cycles(timing, input_row_bytes(d));
  for (std::uint64_t y = 0; y < ready.size(); ++y) ready[y] = (last_input_row(d, y) + 1) * per_row;
  return ready;
}

/// Output rows of one macro: path(from, to) = cycles from the first LOAD of row `from` of its first tile to
/// the STORE of the last vector of row `to` of tile `tile`.
class MacroPath {
 public:
  MacroPath(const Timing& timing, const Geometry& geometry, const CommandInfo& command,
            const std::vector<const TileRecord*>& tiles)
      : width_(command.descriptor.out_width), height_(command.descriptor.out_height) {
    for (const auto* tile : tiles)
      phases_.push_back(vector_phases(timing, geometry, command.descriptor, *tile));
  }

  /// Longest path when row `from` of tile `from_tile` may start at cycle 0, all earlier ones long done.
  std::uint64_t path(std::size_t from_tile, std::uint64_t from, std::size_t to_tile, std::uint64_t to) const {
    std::uint64_t cycles = phases_[from_tile].load_full;  // LOAD of the very first vector
    for (std::size_t t = from_tile; t <= to_tile; ++t) {
      const auto& p = phases_[t];
      const std::uint64_t first = t == from_tile ? from : 0, last = t == to_tile ? to : height_ - 1;
      const std::uint64_t rows = last - first + 1;
      const std::uint64_t within = std::max({p.load_slide, p.compute(), p.store});
      const std::uint64_t between = std::max({p.load_full, p.compute(), p.store});
      cycles += rows * (width_ - 1) * within + (rows - 1) * between;
      if (t < to_tile) cycles += std::max({phases_[t + 1].load_full, p.compute(), p.store});
    }
    return cycles + phases_[to_tile].compute() + phases_[to_tile].store;
  }

  std::size_t tiles() const { return phases_.size(); }
  const std::vector<VectorPhases>& phases() const { return phases_; }

 private:
  std::vector<VectorPhases> phases_;
  std::uint64_t width_, height_;
};

std::vector<MacroPath> macro_paths(const Timing& timing, const Geometry& geometry,
                                   const CommandInfo& command) {
  std::map<std::uint16_t, std::vector<const TileRecord*>> by_macro;
  for (const auto& tile : command.tiles) by_macro[tile.macro].push_back(&tile);
  std::vector<MacroPath> paths;
  for (const auto& [macro, tiles] : by_macro) paths.emplace_back(timing, geometry, command, tiles);
  return paths;
}

/// Cycle when each output row is complete: the longest path from any row's arrival, over all macros.
std::vector<std::uint64_t> array_rows_done(const Timing& timing, const Geometry& geometry,
                                           const CommandInfo& command,
                                           const std::vector<std::uint64_t>& ready) {
  std::vector<std::uint64_t> done(ready.size(), 0);
  for (const auto& macro : macro_paths(timing, geometry, command)) {
    const std::size_t last_tile = macro.tiles() - 1;
    for (std::uint64_t to = 0; to < done.size(); ++to) {
      // Rows arrive while the first tile runs; with several tiles a row is complete with the last of them.
      const std::uint64_t last_from = last_tile == 0 ? to : done.size() - 1;
      for (std::uint64_t from = 0; from <= last_from; ++from)
        done[to] = std::max(done[to], ready[from] + macro.path(0, from, last_tile, to));
    }
  }
  return done;
}

/// Digital work: one row after the other at a fixed number of cycles per row.
std::vector<std::uint64_t> serial_rows_done(std::uint64_t per_row, const std::vector<std::uint64_t>& ready) {
  std::vector<std::uint64_t> done(ready.size(), 0);
  for (std::uint64_t to = 0; to < done.size(); ++to)
    for (std::uint64_t from = 0; from <= to; ++from)
      done[to] = std::max(done[to], ready[from] + (to - from + 1) * per_row);
  return done;
}

std::uint64_t body_cycles(const Timing& timing, const Geometry& geometry, const CommandInfo& command) {
  const auto& d = command.descriptor;
  const auto ready = ready_cycles(timing, d);
  std::vector<std::uint64_t> done;
  if (d.opcode == Opcode::conv_array) {
    done = array_rows_done(timing, geometry, command, ready);
  } else {
    done = serial_rows_done(digital_row_cycles(timing, d), ready);
  }
  if ((d.flags & flag_output_to_memory) == 0) return *std::max_element(done.begin(), done.end());
  const std::uint64_t per_row = dma_cycles(timing, output_row_bytes(d));
  std::uint64_t end = 0;
  for (std::uint64_t y = 0; y < done.size(); ++y) end = std::max(end, done[y] + (done.size() - y) * per_row);
  return end;
}

}  // namespace

std::uint64_t digital_row_cycles(const Timing& timing, const Descriptor& d) {
  switch (d.opcode) {
    case Opcode::conv_digital:
    case Opcode::head: {
      const std::uint64_t macs =
          std::uint64_t{d.out_width} * d.out_channels * d.kernel_h * d.kernel_w * d.in_channels[0];
      return ceil_div(macs, timing.macs_per_cycle);
    }
    case Opcode::max_pool: {
      const std::uint64_t bits = std::uint64_t{d.out_width} * d.out_channels * d.kernel_h * d.kernel_w;
      return ceil_div(bits, timing.buffer_bits_per_cycle);
    }
    default:
      return ceil_div(std::uint64_t{d.out_width} * d.out_channels, timing.buffer_bits_per_cycle);
  }
}

std::uint64_t closed_form_cycles(const Timing& timing, const Geometry& geometry, const CommandInfo& command) {
  const auto& d = command.descriptor;
  std::uint64_t cycles = dma_cycles(timing, descriptor_bytes) + timing.interrupt_cycles;
  if (d.opcode == Opcode::load_parameters) return cycles + dma_cycles(timing, d.table_entries);
  if (d.opcode == Opcode::program || d.opcode == Opcode::conv_array)
    cycles += dma_cycles(timing, d.table_entries * tile_record_bytes);
  for (const auto& tile : command.tiles) {
    if (d.opcode == Opcode::program)
      cycles += dma_cycles(timing, tile.cells_bytes) + program_cycles(timing, tile);
    if (tile.bias_memory != 0 && d.opcode == Opcode::program)
      cycles += dma_cycles(timing, std::uint64_t{tile.outputs} * 4);
  }
  if (d.opcode == Opcode::program) return cycles;
  return cycles + body_cycles(timing, geometry, command);
}

bool closed_form_is_exact(const Timing& timing, const Geometry& geometry, const CommandInfo& command) {
  if (command.descriptor.opcode != Opcode::conv_array) return true;
  for (const auto& macro : macro_paths(timing, geometry, command))
    for (const auto& p : macro.phases())
      if (p.store > p.compute() && std::max(p.load_full, p.load_slide) > p.store) return false;
  // Tiles that take turns on one macro must have equal outputs, or the mixed STORE times overlap differently.
  for (const auto& macro : macro_paths(timing, geometry, command))
    for (const auto& p : macro.phases())
      if (p.store > p.compute() && p.store != macro.phases().front().store) return false;
  return true;
}

}  // namespace irc::mapping
