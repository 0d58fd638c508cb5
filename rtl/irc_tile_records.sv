// SPDX-License-Identifier: Apache-2.0
// The tile records of the current command, and for each record the next one of the same macro.
//
// This is a model of a memory. Synthesis takes it as a black box (scripts/synthesis.sh).
module irc_tile_records #(
    parameter [31:0] Limit = irc_config_pkg::MACROS * irc_config_pkg::COLUMN_PAIRS,
    parameter [31:0] RecordBits = irc_contract_pkg::TILE_RECORD_BYTES * 8
) (
    input  logic                                        clk,
    input  logic                                        write,
    input  logic [                                31:0] write_index,
    input  logic [                      RecordBits-1:0] write_record,
    input  logic                                        link,           // write_index follows link_index
    input  logic [                                31:0] link_index,
    input  logic [                                31:0] program_index,
    output logic [                      RecordBits-1:0] program_record,
    input  logic [       irc_config_pkg::MACROS*32-1:0] index,
    output logic [irc_config_pkg::MACROS*RecordBits-1:0] record,
    output logic [          irc_config_pkg::MACROS-1:0] next_valid,
    output logic [       irc_config_pkg::MACROS*32-1:0] next_index
);
  logic [RecordBits-1:0] records[Limit];
  logic [31:0] next[Limit];
  logic [Limit-1:0] linked;

  /* verilator lint_off BLKSEQ */  // only this block writes the memory
  always_ff @(posedge clk) begin
    if (write) begin
      records[write_index] = write_record;
      linked[write_index] = 1'b0;
    end
    if (link) begin
      next[link_index] = write_index;
      linked[link_index] = 1'b1;
    end
  end
  /* verilator lint_on BLKSEQ */

  assign program_record = records[program_index];
  always_comb
    for (int unsigned m = 0; m < irc_config_pkg::MACROS; m++) begin
      record[RecordBits*m+:RecordBits] = records[index[32*m+:32]];
      next_valid[m] = linked[index[32*m+:32]];
      next_index[32*m+:32] = next[index[32*m+:32]];
    end
endmodule
