// SPDX-License-Identifier: Apache-2.0
// Some lanes of irc_walk. Each lane passes the position after its own to the next lane.
module irc_walk_lanes #(
    parameter [31:0] Lanes = 16,
    parameter [31:0] WordBits = 6,
    parameter [31:0] At = 16,
    parameter [31:0] PositionBits = 32 + At
) (
    input  logic                go,
    input  logic [        15:0] first,       // number of the first lane
    input  logic [        15:0] count,       // lanes of all segments that walk
    input  logic [        15:0] width,
    input  logic [        15:0] units,
    input  logic [PositionBits-1:0] position,
    output logic [PositionBits-1:0] next_position,
    output logic [   Lanes-1:0] valid,
    output logic [Lanes*16-1:0] x,
    output logic [Lanes*16-1:0] unit,
    output logic [Lanes*At-1:0] at
);
  /* verilator no_inline_module */
  // The position after the lanes so far
  logic [15:0] x_to, unit_to;
  logic [At-1:0] at_to;
  logic ends;
  always_comb begin
    {x_to, unit_to, at_to} = position;
    valid = '0;
    x = '0;
    unit = '0;
    at = '0;
    ends = 1'b0;
    if (go && first < count)
      for (int unsigned i = 0; i < Lanes; i++)
        if (16'(i) < count - first && x_to < width) begin
          valid[i] = 1'b1;
          x[16*i+:16] = x_to;
          unit[16*i+:16] = unit_to;
          at[At*i+:At] = at_to;
          ends = unit_to + 16'd1 == units;
          if (ends || &unit_to[WordBits-1:0]) at_to = at_to + 1'b1;
          unit_to = ends ? 16'd0 : unit_to + 16'd1;
          if (ends) x_to = x_to + 16'd1;
        end
    next_position = {x_to, unit_to, at_to};
  end
endmodule
