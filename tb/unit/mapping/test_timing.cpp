// SPDX-License-Identifier: Apache-2.0
// Compares cycles with values counted by hand.
#include "support/catch.h"

#include "irc/mapping/timing.h"

using namespace irc::mapping;

namespace {

/// A convolution of 64 channels with `kernel` and `stride`. All its rows are in one tile of 100 outputs.
struct Layer {
  Descriptor d;
  TileRecord tile;
  Layer(int kernel, int stride) {
    d.opcode = Opcode::conv_array;
    d.in_channels[0] = 64;
    d.in_height = d.in_width = 30;
    d.kernel_h = d.kernel_w = static_cast<std::uint8_t>(kernel);
    d.stride_h = d.stride_w = static_cast<std::uint8_t>(stride);
    d.out_height = d.out_width = static_cast<std::uint16_t>((30 - kernel) / stride + 1);
    d.out_channels = 100;
    tile.rows = tile.weight_rows = static_cast<std::uint32_t>(kernel * kernel * 64);
    tile.outputs = 100;
    tile.columns = 200;
  }
};

Timing timing() {
  Timing t;
  t.input_bus_bits = 256;
  t.output_bus_bits = 128;
  t.drive_cycles = 2;
  t.settle_cycles = 3;
  t.amplifier_cycles = 4;
  return t;
}

/// A 1x1 convolution with 4 x 2 outputs.
CommandInfo small_command() {
  CommandInfo command;
  auto& d = command.descriptor;
  d.opcode = Opcode::conv_array;
  d.in_height = d.out_height = 2;
  d.in_width = d.out_width = 4;
  d.in_channels[0] = 64;
  d.out_channels = 100;
  TileRecord tile;
  tile.rows = tile.weight_rows = 64;
  tile.outputs = 100;
  command.tiles = {tile};
  d.table_entries = 1;
  return command;
}

}  // namespace

TEST_CASE("LOAD: whole window first, new columns after") {
  const auto t = timing();
  const auto phases = [&](const Layer& layer) { return vector_phases(t, {}, layer.d, layer.tile); };
  SECTION("3x3 stride 1: 576 rows, then 3 * 64") {
    CHECK(phases(Layer(3, 1)).load_full == 3);
    CHECK(phases(Layer(3, 1)).load_slide == 1);
  }
  SECTION("3x3 stride 2: 576 rows, then 3 * 2 * 64 = 384") {
    CHECK(phases(Layer(3, 2)).load_full == 3);
    CHECK(phases(Layer(3, 2)).load_slide == 2);
  }
  SECTION("3x3 stride 3 and 4 overlap nothing") {
    CHECK(phases(Layer(3, 3)).load_slide == 3);
    CHECK(phases(Layer(3, 4)).load_slide == 3);
  }
  SECTION("1x1") {
    CHECK(phases(Layer(1, 1)).load_full == 1);
    CHECK(phases(Layer(1, 1)).load_slide == 1);
  }
  SECTION("5x5 stride 2: 1600 rows, then 5 * 2 * 64 = 640") {
    CHECK(phases(Layer(5, 2)).load_full == 7);
    CHECK(phases(Layer(5, 2)).load_slide == 3);
  }
}

TEST_CASE("LOAD of row pieces counts the new rows of the piece") {
  auto t = timing();
  t.input_bus_bits = 16;
  Layer layer(3, 1);
  layer.tile.row_pieces = 2;
  layer.tile.rows = 288;
  // Rows 0 to 287 are all of ky 0 (new: kx 2, 64 rows), and of ky 1 all of kx 0 and half of kx 1 (nothing
  // new).
  auto p = vector_phases(t, {}, layer.d, layer.tile);
  CHECK(p.load_full == 18);
  CHECK(p.load_slide == 4);
  // Rows 288 to 575 are half of (1,1), (1,2), and all of ky 2. New are (1,2) and (2,2), 128 rows.
  layer.tile.row_begin = 288;
  p = vector_phases(t, {}, layer.d, layer.tile);
  CHECK(p.load_full == 18);
  CHECK(p.load_slide == 8);
  // Ten bias rows at the end of the tile are always driven and never loaded.
  layer.tile.rows = 298;
  p = vector_phases(t, {}, layer.d, layer.tile);
  CHECK(p.load_full == 18);
  CHECK(p.load_slide == 8);
}

TEST_CASE("row groups, column mux and partial sums") {
  const auto t = timing();
  Geometry g;
  Layer layer(3, 1);
  auto p = vector_phases(t, g, layer.d, layer.tile);
  CHECK(p.groups == 1);
  CHECK(p.sense == 4);
  CHECK(p.compute() == 9);
  CHECK(p.store == 1);
  g.rows_per_operation = 100;  // 576 rows are six groups
  g.amplifiers = 32;           // 100 outputs take four steps of four cycles
  p = vector_phases(t, g, layer.d, layer.tile);
  CHECK(p.groups == 6);
  CHECK(p.sense == 16);
  CHECK(p.compute() == 6 * (2 + 3 + 16));
  CHECK(p.store == 1);
  layer.tile.row_pieces = 2;  // 100 outputs of 16 bits on 128 wires
  CHECK(vector_phases(t, g, layer.d, layer.tile).store == 13);
  layer.tile.outputs = 128;
  layer.tile.row_pieces = 1;
  CHECK(vector_phases(t, g, layer.d, layer.tile).store == 1);
  layer.tile.outputs = 129;
  CHECK(vector_phases(t, g, layer.d, layer.tile).store == 2);
  CHECK(vector_phases(t, g, layer.d, layer.tile).sense == 20);
}

TEST_CASE("DMA: hop, latency, beats") {
  const auto t = timing();
  CHECK(dma_cycles(t, 0, 0) == 22);
  CHECK(dma_cycles(t, 0, 1) == 23);
  CHECK(dma_cycles(t, 0, 16) == 23);
  CHECK(dma_cycles(t, 0, 100) == 29);
}

TEST_CASE("DMA: beats start at multiples of the bus width") {
  auto t = timing();
  CHECK(dma_cycles(t, 15, 1) == 23);
  CHECK(dma_cycles(t, 15, 2) == 24);
  CHECK(dma_cycles(t, 1, 16) == 24);
  CHECK(dma_cycles(t, 1, 15) == 23);
  CHECK(dma_cycles(t, 32, 16) == 23);
  CHECK(dma_cycles(t, 0xfffffffffffffff8u, 8) == 23);
  t.bus_bytes = 12;  // beats start at multiples of 12
  CHECK(dma_cycles(t, 12, 12) == 23);
  CHECK(dma_cycles(t, 16, 12) == 24);
}

TEST_CASE("LOAD takes at least one cycle, even where a tile has nothing to load") {
  const auto t = timing();
  Layer layer(3, 1);
  layer.tile.row_begin = 576;  // only bias rows
  layer.tile.rows = 10;
  auto p = vector_phases(t, {}, layer.d, layer.tile);
  CHECK(p.load_full == 1);
  CHECK(p.load_slide == 1);
  layer.tile.row_begin = 0;  // rows of the window's first column, which a slide never loads
  layer.tile.rows = 64;
  p = vector_phases(t, {}, layer.d, layer.tile);
  CHECK(p.load_full == 1);
  CHECK(p.load_slide == 1);
}

TEST_CASE("programming takes whole cycles, and whole numbers stay whole") {
  TileRecord tile;
  tile.rows = 2048;
  auto t = timing();
  CHECK(program_cycles(t, tile) == 2048000);
  t.t_clk_s = 0.3e-9;
  tile.rows = 1;
  CHECK(program_cycles(t, tile) == 3334);  // 1 us / 0.3 ns = 3333.3
  t.t_program_row_s = 0;
  CHECK(program_cycles(t, tile) == 0);
  // With decimal fractions, rows * row_ns / clock_ns is a whole number by construction.
  for (std::uint32_t clock_ns = 1; clock_ns <= 20; ++clock_ns)
    for (std::uint32_t cycles = 1; cycles < 400'000'000; cycles = cycles * 7 + 3)
      for (const std::uint32_t rows : {1u, 3u, 511u, 2048u}) {
        tile.rows = rows;
        t.t_clk_s = clock_ns * 1e-9;
        t.t_program_row_s = static_cast<double>(std::uint64_t{cycles} * clock_ns) * 1e-9;
        CAPTURE(clock_ns, cycles, rows);
        REQUIRE(program_cycles(t, tile) == std::uint64_t{cycles} * rows);
      }
}

TEST_CASE("digital rows") {
  auto t = timing();
  t.macs_per_cycle = 1000;
  t.buffer_bits_per_cycle = 100;
  Descriptor d;
  d.out_width = 10;
  d.out_channels = 16;
  d.kernel_h = d.kernel_w = 3;
  d.in_channels[0] = 3;
  d.opcode = Opcode::conv_digital;
  CHECK(digital_row_cycles(t, d) == 5);  // 10 * 16 * 27 = 4320
  d.opcode = Opcode::head;
  CHECK(digital_row_cycles(t, d) == 5);
  d.opcode = Opcode::max_pool;
  CHECK(digital_row_cycles(t, d) == 15);  // 10 * 16 * 9 = 1440
  d.opcode = Opcode::upsample;
  CHECK(digital_row_cycles(t, d) == 2);
  d.opcode = Opcode::concat;
  CHECK(digital_row_cycles(t, d) == 2);
}

TEST_CASE("closed form by hand") {
  auto t = timing();
  auto command = small_command();
  const std::uint64_t frame = (2 + 20 + 8) + (2 + 20 + 4) + 1;  // descriptor, one tile record, interrupt
  SECTION("the amplifiers are the slowest: LOAD 1, compute 9, STORE 1") {
    CHECK(closed_form_cycles(t, {}, command) == frame + 1 + 8 * 9 + 1);
  }
  SECTION("LOAD is the slowest: LOAD 16, compute 9, STORE 1") {
    t.input_bus_bits = 4;
    CHECK(closed_form_cycles(t, {}, command) == frame + 8 * 16 + 9 + 1);
  }
  SECTION("STORE is the slowest: LOAD 1, compute 9, STORE 13") {
    t.output_bus_bits = 8;
    CHECK(closed_form_cycles(t, {}, command) == frame + 1 + 9 + 8 * 13);
  }
  SECTION("two tiles on one macro take turns, on two macros they do not") {
    command.tiles.push_back(command.tiles[0]);
    command.descriptor.table_entries = 2;
    CHECK(closed_form_cycles(t, {}, command) == frame + 4 + 1 + 16 * 9 + 1);
    command.tiles[1].macro = 1;
    CHECK(closed_form_cycles(t, {}, command) == frame + 4 + 1 + 8 * 9 + 1);
  }
  SECTION("input rows by DMA: 4 pixels of 8 bytes are 2 beats, 24 cycles a row") {
    command.descriptor.flags = flag_input_from_memory;
    // Row 0 is there at cycle 24. After LOAD 1 and 4 * 9, DRIVE of its last vector begins at 52, and row 1
    // (at 48) has arrived by then.
    CHECK(closed_form_cycles(t, {}, command) == frame + 24 + 1 + 8 * 9 + 1);
    t.memory_latency_cycles = 100;  // 104 cycles per row, so row 1 decides; descriptor and table wait, too
    CHECK(closed_form_cycles(t, {}, command) == frame + 2 * 80 + 2 * 104 + 1 + 4 * 9 + 1);
  }
  SECTION("output rows by DMA: 4 pixels of 13 bytes are 4 beats, 26 cycles a row") {
    command.descriptor.flags = flag_output_to_memory;
    CHECK(closed_form_cycles(t, {}, command) == frame + 1 + 8 * 9 + 1 + 26);
    // 52 bytes from 10 on are 4 beats, and from 10 + 52 on 5 beats, so the last row decides.
    command.descriptor.out_memory = 10;
    CHECK(closed_form_cycles(t, {}, command) == frame + 1 + 8 * 9 + 1 + 27);
  }
  SECTION("a program that lies across beats: descriptor and table cost one more each") {
    command.address = 0x1008;
    command.descriptor.table_memory = 0x201f;
    CHECK(closed_form_cycles(t, {}, command) == frame + 2 + 1 + 8 * 9 + 1);
  }
}

TEST_CASE("programming and parameter commands by hand") {
  const auto t = timing();
  CommandInfo command;
  command.descriptor.opcode = Opcode::load_parameters;
  command.descriptor.table_entries = 100;
  CHECK(closed_form_cycles(t, {}, command) == 30 + 29 + 1);

  command = small_command();
  command.descriptor.opcode = Opcode::program;
  command.tiles[0].cells_bytes = 1600;  // 100 beats
  CHECK(closed_form_cycles(t, {}, command) == 30 + 26 + 122 + 64000 + 1);
  command.tiles[0].bias_memory = 64;  // 100 int32 are 25 beats
  CHECK(closed_form_cycles(t, {}, command) == 30 + 26 + 122 + 47 + 64000 + 1);
}
