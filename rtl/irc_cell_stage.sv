// SPDX-License-Identifier: Apache-2.0
// Cells arrive bit line by bit line and are programmed row by row: one tile's cells wait here in between.
module irc_cell_stage
  import irc_config_pkg::*;
(
    input  logic                      clk,
    input  logic                      clear,
    input  logic                      chunk_valid,
    input  logic [   BUS_BYTES*8-1:0] chunk,
    input  logic [              31:0] chunk_bytes,
    input  logic [              31:0] rows,         // of the tile
    input  logic                      row_valid,
    input  logic [              31:0] row,
    output logic [2*COLUMN_PAIRS-1:0] row_cells
);
  logic [ROWS-1:0] columns[2*COLUMN_PAIRS];
  logic [31:0] column, bit_row;

  /* verilator lint_off BLKSEQ */  // variables of this block alone
  always_ff @(posedge clk) begin
    if (clear) begin
      column  = 0;
      bit_row = 0;
    end else if (chunk_valid) begin
      for (int unsigned i = 0; i < BUS_BYTES * 8; i++)
        // Bits that fill up the last byte belong to no column.
        if (i < 8 * chunk_bytes && column < 2 * COLUMN_PAIRS) begin
          columns[column][bit_row] = chunk[i];
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
    if (row_valid) for (int unsigned c = 0; c < 2 * COLUMN_PAIRS; c++)
      // Columns beyond the tile's still hold those of a wider one.
      row_cells[c] = c < column && columns[c][row];
  end
endmodule
