// SPDX-License-Identifier: Apache-2.0
// Descriptor and tile record as the RTL uses them. The bit positions come from the generated contract.
//
// The structures stand outside the package: yosys 0.23 cannot import from a package, and Icarus 11 fails on structures
// that are named with their package. So all files of the RTL form one compilation unit, and this one comes first.

typedef struct packed {
  logic [31:0]  head;
  logic [7:0]   opcode, flags;
  logic [15:0]  layer;
  logic [15:0]  in_height, in_width;
  logic [63:0]  in_channels;   // four of 16 bits
  logic [127:0] in_buffer;     // four of 32 bits
  logic [15:0]  out_height, out_width, out_channels;
  logic [31:0]  out_buffer;
  logic [7:0]   kernel_h, kernel_w, stride_h, stride_w;
  logic [7:0]   pad_top, pad_left, pad_bottom, pad_right;
  logic [7:0]   inputs;
  logic [63:0]  in_memory, out_memory, table_memory;
  logic [31:0]  table_entries;
} irc_command_t;

typedef struct packed {
  logic [31:0] number;
  logic [15:0] macro_index, first_pair;
  logic [31:0] row_begin, rows, weight_rows;
  logic [15:0] output_begin, outputs, columns, row_pieces;
  logic [63:0] cells_memory;
  logic [31:0] cells_bytes;
  logic [63:0] bias_memory;
} irc_tile_t;

package irc_types_pkg;
  // The functions return plain bits in the order of the structure's members, because yosys 0.23 has no functions that
  // return structures.
  function automatic logic [663:0] unpack_command(input logic [irc_contract_pkg::DESCRIPTOR_BYTES*8-1:0] raw);
    unpack_command = {
        raw[irc_contract_pkg::DESCRIPTOR_HEAD_LSB+:32], raw[irc_contract_pkg::DESCRIPTOR_OPCODE_LSB+:8],
        raw[irc_contract_pkg::DESCRIPTOR_FLAGS_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_LAYER_LSB+:16],
        raw[irc_contract_pkg::DESCRIPTOR_IN_HEIGHT_LSB+:16], raw[irc_contract_pkg::DESCRIPTOR_IN_WIDTH_LSB+:16],
        raw[irc_contract_pkg::DESCRIPTOR_IN_CHANNELS_LSB+:64], raw[irc_contract_pkg::DESCRIPTOR_IN_BUFFER_LSB+:128],
        raw[irc_contract_pkg::DESCRIPTOR_OUT_HEIGHT_LSB+:16], raw[irc_contract_pkg::DESCRIPTOR_OUT_WIDTH_LSB+:16],
        raw[irc_contract_pkg::DESCRIPTOR_OUT_CHANNELS_LSB+:16], raw[irc_contract_pkg::DESCRIPTOR_OUT_BUFFER_LSB+:32],
        raw[irc_contract_pkg::DESCRIPTOR_KERNEL_H_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_KERNEL_W_LSB+:8],
        raw[irc_contract_pkg::DESCRIPTOR_STRIDE_H_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_STRIDE_W_LSB+:8],
        raw[irc_contract_pkg::DESCRIPTOR_PAD_TOP_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_PAD_LEFT_LSB+:8],
        raw[irc_contract_pkg::DESCRIPTOR_PAD_BOTTOM_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_PAD_RIGHT_LSB+:8],
        raw[irc_contract_pkg::DESCRIPTOR_INPUTS_LSB+:8], raw[irc_contract_pkg::DESCRIPTOR_IN_MEMORY_LSB+:64],
        raw[irc_contract_pkg::DESCRIPTOR_OUT_MEMORY_LSB+:64], raw[irc_contract_pkg::DESCRIPTOR_TABLE_MEMORY_LSB+:64],
        raw[irc_contract_pkg::DESCRIPTOR_TABLE_ENTRIES_LSB+:32]};
  endfunction

  function automatic logic [383:0] unpack_tile(input logic [irc_contract_pkg::TILE_RECORD_BYTES*8-1:0] raw);
    unpack_tile = {
        raw[irc_contract_pkg::TILE_RECORD_TILE_LSB+:32], raw[irc_contract_pkg::TILE_RECORD_MACRO_LSB+:16],
        raw[irc_contract_pkg::TILE_RECORD_FIRST_PAIR_LSB+:16], raw[irc_contract_pkg::TILE_RECORD_ROW_BEGIN_LSB+:32],
        raw[irc_contract_pkg::TILE_RECORD_ROWS_LSB+:32], raw[irc_contract_pkg::TILE_RECORD_WEIGHT_ROWS_LSB+:32],
        raw[irc_contract_pkg::TILE_RECORD_OUTPUT_BEGIN_LSB+:16], raw[irc_contract_pkg::TILE_RECORD_OUTPUTS_LSB+:16],
        raw[irc_contract_pkg::TILE_RECORD_COLUMNS_LSB+:16], raw[irc_contract_pkg::TILE_RECORD_ROW_PIECES_LSB+:16],
        raw[irc_contract_pkg::TILE_RECORD_CELLS_MEMORY_LSB+:64],
        raw[irc_contract_pkg::TILE_RECORD_CELLS_BYTES_LSB+:32],
        raw[irc_contract_pkg::TILE_RECORD_BIAS_MEMORY_LSB+:64]};
  endfunction

  // 64-bit words of a pixel in the activation buffer.
  function automatic logic [31:0] pixel_words(input logic [15:0] channels);
    pixel_words = (32'(channels) + 63) >> 6;
  endfunction

  // Bytes of a pixel of a binary map in memory.
  function automatic logic [31:0] pixel_bytes(input logic [15:0] channels);
    pixel_bytes = (32'(channels) + 7) >> 3;
  endfunction

  // Input rows that must have arrived before output row `row` of a window can begin.
  function automatic logic [31:0] window_rows_needed(input logic [15:0] row, input logic [7:0] kernel_h,
                                                     input logic [7:0] stride_h, input logic [7:0] pad_top,
                                                     input logic [15:0] in_height);
    logic signed [31:0] last_row;
    last_row = $signed(32'(row) * 32'(stride_h) + 32'(kernel_h) - 32'(pad_top));
    window_rows_needed = 32'd1;
    if (last_row > $signed(32'(in_height))) window_rows_needed = 32'(in_height);
    else if (last_row > 1) window_rows_needed = $unsigned(last_row);
  endfunction

  // Beats of the AXI4 burst that starts at `from` (within its 4 KiB) when `left` beats remain. An unaligned start
  // shares its first beat with the bytes before it.
  function automatic logic [31:0] burst_beats(input logic [11:0] from, input logic [31:0] left);
    logic [11:0] aligned;
    // yosys takes an operator before a cast for a part of the cast's size, hence no ~12'(...).
    aligned = from & 12'(32'd4096 - irc_config_pkg::BUS_BYTES);
    burst_beats = (32'd4096 - 32'(aligned)) / irc_config_pkg::BUS_BYTES;
    if (burst_beats > 256) burst_beats = 32'd256;
    if (burst_beats > left) burst_beats = left;
  endfunction
endpackage
