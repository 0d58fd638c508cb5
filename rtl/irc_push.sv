// SPDX-License-Identifier: Apache-2.0
// Rows that have arrived go to the digital unit, without pixels that no window covers. So the input of an output row
// never has more bits than the row has MACs, and it needs no additional cycles.
module irc_push #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] Lanes = irc_config_pkg::MACS_PER_CYCLE,
    parameter [31:0] Segment = 16
) (
    input  logic                    clk,
    input  logic                    rst_n,
    input  irc_command_t command,
    input  logic                    command_begins,
    input  logic                    push_go,         // a digital layer on a binary map runs
    input  logic [            31:0] input_rows,      // that have arrived
    output logic                    go,              // some lane may read
    output logic [       Lanes-1:0] read,
    output logic [    Lanes*At-1:0] at,
    output logic [     Lanes*6-1:0] bit_at,
    output logic [            15:0] bits
);
  localparam [31:0] Segments = (Lanes + Segment - 1) / Segment;

  localparam [31:0] PositionBits = 66 + 2 * At;  // see irc_push_lanes
  logic [PositionBits-1:0] position_q, first_position;
  logic begun;  // the register belongs to this layer

  // ---- the part of the map that windows cover
  logic [31:0] pixel_words;
  logic [31:0] seen_rows, seen_columns;  // positions at which windows end
  logic [7:0] pad_phase_h, pad_phase_w, first_phase_h, first_phase_w;
  logic [16:0] first_row, first_column, rows;
  logic [At-1:0] words, row_words, first_at;
  always_comb begin
    seen_rows = (32'(command.out_height) - 1) * 32'(command.stride_h) + 32'(command.kernel_h) - 32'(command.pad_top);
    seen_columns = (32'(command.out_width) - 1) * 32'(command.stride_w) + 32'(command.kernel_w) - 32'(command.pad_left);
    // If all windows end before the map begins, the position is negative and becomes 0.
    if ($signed(seen_rows) < 32'sd0) seen_rows = 32'd0;
    if ($signed(seen_columns) < 32'sd0) seen_columns = 32'd0;
    if (seen_rows > 32'(command.in_height)) seen_rows = 32'(command.in_height);
    if (seen_columns > 32'(command.in_width)) seen_columns = 32'(command.in_width);
    rows = input_rows < seen_rows ? 17'(input_rows) : 17'(seen_rows);

    pad_phase_h = 8'd0;
    pad_phase_w = 8'd0;
    if (push_go) begin
      pad_phase_h = command.pad_top % command.stride_h;
      pad_phase_w = command.pad_left % command.stride_w;
    end
    first_row = 17'd0;
    first_column = 17'd0;
    first_phase_h = pad_phase_h;
    first_phase_w = pad_phase_w;
    if (push_go && pad_phase_h >= command.kernel_h) begin
      first_row = 17'(command.stride_h) - 17'(pad_phase_h);
      first_phase_h = 8'd0;
    end
    if (push_go && pad_phase_w >= command.kernel_w) begin
      first_column = 17'(command.stride_w) - 17'(pad_phase_w);
      first_phase_w = 8'd0;
    end
    pixel_words = irc_types_pkg::pixel_words(command.in_channels[15:0]);
    words     = At'(pixel_words);
    row_words = At'(command.in_width) * words;
    first_at  = At'(command.in_buffer[31:0]) + At'(first_row) * row_words + At'(first_column) * words;
  end
  assign go = push_go && 32'(first_column) < seen_columns;

  // ---- the walk
  assign first_position = {first_row, first_column, 16'd0, first_phase_h, first_phase_w, first_at, first_at};
  for (genvar s = 0; s < Segments; s++) begin : gen_segment
    // The last segment is shorter, because a lane without a port would take a step for nothing.
    localparam [31:0] Own = (s + 1) * Segment <= Lanes ? Segment : Lanes - s * Segment;
    logic [PositionBits-1:0] position, next_position;
    logic [15:0] from_bits, to_bits, own_bits;
    if (s == 0) begin : gen_begin
      assign position = begun ? position_q : first_position;
      assign from_bits = 16'd0;
    end else begin : gen_next
      assign position = gen_segment[s-1].next_position;
      assign from_bits = gen_segment[s-1].to_bits;
    end
    irc_push_lanes #(.Lanes(Own), .At(At), .PositionBits(PositionBits)) lanes (
        .go, .channels(command.in_channels[15:0]), .rows, .columns(17'(seen_columns)), .first_column,
        .first_phase(first_phase_w), .kernel_h(command.kernel_h), .kernel_w(command.kernel_w),
        .stride_h(command.stride_h), .stride_w(command.stride_w),
        .column_skip((At'(command.stride_w) - At'(command.kernel_w)) * words), .row_step(row_words),
        .row_skip((At'(command.stride_h) - At'(command.kernel_h) + 1'b1) * row_words),
        .position, .next_position, .read(read[Segment*s+:Own]), .at(at[At*Segment*s+:At*Own]),
        .bit_at(bit_at[6*Segment*s+:6*Own]), .bits(own_bits)
    );
    assign to_bits = from_bits + own_bits;
  end
  assign bits = gen_segment[Segments-1].to_bits;

  always_ff @(posedge clk)
    if (rst_n) begin
      begun <= push_go && !command_begins;
      position_q <= gen_segment[Segments-1].next_position;
    end
endmodule
