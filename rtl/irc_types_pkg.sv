// SPDX-License-Identifier: Apache-2.0
// Descriptor and tile record as the RTL uses them. The bit positions come from the generated contract.
package irc_types_pkg;
  import irc_config_pkg::*;
  import irc_contract_pkg::*;

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
  } command_t;

  typedef struct packed {
    logic [31:0] number;
    logic [15:0] macro_index, first_pair;
    logic [31:0] row_begin, rows, weight_rows;
    logic [15:0] output_begin, outputs, columns, row_pieces;
    logic [63:0] cells_memory;
    logic [31:0] cells_bytes;
    logic [63:0] bias_memory;
  } tile_t;

  function automatic command_t unpack_command(input logic [DESCRIPTOR_BYTES*8-1:0] raw);
    unpack_command.head          = raw[DESCRIPTOR_HEAD_LSB+:32];
    unpack_command.opcode        = raw[DESCRIPTOR_OPCODE_LSB+:8];
    unpack_command.flags         = raw[DESCRIPTOR_FLAGS_LSB+:8];
    unpack_command.layer         = raw[DESCRIPTOR_LAYER_LSB+:16];
    unpack_command.in_height     = raw[DESCRIPTOR_IN_HEIGHT_LSB+:16];
    unpack_command.in_width      = raw[DESCRIPTOR_IN_WIDTH_LSB+:16];
    unpack_command.in_channels   = raw[DESCRIPTOR_IN_CHANNELS_LSB+:64];
    unpack_command.in_buffer     = raw[DESCRIPTOR_IN_BUFFER_LSB+:128];
    unpack_command.out_height    = raw[DESCRIPTOR_OUT_HEIGHT_LSB+:16];
    unpack_command.out_width     = raw[DESCRIPTOR_OUT_WIDTH_LSB+:16];
    unpack_command.out_channels  = raw[DESCRIPTOR_OUT_CHANNELS_LSB+:16];
    unpack_command.out_buffer    = raw[DESCRIPTOR_OUT_BUFFER_LSB+:32];
    unpack_command.kernel_h      = raw[DESCRIPTOR_KERNEL_H_LSB+:8];
    unpack_command.kernel_w      = raw[DESCRIPTOR_KERNEL_W_LSB+:8];
    unpack_command.stride_h      = raw[DESCRIPTOR_STRIDE_H_LSB+:8];
    unpack_command.stride_w      = raw[DESCRIPTOR_STRIDE_W_LSB+:8];
    unpack_command.pad_top       = raw[DESCRIPTOR_PAD_TOP_LSB+:8];
    unpack_command.pad_left      = raw[DESCRIPTOR_PAD_LEFT_LSB+:8];
    unpack_command.pad_bottom    = raw[DESCRIPTOR_PAD_BOTTOM_LSB+:8];
    unpack_command.pad_right     = raw[DESCRIPTOR_PAD_RIGHT_LSB+:8];
    unpack_command.inputs        = raw[DESCRIPTOR_INPUTS_LSB+:8];
    unpack_command.in_memory     = raw[DESCRIPTOR_IN_MEMORY_LSB+:64];
    unpack_command.out_memory    = raw[DESCRIPTOR_OUT_MEMORY_LSB+:64];
    unpack_command.table_memory  = raw[DESCRIPTOR_TABLE_MEMORY_LSB+:64];
    unpack_command.table_entries = raw[DESCRIPTOR_TABLE_ENTRIES_LSB+:32];
  endfunction

  function automatic tile_t unpack_tile(input logic [TILE_RECORD_BYTES*8-1:0] raw);
    unpack_tile.number       = raw[TILE_RECORD_TILE_LSB+:32];
    unpack_tile.macro_index  = raw[TILE_RECORD_MACRO_LSB+:16];
    unpack_tile.first_pair   = raw[TILE_RECORD_FIRST_PAIR_LSB+:16];
    unpack_tile.row_begin    = raw[TILE_RECORD_ROW_BEGIN_LSB+:32];
    unpack_tile.rows         = raw[TILE_RECORD_ROWS_LSB+:32];
    unpack_tile.weight_rows  = raw[TILE_RECORD_WEIGHT_ROWS_LSB+:32];
    unpack_tile.output_begin = raw[TILE_RECORD_OUTPUT_BEGIN_LSB+:16];
    unpack_tile.outputs      = raw[TILE_RECORD_OUTPUTS_LSB+:16];
    unpack_tile.columns      = raw[TILE_RECORD_COLUMNS_LSB+:16];
    unpack_tile.row_pieces   = raw[TILE_RECORD_ROW_PIECES_LSB+:16];
    unpack_tile.cells_memory = raw[TILE_RECORD_CELLS_MEMORY_LSB+:64];
    unpack_tile.cells_bytes  = raw[TILE_RECORD_CELLS_BYTES_LSB+:32];
    unpack_tile.bias_memory  = raw[TILE_RECORD_BIAS_MEMORY_LSB+:64];
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
  function automatic logic [31:0] window_rows_needed(input command_t command, input logic [15:0] row);
    logic signed [31:0] last_row;
    last_row = $signed(32'(row) * 32'(command.stride_h) + 32'(command.kernel_h) - 32'(command.pad_top));
    window_rows_needed = 32'd1;
    if (last_row > $signed(32'(command.in_height))) window_rows_needed = 32'(command.in_height);
    else if (last_row > 1) window_rows_needed = $unsigned(last_row);
  endfunction

  // Beats of the AXI4 burst that starts at `from` (within its 4 KiB) when `left` beats remain. An unaligned start
  // shares its first beat with the bytes before it.
  function automatic logic [31:0] burst_beats(input logic [11:0] from, input logic [31:0] left);
    logic [11:0] aligned;
    aligned = from & ~12'(BUS_BYTES - 1);
    burst_beats = (32'd4096 - 32'(aligned)) / BUS_BYTES;
    if (burst_beats > 256) burst_beats = 32'd256;
    if (burst_beats > left) burst_beats = left;
  endfunction
endpackage
