// SPDX-License-Identifier: Apache-2.0
// Compares the closed form with a simulator that counts clock cycles one by one.
#include "support/catch.h"

#include "../network/random_graph.h"
#include "cycle_simulator.h"

using namespace irc::mapping;
using irc::network::test::Draw;

namespace {

std::uint16_t half(int value) {
  return static_cast<std::uint16_t>(value);
}
std::uint8_t byte(int value) {
  return static_cast<std::uint8_t>(value);
}
std::uint32_t word(int value) {
  return static_cast<std::uint32_t>(value);
}

/// Narrow and wide buses, slow and fast amplifiers, so that every stage is the slowest in some cases.
Timing random_timing(Draw& draw) {
  Timing t;
  const bool slow_sensing = draw.between(0, 2) != 0;
  t.drive_cycles = word(slow_sensing ? draw.between(0, 3) : 0);
  t.settle_cycles = word(slow_sensing ? draw.between(0, 6) : 0);
  t.amplifier_cycles = word(slow_sensing ? draw.between(1, 5) : 1);
  t.input_bus_bits = word(1 << draw.between(2, 8));
  t.output_bus_bits = word(1 << draw.between(0, 7));
  t.partial_sum_bits = word(draw.between(4, 16));
  t.macs_per_cycle = word(draw.between(1, 600));
  t.buffer_bits_per_cycle = word(draw.between(1, 100));
  t.hop_cycles = word(draw.between(0, 3));
  t.memory_latency_cycles = word(draw.between(0, 60));
  t.bus_bytes = word(draw.between(1, 24));
  t.interrupt_cycles = word(draw.between(0, 3));
  return t;
}

int positions(int in, int before, int after, int kernel, int stride) {
  return (in + before + after - kernel) / stride + 1;
}

Descriptor random_descriptor(Draw& draw, Opcode opcode) {
  Descriptor d;
  d.opcode = opcode;
  d.flags = byte(flag_interrupt | (draw.between(0, 1) != 0 ? flag_input_from_memory : 0) |
                 (draw.between(0, 1) != 0 ? flag_output_to_memory : 0));
  d.in_height = half(draw.between(6, 12));
  d.in_width = half(draw.between(6, 12));
  d.in_channels[0] = half(draw.between(1, 40));
  d.out_channels = half(draw.between(1, 40));
  d.kernel_h = byte(draw.between(1, 4));
  d.kernel_w = byte(draw.between(1, 6));
  d.stride_h = byte(draw.between(1, 3));
  d.stride_w = byte(draw.between(1, 3));
  if (opcode == Opcode::upsample) {
    d.kernel_w = d.kernel_h;
    d.out_channels = d.in_channels[0];
    d.out_height = half(d.in_height * d.kernel_h);
    d.out_width = half(d.in_width * d.kernel_w);
    return d;
  }
  if (opcode == Opcode::concat) {
    d.inputs = byte(draw.between(1, 4));
    for (std::size_t i = 1; i < d.inputs; ++i) d.in_channels[i] = half(draw.between(1, 40));
    d.kernel_h = d.kernel_w = d.stride_h = d.stride_w = 1;
    d.out_height = d.in_height;
    d.out_width = d.in_width;
    d.out_channels = half(d.in_channels[0] + d.in_channels[1] + d.in_channels[2] + d.in_channels[3]);
    return d;
  }
  if (opcode == Opcode::max_pool) {
    d.out_channels = d.in_channels[0];
  } else {
    d.pad_top = byte(draw.between(0, 2));
    d.pad_left = byte(draw.between(0, 2));
    d.pad_bottom = byte(draw.between(0, 2));
    d.pad_right = byte(draw.between(0, 2));
    if (opcode == Opcode::conv_digital && draw.between(0, 1) != 0)
      d.flags = byte(d.flags | flag_picture_input);
  }
  d.out_height = half(positions(d.in_height, d.pad_top, d.pad_bottom, d.kernel_h, d.stride_h));
  d.out_width = half(positions(d.in_width, d.pad_left, d.pad_right, d.kernel_w, d.stride_w));
  return d;
}

/// Puts a command at unaligned addresses.
void scatter(Draw& draw, CommandInfo& command) {
  const auto address = [&] { return static_cast<std::uint64_t>(draw.between(0, 100'000)); };
  command.address = address();
  command.descriptor.in_memory = address();
  command.descriptor.out_memory = address();
  command.descriptor.table_memory = address();
}

/// Uneven row and column pieces on a few macros, in any order.
CommandInfo random_array_command(Draw& draw, Geometry& g) {
  CommandInfo command;
  command.name = "random";
  command.descriptor = random_descriptor(draw, Opcode::conv_array);
  const auto& d = command.descriptor;
  const int weights = d.kernel_h * d.kernel_w * d.in_channels[0], rows = weights + draw.between(0, 6);
  const int row_pieces = draw.between(1, std::min(3, rows)),
            column_pieces = draw.between(1, std::min<int>(3, d.out_channels));
  g.macros = static_cast<std::size_t>(draw.between(1, 3));
  g.amplifiers = static_cast<std::size_t>(draw.between(1, 40));
  g.rows_per_operation = static_cast<std::size_t>(draw.between(0, 1) * draw.between(1, rows));
  const auto cut = [&](int total, int pieces, int i) { return i == pieces ? total : i * (total / pieces); };
  for (int c = 0; c < column_pieces; ++c)
    for (int r = 0; r < row_pieces; ++r) {
      TileRecord tile;
      tile.tile = word(static_cast<int>(command.tiles.size()));
      tile.macro = half(draw.between(0, static_cast<int>(g.macros) - 1));
      tile.row_begin = word(cut(rows, row_pieces, r));
      tile.rows = word(cut(rows, row_pieces, r + 1)) - tile.row_begin;
      tile.weight_rows = word(weights);
      tile.output_begin = half(cut(d.out_channels, column_pieces, c));
      tile.outputs = half(cut(d.out_channels, column_pieces, c + 1) - tile.output_begin);
      tile.columns = half(2 * tile.outputs);
      tile.row_pieces = half(row_pieces);
      command.tiles.push_back(tile);
    }
  command.descriptor.table_entries = word(static_cast<int>(command.tiles.size()));
  return command;
}

}  // namespace

TEST_CASE("closed form equals the cycle count: array layers") {
  int slowest[3] = {0, 0, 0}, shared = 0, streamed = 0, backlogs = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Draw draw(seed);
    const auto timing = random_timing(draw);
    Geometry g;
    auto command = random_array_command(draw, g);
    scatter(draw, command);
    CAPTURE(seed);
    REQUIRE(closed_form_cycles(timing, g, command) == test::simulate(timing, g, command));

    const auto& d = command.descriptor;
    streamed += (d.flags & (flag_input_from_memory | flag_output_to_memory)) != 0;
    shared += command.tiles.size() > g.macros;
    for (const auto& tile : command.tiles) {
      const auto s = test::stages_of(timing, g, d, tile, 1);
      const auto most = std::max({s.load, s.compute, s.store});
      ++slowest[most == s.load ? 0 : most == s.compute ? 1 : 2];
      const auto first = test::stages_of(timing, g, d, tile, 0);
      // STORE falls behind along a row, which delays the long first LOAD of the next row.
      backlogs += s.store > s.compute && s.store > s.load && first.load > 2 * s.store - s.compute;
    }
  }
  // The random cases must cover every regime.
  CHECK(slowest[0] > 100);
  CHECK(slowest[1] > 100);
  CHECK(slowest[2] > 100);
  CHECK(shared > 100);
  CHECK(streamed > 1500);
  CHECK(backlogs > 50);
}

TEST_CASE("closed form equals the cycle count: digital unit and buffer moves") {
  for (const auto opcode :
       {Opcode::conv_digital, Opcode::head, Opcode::max_pool, Opcode::upsample, Opcode::concat})
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Draw draw(seed + 5000);
      const auto timing = random_timing(draw);
      CommandInfo command;
      command.descriptor = random_descriptor(draw, opcode);
      scatter(draw, command);
      CAPTURE(seed, static_cast<int>(opcode));
      REQUIRE(closed_form_cycles(timing, {}, command) == test::simulate(timing, {}, command));
    }
}

TEST_CASE("closed form equals the cycle count: compiled detectors") {
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    for (const auto activations : {Activations::on_chip, Activations::streamed}) {
      Draw draw(seed + 40);
      const auto timing = random_timing(draw);
      Geometry g;
      g.macros = 4;
      g.rows = static_cast<std::size_t>(draw.between(120, 400));
      g.column_pairs = static_cast<std::size_t>(draw.between(8, 40));
      g.amplifiers = static_cast<std::size_t>(draw.between(1, 8));
      g.rows_per_operation = static_cast<std::size_t>(draw.between(0, 64));
      const auto program = compile(irc::network::test::random_detector(seed), g, activations);
      for (const auto& command : program.picture) {
        if (command.descriptor.opcode == Opcode::program) continue;
        CAPTURE(seed, command.name);
        REQUIRE(closed_form_cycles(timing, g, command) == test::simulate(timing, g, command));
      }
    }
}
