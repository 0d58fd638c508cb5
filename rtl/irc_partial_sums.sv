// SPDX-License-Identifier: Apache-2.0
// The partial sums of outputs whose rows lie in several tiles, each with the layer that it belongs to.
//
// This is a model of a memory. Synthesis takes it as a black box (scripts/synthesis.sh).
module irc_partial_sums #(
    parameter [31:0] At = $clog2(irc_config_pkg::BUFFER_WORDS) + 6,
    parameter [31:0] Ports = 1
) (
    input  logic                clk,
    input  logic [   Ports-1:0] valid,        // read in this cycle, written at the coming edge
    input  logic [Ports*At-1:0] at,
    output logic [Ports*64-1:0] sum,
    output logic [Ports*32-1:0] sum_of,       // layer
    input  logic [Ports*64-1:0] next_sum,
    input  logic [        31:0] next_sum_of
);
  logic [63:0] sums[irc_config_pkg::BUFFER_WORDS*64];
  logic [31:0] sums_of[irc_config_pkg::BUFFER_WORDS*64];

  // One continuous assignment per port: Icarus would make an always_comb sensitive to each word of the memory.
  for (genvar i = 0; i < Ports; i++) begin : gen_port
    assign sum[64*i+:64] = valid[i] ? sums[at[At*i+:At]] : 64'd0;
    assign sum_of[32*i+:32] = valid[i] ? sums_of[at[At*i+:At]] : 32'd0;
  end

  /* verilator lint_off BLKSEQ */  // only this block writes the memory; of several writes the last one counts
  always_ff @(posedge clk)
    if (valid != 0)
      for (int unsigned i = 0; i < Ports; i++)
        if (valid[i]) begin
          sums[at[At*i+:At]] = next_sum[64*i+:64];
          sums_of[at[At*i+:At]] = next_sum_of;
        end
  /* verilator lint_on BLKSEQ */
endmodule
