// SPDX-License-Identifier: Apache-2.0
// The tile records of the current command, linked into one list per macro, and the directory of the programmed tiles.
// Records are checked as they arrive, so the result is available with the last byte.
module irc_tiles
  import irc_config_pkg::*;
  import irc_contract_pkg::*;
  import irc_types_pkg::*;
#(
    parameter [31:0] Limit = MACROS * COLUMN_PAIRS
) (
    input  logic                     clk,
    input  logic                     rst_n,
    input  command_t                 command,
    // The table streams in.
    input  logic                     clear,
    input  logic                     chunk_valid,
    input  logic [  BUS_BYTES*8-1:0] chunk,
    input  logic [             31:0] chunk_bytes,
    output logic                     table_bad,       // a record is inconsistent or does not fit its macro
    output logic                     layer_bad,       // a record does not suit this convolution
    output logic                     adds_up,         // no tile decides alone
    // One read port for programming, one per macro for its sequencer.
    input  logic [             31:0] program_index,
    output tile_t                    program_tile,
    input  logic [    MACROS*32-1:0] index,
    output logic [MACROS*TILE_RECORD_BYTES*8-1:0] record,
    output logic [       MACROS-1:0] next_valid,
    output logic [    MACROS*32-1:0] next_index,
    output logic [       MACROS-1:0] first_valid,
    output logic [    MACROS*32-1:0] first_index,
    // The directory. A tile is removed before its own cells, or cells that it overlaps, are programmed.
    input  logic                     evict,           // removes the tiles that overlap program_tile
    input  logic                     insert,
    input  logic                     insert_biased,   // the tile came with biases
    input  logic                     insert_nonzero   // the biases are not all 0
);
  localparam [31:0] RecordBits = TILE_RECORD_BYTES * 8;

  logic [RecordBits-1:0] records[Limit];
  logic [31:0] next[Limit];
  logic [Limit-1:0] linked;
  logic [MACROS*32-1:0] last_index;

  logic [Limit-1:0] resident, resident_biased, resident_nonzero;
  logic [31:0] resident_number[Limit];
  logic [31:0] resident_rows[Limit];
  logic [15:0] resident_columns[Limit];
  logic [15:0] resident_outputs[Limit];

  function automatic logic legal(input tile_t t);
    logic [63:0] cells, rows_end;
    logic [31:0] columns;
    cells    = 64'(t.rows) * 64'(t.columns);
    rows_end = 64'(t.row_begin) + 64'(t.rows);
    columns  = REFERENCE_SCHEME != 0 ? 32'(t.outputs) + 2 : 32'(t.outputs) * 2;
    legal = 32'(t.macro_index) < MACROS && t.rows != 0 && t.rows <= ROWS && t.row_pieces != 0 &&
            64'(t.weight_rows) <= 64'(ROWS) * 64'(MACROS) &&
            rows_end <= 64'(t.weight_rows) + (BIAS_PLACEMENT == 0 ? 64'(BIAS_ROWS) : 64'd0) &&
            t.outputs != 0 && 32'(t.columns) == columns &&
            32'(t.first_pair) * 2 + 32'(t.columns) <= 2 * COLUMN_PAIRS && 64'(t.cells_bytes) == (cells + 7) / 8;
  endfunction

  // Position of a legal tile in the directory.
  function automatic logic [31:0] place(input tile_t t);
    place = 32'(t.macro_index) * COLUMN_PAIRS + 32'(t.first_pair);
  endfunction

  function automatic logic is_resident(input tile_t t);
    logic [31:0] at;
    at = place(t);
    is_resident = resident[at] && resident_number[at] == t.number && resident_rows[at] == t.rows &&
                  resident_columns[at] == t.columns && resident_outputs[at] == t.outputs;
  endfunction

  function automatic logic suits_layer(input tile_t t);
    suits_layer = 32'(t.output_begin) + 32'(t.outputs) <= 32'(command.out_channels) &&
        t.weight_rows == 32'(command.kernel_h) * 32'(command.kernel_w) * 32'(command.in_channels[15:0]) &&
        is_resident(t) && (BIAS_PLACEMENT == 0 || t.row_begin != 0 || resident_biased[place(t)]);
  endfunction

  logic [RecordBits-1:0] incoming;
  logic [31:0] position, count;
  logic unsuited, sums, lost_bias;

  /* verilator lint_off BLKSEQ */  // these variables belong to this block only
  always_ff @(posedge clk) begin
    tile_t arrived;
    logic [31:0] m;
    if (!rst_n || clear) begin
      position = 0;
      count = 0;
      table_bad <= 1'b0;
      unsuited <= 1'b0;
      sums <= LEVEL_BITS > 1;
      lost_bias <= 1'b0;
      first_valid <= '0;
    end else if (chunk_valid) begin
      for (int unsigned i = 0; i < BUS_BYTES; i++)
        if (i < chunk_bytes) begin
          incoming[8*position+:8] = chunk[8*i+:8];
          position = position + 1;
          if (position == TILE_RECORD_BYTES) begin
            position = 0;
            arrived = unpack_tile(incoming);
            m = 32'(arrived.macro_index);
            records[count] = incoming;
            linked[count] = 1'b0;
            if (!legal(arrived)) table_bad <= 1'b1;
            else begin
              if (!suits_layer(arrived)) unsuited <= 1'b1;
              if (resident_nonzero[place(arrived)] && resident_biased[place(arrived)]) lost_bias <= 1'b1;
              if (arrived.row_pieces > 1 || (ROWS_PER_OPERATION != 0 && arrived.rows > ROWS_PER_OPERATION))
                sums <= 1'b1;
              if (!first_valid[m]) begin
                first_valid[m] <= 1'b1;
                first_index[32*m+:32] <= count;
              end else begin
                next[last_index[32*m+:32]] = count;
                linked[last_index[32*m+:32]] = 1'b1;
              end
              last_index[32*m+:32] <= count;
            end
            count = count + 1;
          end
        end
    end
  end
  /* verilator lint_on BLKSEQ */

  assign adds_up = sums;
  // A one-bit decision on all rows leaves nothing to which digital biases could be added.
  assign layer_bad = unsuited || (BIAS_PLACEMENT == 2 && !sums && lost_bias);

  assign program_tile = unpack_tile(records[program_index]);
  // A signal of its own: Verilator 5.032 fails on a function call in the index of a nonblocking assignment.
  logic [31:0] program_place;
  assign program_place = place(program_tile);
  always_comb
    for (int unsigned m = 0; m < MACROS; m++) begin
      record[RecordBits*m+:RecordBits] = records[index[32*m+:32]];
      next_valid[m] = linked[index[32*m+:32]];
      next_index[32*m+:32] = next[index[32*m+:32]];
    end

  // Whether the bit lines of a position in the directory overlap those of the tile to program.
  function automatic logic overlaps(input logic [31:0] pair, input logic [15:0] columns);
    overlaps = 2 * pair < 2 * 32'(program_tile.first_pair) + 32'(program_tile.columns) &&
               2 * 32'(program_tile.first_pair) < 2 * pair + 32'(columns);
  endfunction

  always_ff @(posedge clk) begin
    if (!rst_n) resident <= '0;
    else if (evict) begin
      for (int unsigned i = 0; i < Limit; i++)
        if (i / COLUMN_PAIRS == 32'(program_tile.macro_index) &&
            (overlaps(i % COLUMN_PAIRS, resident_columns[i]) || resident_number[i] == program_tile.number))
          resident[i] <= 1'b0;
    end else if (insert) begin
      resident[program_place] <= 1'b1;
      resident_biased[program_place] <= insert_biased;
      resident_nonzero[program_place] <= insert_nonzero;
      resident_number[program_place] <= program_tile.number;
      resident_rows[program_place] <= program_tile.rows;
      resident_columns[program_place] <= program_tile.columns;
      resident_outputs[program_place] <= program_tile.outputs;
    end
  end
endmodule
