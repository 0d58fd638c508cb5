// SPDX-License-Identifier: Apache-2.0
// The cells of one tile: written along bit lines, read by rows.
//
// This is a model of a memory. Synthesis takes it as a black box (scripts/synthesis.sh).
module irc_cell_store #(
    parameter [31:0] Ports = irc_config_pkg::BUS_BYTES * 8
) (
    input  logic                                      clk,
    input  logic                                      go,
    input  logic [                         Ports-1:0] write,
    input  logic [                      Ports*16-1:0] column,
    input  logic [                      Ports*16-1:0] bit_row,
    input  logic [                         Ports-1:0] data,
    input  logic                                      row_valid,
    input  logic [                              31:0] row,
    output logic [2*irc_config_pkg::COLUMN_PAIRS-1:0] row_cells
);
  logic [irc_config_pkg::ROWS-1:0] cells[2*irc_config_pkg::COLUMN_PAIRS];

  /* verilator lint_off BLKSEQ */  // only this block writes the memory
  always_ff @(posedge clk)
    if (go)
      for (int unsigned i = 0; i < Ports; i++)
        if (write[i]) cells[32'(column[16*i+:16])][32'(bit_row[16*i+:16])] = data[i];
  /* verilator lint_on BLKSEQ */

  always_comb begin
    row_cells = '0;
    if (row_valid) for (int unsigned c = 0; c < 2 * irc_config_pkg::COLUMN_PAIRS; c++) row_cells[c] = cells[c][row];
  end
endmodule
