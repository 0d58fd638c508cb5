// SPDX-License-Identifier: Apache-2.0
// Cells arrive bit line by bit line but are programmed row by row, so this module stores the cells of one tile.
module irc_cell_stage
  import irc_config_pkg::*;
(
    input  logic                      clk,
    input  logic                      clear,
    input  logic                      chunk_valid,
    input  logic [   BUS_BYTES*8-1:0] chunk,
    input  logic [              31:0] chunk_bytes,
    input  logic [              31:0] rows,         // rows of the tile
    input  logic [              15:0] columns,      // bit lines of the tile
    input  logic                      row_valid,
    input  logic [              31:0] row,
    output logic [2*COLUMN_PAIRS-1:0] row_cells
);
  logic [ROWS-1:0] cells[2*COLUMN_PAIRS];
  logic [31:0] column, bit_row;

  /* verilator lint_off BLKSEQ */  // these variables belong to this block only
  always_ff @(posedge clk) begin
    if (clear) begin
      column  = 0;
      bit_row = 0;
    end else if (chunk_valid) begin
      for (int unsigned i = 0; i < BUS_BYTES * 8; i++)
        // Padding bits of the last byte belong to no column.
        if (i < 8 * chunk_bytes && column < 2 * COLUMN_PAIRS) begin
          cells[column][bit_row] = chunk[i];
          bit_row = bit_row + 1;
          if (bit_row == rows) begin
            bit_row = 0;
            column  = column + 1;
          end
        end
    end
  end
  /* verilator lint_on BLKSEQ */

  always_comb begin
    row_cells = '0;
    // Bit lines beyond the tile still hold cells of an earlier tile.
    if (row_valid)
      for (int unsigned c = 0; c < 2 * COLUMN_PAIRS; c++) row_cells[c] = c < 32'(columns) && cells[c][row];
  end
endmodule
