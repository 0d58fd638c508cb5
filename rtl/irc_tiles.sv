// SPDX-License-Identifier: Apache-2.0
// The tile records of the current command, linked into one list per macro, and the directory of the programmed tiles.
// Records are checked as they arrive, so the result is available with the last byte.
module irc_tiles #(
    parameter [31:0] Limit = irc_config_pkg::MACROS * irc_config_pkg::COLUMN_PAIRS
) (
    input  logic                     clk,
    input  logic                     rst_n,
    input  irc_command_t                 command,
    // The table streams in.
    input  logic                     clear,
    input  logic                     chunk_valid,
    input  logic [  irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    input  logic [             31:0] chunk_bytes,
    output logic                     table_bad,       // a record is inconsistent or does not fit its macro
    output logic                     layer_bad,       // a record does not suit this convolution
    output logic                     adds_up,         // no tile decides alone
    // One read port for programming, one per macro for its sequencer.
    input  logic [             31:0] program_index,
    output irc_tile_t                    program_tile,
    input  logic [    irc_config_pkg::MACROS*32-1:0] index,
    output logic [irc_config_pkg::MACROS*irc_contract_pkg::TILE_RECORD_BYTES*8-1:0] record,
    output logic [       irc_config_pkg::MACROS-1:0] next_valid,
    output logic [    irc_config_pkg::MACROS*32-1:0] next_index,
    output logic [       irc_config_pkg::MACROS-1:0] first_valid,
    output logic [    irc_config_pkg::MACROS*32-1:0] first_index,
    // The directory. A tile is removed before its own cells, or cells that it overlaps, are programmed.
    input  logic                     evict,           // removes the tiles that overlap program_tile
    input  logic                     insert,
    input  logic                     insert_biased,   // the tile came with biases
    input  logic                     insert_nonzero   // the biases are not all 0
);
  localparam [31:0] RecordBits = irc_contract_pkg::TILE_RECORD_BYTES * 8;
  localparam [31:0] Macros = irc_config_pkg::MACROS;
  localparam [31:0] Bytes = irc_config_pkg::BUS_BYTES;

  // ---- records as they arrive; no beat holds more than one end of a record
  logic [RecordBits-1:0] incoming;
  logic [RecordBits+Bytes*8-1:0] joined;
  logic [6:0] position;
  logic [31:0] count, next_position;
  logic complete;
  irc_tile_t arrived;
  assign joined = ((RecordBits + Bytes * 8)'(chunk) << {position, 3'd0}) |
                  ((RecordBits + Bytes * 8)'(incoming) & ~({(RecordBits + Bytes * 8) {1'b1}} << {position, 3'd0}));
  assign next_position = 32'(position) + chunk_bytes;
  assign complete = chunk_valid && !clear && next_position >= irc_contract_pkg::TILE_RECORD_BYTES;
  assign arrived = irc_types_pkg::unpack_tile(joined[RecordBits-1:0]);

  // ---- checks
  logic [63:0] cells, rows_end;
  logic [31:0] columns;
  logic legal, suits_layer, found, found_biased, found_nonzero;
  always_comb begin
    cells    = 64'(arrived.rows) * 64'(arrived.columns);
    rows_end = 64'(arrived.row_begin) + 64'(arrived.rows);
    columns  = irc_config_pkg::REFERENCE_SCHEME != 0 ? 32'(arrived.outputs) + 2 : 32'(arrived.outputs) * 2;
    legal = 32'(arrived.macro_index) < Macros && arrived.rows != 0 && arrived.rows <= irc_config_pkg::ROWS &&
            arrived.row_pieces != 0 && 64'(arrived.weight_rows) <= 64'(irc_config_pkg::ROWS) * 64'(Macros) &&
            rows_end <= 64'(arrived.weight_rows) +
                        (irc_config_pkg::BIAS_PLACEMENT == 0 ? 64'(irc_config_pkg::BIAS_ROWS) : 64'd0) &&
            arrived.outputs != 0 && 32'(arrived.columns) == columns &&
            32'(arrived.first_pair) * 2 + 32'(arrived.columns) <= 2 * irc_config_pkg::COLUMN_PAIRS &&
            64'(arrived.cells_bytes) == (cells + 7) / 8;
    suits_layer = 32'(arrived.output_begin) + 32'(arrived.outputs) <= 32'(command.out_channels) &&
        arrived.weight_rows ==
            32'(command.kernel_h) * 32'(command.kernel_w) * 32'(command.in_channels[15:0]) &&
        found && (irc_config_pkg::BIAS_PLACEMENT == 0 || arrived.row_begin != 0 || found_biased);
  end

  // ---- the lists
  logic [Macros-1:0] is_macro, is_program_macro;
  logic [31:0] last_of_macro;
  logic [Macros*32-1:0] last_index;
  logic [RecordBits-1:0] program_record;
  always_comb begin
    last_of_macro = 32'd0;
    for (int unsigned m = 0; m < Macros; m++) begin
      is_macro[m] = 32'(arrived.macro_index) == m;
      is_program_macro[m] = 32'(program_tile.macro_index) == m;
      if (is_macro[m]) last_of_macro = last_index[32*m+:32];
    end
  end
  irc_tile_records #(.Limit(Limit)) lists (
      .clk, .write(complete), .write_index(count), .write_record(joined[RecordBits-1:0]),
      .link(complete && legal && (is_macro & first_valid) != 0), .link_index(last_of_macro), .program_index,
      .program_record, .index, .record, .next_valid, .next_index
  );
  assign program_tile = irc_types_pkg::unpack_tile(program_record);

  logic unsuited, sums, lost_bias;
  always_ff @(posedge clk) begin
    if (!rst_n || clear) begin
      position <= 7'd0;
      count <= 32'd0;
      table_bad <= 1'b0;
      unsuited <= 1'b0;
      sums <= irc_config_pkg::LEVEL_BITS > 1;
      lost_bias <= 1'b0;
      first_valid <= '0;
    end else if (chunk_valid) begin
      incoming <= complete ? RecordBits'(joined[RecordBits+Bytes*8-1:RecordBits]) : joined[RecordBits-1:0];
      position <= complete ? 7'(next_position - irc_contract_pkg::TILE_RECORD_BYTES) : 7'(next_position);
      if (complete) begin
        count <= count + 1;
        if (!legal) table_bad <= 1'b1;
        else begin
          if (!suits_layer) unsuited <= 1'b1;
          if (found_nonzero && found_biased) lost_bias <= 1'b1;
          if (arrived.row_pieces > 1 ||
              (irc_config_pkg::ROWS_PER_OPERATION != 0 && arrived.rows > irc_config_pkg::ROWS_PER_OPERATION))
            sums <= 1'b1;
          for (int unsigned m = 0; m < Macros; m++)
            if (is_macro[m]) begin
              first_valid[m] <= 1'b1;
              if (!first_valid[m]) first_index[32*m+:32] <= count;
              last_index[32*m+:32] <= count;
            end
        end
      end
    end
  end

  assign adds_up = sums;
  // A one-bit decision on all rows leaves nothing to which digital biases could be added.
  assign layer_bad = unsuited || (irc_config_pkg::BIAS_PLACEMENT == 2 && !sums && lost_bias);

  // ---- the directory, one part per macro
  logic [Macros-1:0] found_of, biased_of, nonzero_of;
  for (genvar m = 0; m < Macros; m++) begin : gen_macro
    irc_directory directory (
        .clk, .rst_n, .tile(arrived), .found(found_of[m]), .biased(biased_of[m]), .nonzero(nonzero_of[m]), .program_tile,
        .evict(evict && is_program_macro[m]), .insert(insert && !evict && is_program_macro[m]), .insert_biased,
        .insert_nonzero
    );
  end
  assign found         = (is_macro & found_of) != 0;
  assign found_biased  = (is_macro & biased_of) != 0;
  assign found_nonzero = (is_macro & nonzero_of) != 0;
endmodule
