// SPDX-License-Identifier: Apache-2.0
// A partial sum that another macro updates in the same cycle counts with its new value.
module irc_sum_forward #(
    parameter [31:0] At = 16,
    parameter [31:0] Lanes = 1
) (
    input  logic                valid,        // the own lane
    input  logic [      At-1:0] at,
    input  logic [        63:0] base,         // without the other macro
    input  logic [   Lanes-1:0] other_valid,
    input  logic [Lanes*At-1:0] other_at,
    input  logic [Lanes*64-1:0] other_sum,
    output logic [        63:0] result
);
  always_comb begin
    result = base;
    if (valid && other_valid != 0)
      for (int unsigned i = 0; i < Lanes; i++)
        if (other_valid[i] && other_at[At*i+:At] == at) result = other_sum[64*i+:64];
  end
endmodule
