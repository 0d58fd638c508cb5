// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <vector>

#include "irc/mapping/timing.h"

namespace irc::mapping {
namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

/// Index of the last input row that output row `y` reads. A row in the padding counts as the nearest real
/// row.
std::uint64_t last_input_row(const Descriptor& d, std::uint64_t y) {
  if (d.opcode == Opcode::upsample) return y / d.kernel_h;
  if (d.opcode == Opcode::concat) return y;
  const auto last = static_cast<std::int64_t>(y * d.stride_h + d.kernel_h - 1) - d.pad_top;
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(last, 0, d.in_height - 1));
}

std::uint64_t input_row_bytes(const Descriptor& d) {
  if ((d.flags & flag_picture_input) != 0) return std::uint64_t{d.in_width} * d.in_channels[0];
  return map_row_bytes(d.in_width, d.in_channels[0]);  // further inputs always come from the buffer
}

std::uint64_t output_row_bytes(const Descriptor& d) {
  if (d.opcode == Opcode::head) return std::uint64_t{d.out_width} * d.out_channels * 4;
  return map_row_bytes(d.out_width, d.out_channels);
}

/// Cycles of the transaction of row `y` of a map at `address` whose rows have `bytes` bytes.
std::uint64_t row_cycles(const Timing& timing, std::uint64_t address, std::uint64_t bytes, std::uint64_t y) {
  return dma_cycles(timing, address + y * bytes, bytes);
}

/// The cycle at which each streamed input row has arrived, counted from the start of the command's body.
std::vector<std::uint64_t> arrival_cycles(const Timing& timing, const Descriptor& d) {
  std::vector<std::uint64_t> arrival(d.in_height);
  std::uint64_t at = 0;
  for (std::uint64_t y = 0; y < arrival.size(); ++y)
    arrival[y] = at += row_cycles(timing, d.in_memory, input_row_bytes(d), y);
  return arrival;
}

/// The cycle at which the input rows for each output row have arrived.
std::vector<std::uint64_t> ready_cycles(const Timing& timing, const Descriptor& d) {
  std::vector<std::uint64_t> ready(d.out_height, 0);
  if ((d.flags & flag_input_from_memory) == 0) return ready;
  const auto arrival = arrival_cycles(timing, d);
  for (std::uint64_t y = 0; y < ready.size(); ++y) ready[y] = arrival[last_input_row(d, y)];
  return ready;
}

/// Max-plus algebra (addition is max, multiplication is plus) on the three instants of a vector that
/// determine when the next vector can proceed: its DRIVE begins, its STORE begins, its STORE ends.
constexpr std::size_t instants = 3;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min() / 4;
using Instants = std::array<std::int64_t, instants>;
using Matrix = std::array<Instants, instants>;

Instants operator*(const Matrix& a, const Instants& x) {
  Instants y;
  for (std::size_t i = 0; i < instants; ++i)
    y[i] = std::max({a[i][0] + x[0], a[i][1] + x[1], a[i][2] + x[2]});
  return y;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix c;
  for (std::size_t i = 0; i < instants; ++i)
    for (std::size_t j = 0; j < instants; ++j)
      c[i][j] = std::max({a[i][0] + b[0][j], a[i][1] + b[1][j], a[i][2] + b[2][j], never});
  return c;
}

Matrix power(Matrix base, std::uint64_t exponent) {
  Matrix result = {{{0, never, never}, {never, 0, never}, {never, never, 0}}};
  for (; exponent > 0; exponent /= 2, base = base * base)
    if (exponent % 2 != 0) result = result * base;
  return result;
}

/// The matrix of one vector. DRIVE waits for its LOAD, which began with the last vector's DRIVE, and for the
/// output register, which the last vector frees when its STORE begins. STORE waits for the amplifiers and for
/// the last STORE.
Matrix vector_matrix(std::uint64_t load_cycles, const VectorPhases& phases) {
  const auto load = static_cast<std::int64_t>(load_cycles);
  const auto compute = static_cast<std::int64_t>(phases.compute());
  const auto store = static_cast<std::int64_t>(phases.store);
  return {{{load, 0, never}, {load + compute, compute, 0}, {load + compute + store, compute + store, store}}};
}

/// Advances `done` by the cycles that the tiles of one macro, one after the other, add to each output row.
void add_macro(const Timing& timing, const Geometry& geometry, const Descriptor& d,
               const std::vector<const TileRecord*>& tiles, const std::vector<std::uint64_t>& ready,
               std::vector<std::uint64_t>& done) {
  Instants at = {0, 0, 0};
  for (const auto* tile : tiles) {
    const auto phases = vector_phases(timing, geometry, d, *tile);
    const Matrix row = power(vector_matrix(phases.load_slide, phases), d.out_width - 1u) *
                       vector_matrix(phases.load_full, phases);
    for (std::size_t y = 0; y < done.size(); ++y) {
      // The row's first LOAD waits for the DRIVE before it and for the input, so the later of the two counts.
      at[0] = std::max(at[0], static_cast<std::int64_t>(ready[y]));
      at = row * at;
      done[y] = std::max(done[y], static_cast<std::uint64_t>(at[2]));
    }
  }
}

/// The cycle at which each output row is complete on all macros.
std::vector<std::uint64_t> array_rows_done(const Timing& timing, const Geometry& geometry,
                                           const CommandInfo& command,
                                           const std::vector<std::uint64_t>& ready) {
  std::map<std::uint16_t, std::vector<const TileRecord*>> by_macro;
  for (const auto& tile : command.tiles) by_macro[tile.macro].push_back(&tile);
  std::vector<std::uint64_t> done(ready.size(), 0);
  for (const auto& [macro, tiles] : by_macro)
    add_macro(timing, geometry, command.descriptor, tiles, ready, done);
  return done;
}

/// Digital work: one row after the other, with a fixed number of cycles per row.
std::vector<std::uint64_t> serial_rows_done(std::uint64_t per_row, const std::vector<std::uint64_t>& ready) {
  std::vector<std::uint64_t> done;
  std::uint64_t at = 0;
  for (const auto arrival : ready) done.push_back(at = std::max(at, arrival) + per_row);
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
  std::uint64_t end = *std::max_element(done.begin(), done.end());
  // All input rows are read, including those that no window reaches.
  if ((d.flags & flag_input_from_memory) != 0) end = std::max(end, arrival_cycles(timing, d).back());
  if ((d.flags & flag_output_to_memory) == 0) return end;
  std::uint64_t rest = 0;  // cycles for row y and all rows after it
  for (std::uint64_t y = done.size(); y-- > 0;) {
    rest += row_cycles(timing, d.out_memory, output_row_bytes(d), y);
    end = std::max(end, done[y] + rest);
  }
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
  std::uint64_t cycles = dma_cycles(timing, command.address, descriptor_bytes) + timing.interrupt_cycles;
  if (d.opcode == Opcode::load_parameters)
    return cycles + dma_cycles(timing, d.table_memory, d.table_entries);
  if (d.opcode == Opcode::program || d.opcode == Opcode::conv_array)
    cycles += dma_cycles(timing, d.table_memory, d.table_entries * tile_record_bytes);
  for (const auto& tile : command.tiles) {
    if (d.opcode == Opcode::program)
      cycles += dma_cycles(timing, tile.cells_memory, tile.cells_bytes) + program_cycles(timing, tile);
    if (tile.bias_memory != 0 && d.opcode == Opcode::program)
      cycles += dma_cycles(timing, tile.bias_memory, std::uint64_t{tile.outputs} * 4);
  }
  if (d.opcode == Opcode::program) return cycles;
  return cycles + body_cycles(timing, geometry, command);
}

}  // namespace irc::mapping
