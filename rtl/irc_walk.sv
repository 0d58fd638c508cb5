// SPDX-License-Identifier: Apache-2.0
// Walks along a row of a map: several units (bits or bytes) in one cycle, one per lane. A pixel begins at a word of the
// activation buffer, so the last unit of a pixel and the last unit of a word are followed by the next word.
module irc_walk #(
    parameter [31:0] Lanes = 16,
    parameter [31:0] Segment = 16,
    parameter [31:0] WordBits = 6,  // logarithm of the units of a word
    parameter [31:0] At = 16
) (
    input  logic                go,
    input  logic [        15:0] count,      // lanes that walk
    input  logic [        15:0] width,      // pixels of the row
    input  logic [        15:0] units,      // units of a pixel
    input  logic [        15:0] x_from,
    input  logic [        15:0] unit_from,
    input  logic [      At-1:0] at_from,
    output logic [        15:0] x_to,
    output logic [        15:0] unit_to,
    output logic [      At-1:0] at_to,
    output logic [   Lanes-1:0] valid,
    output logic [Lanes*16-1:0] x,
    output logic [Lanes*16-1:0] unit,
    output logic [Lanes*At-1:0] at
);
  localparam [31:0] Segments = (Lanes + Segment - 1) / Segment;
  logic [Segments*Segment-1:0] all_valid;
  logic [Segments*Segment*16-1:0] all_x, all_unit;
  logic [Segments*Segment*At-1:0] all_at;

  localparam [31:0] PositionBits = 32 + At;  // see irc_walk_lanes
  logic [PositionBits-1:0] first_position;
  assign first_position = {x_from, unit_from, at_from};
  for (genvar s = 0; s < Segments; s++) begin : gen_segment
    logic [PositionBits-1:0] position, next_position;
    if (s == 0) begin : gen_begin
      assign position = first_position;
    end else begin : gen_next
      assign position = gen_segment[s-1].next_position;
    end
    irc_walk_lanes #(.Lanes(Segment), .WordBits(WordBits), .At(At), .PositionBits(PositionBits)) lanes (
        .go, .first(16'(Segment * s)), .count, .width, .units, .position,
        .next_position, .valid(all_valid[Segment*s+:Segment]),
        .x(all_x[16*Segment*s+:16*Segment]), .unit(all_unit[16*Segment*s+:16*Segment]),
        .at(all_at[At*Segment*s+:At*Segment])
    );
  end
  assign {x_to, unit_to, at_to} = gen_segment[Segments-1].next_position;
  assign valid = all_valid[Lanes-1:0];
  assign x = all_x[Lanes*16-1:0];
  assign unit = all_unit[Lanes*16-1:0];
  assign at = all_at[Lanes*At-1:0];
endmodule
