// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/timing.h"

#include <algorithm>
#include <cmath>

namespace irc::mapping {
namespace {
std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}
}  // namespace

std::uint64_t dma_cycles(const Timing& timing, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t beats = ceil_div(address % timing.bus_bytes + bytes, timing.bus_bytes);
  return timing.hop_cycles + timing.memory_latency_cycles + beats;
}

VectorPhases vector_phases(const Timing& timing, const Geometry& geometry, const Descriptor& layer,
                           const TileRecord& tile) {
  // Counts the weight rows of this tile whose window column is new after a slide by the stride. The order is
  // [ky][kx][channel].
  const std::uint64_t channels = layer.in_channels[0];
  const std::uint64_t first_new =
      layer.kernel_w > layer.stride_w ? static_cast<std::uint64_t>(layer.kernel_w - layer.stride_w) : 0;
  std::uint64_t weight_rows = 0, new_rows = 0;
  const std::uint64_t end =
      std::min<std::uint64_t>(std::uint64_t{tile.row_begin} + tile.rows, tile.weight_rows);
  for (std::uint64_t row = tile.row_begin; row < end; ++row) {
    ++weight_rows;
    new_rows += (row / channels) % layer.kernel_w >= first_new;
  }
  VectorPhases phases;
  phases.load_full = std::max<std::uint64_t>(1, ceil_div(weight_rows, timing.input_bus_bits));
  phases.load_slide = std::max<std::uint64_t>(1, ceil_div(new_rows, timing.input_bus_bits));
  const std::uint64_t per_operation =
      geometry.rows_per_operation == 0 ? tile.rows : geometry.rows_per_operation;
  phases.groups = ceil_div(tile.rows, per_operation);
  phases.drive = timing.drive_cycles;
  phases.settle = timing.settle_cycles;
  phases.sense = ceil_div(tile.outputs, geometry.amplifiers) * timing.amplifier_cycles;
  const std::uint64_t bits_per_output = tile.row_pieces > 1 ? timing.partial_sum_bits : 1;
  phases.store = ceil_div(tile.outputs * bits_per_output, timing.output_bus_bits);
  return phases;
}

std::uint64_t program_cycles(const Timing& timing, const TileRecord& tile) {
  const double cycles = tile.rows * timing.t_program_row_s / timing.t_clk_s;
  // The quotient of decimal fractions may be a few ulp off. The correction keeps a whole number of cycles
  // whole.
  return static_cast<std::uint64_t>(std::ceil(cycles * (1 - 1e-12) - 1e-9));
}

}  // namespace irc::mapping
