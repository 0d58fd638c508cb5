// SPDX-License-Identifier: Apache-2.0
// Cells arrive bit line by bit line but are programmed row by row, so this module stores the cells of one tile.
module irc_cell_stage (
    input  logic                      clk,
    input  logic                      clear,
    input  logic                      chunk_valid,
    input  logic [   irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    input  logic [              31:0] chunk_bytes,
    input  logic [              31:0] rows,         // rows of the tile
    input  logic [              15:0] columns,      // bit lines of the tile
    input  logic                      row_valid,
    input  logic [              31:0] row,
    output logic [2*irc_config_pkg::COLUMN_PAIRS-1:0] row_cells
);
  localparam [31:0] Ports = irc_config_pkg::BUS_BYTES * 8;
  localparam [31:0] Columns = 2 * irc_config_pkg::COLUMN_PAIRS;
  logic [15:0] column, bit_row, column_to, bit_row_to;
  logic [Ports-1:0] write, unused_at;
  logic [Ports*16-1:0] column_of, bit_row_of;
  logic unused_at_to;
  // Padding bits of the last byte belong to no column.
  irc_walk #(.Lanes(Ports), .Segment(16), .WordBits(1), .At(1)) walk (
      .go(chunk_valid), .count(16'(8 * chunk_bytes)), .width(16'(Columns)), .units(16'(rows)), .x_from(column),
      .unit_from(bit_row), .at_from(1'b0), .x_to(column_to), .unit_to(bit_row_to), .at_to(unused_at_to), .valid(write),
      .x(column_of), .unit(bit_row_of), .at(unused_at)
  );
  always_ff @(posedge clk) begin
    if (clear) begin
      column  <= 16'd0;
      bit_row <= 16'd0;
    end else if (chunk_valid) begin
      column  <= column_to;
      bit_row <= bit_row_to;
    end
  end

  logic [Columns-1:0] stored;
  irc_cell_store store (
      .clk, .go(chunk_valid && !clear), .write, .column(column_of), .bit_row(bit_row_of), .data(chunk), .row_valid, .row,
      .row_cells(stored)
  );
  // Bit lines beyond the tile still hold cells of an earlier tile.
  always_comb for (int unsigned c = 0; c < Columns; c++) row_cells[c] = row_valid && c < 32'(columns) && stored[c];

  logic unused;
  assign unused = &{1'b0, unused_at, unused_at_to};
endmodule
