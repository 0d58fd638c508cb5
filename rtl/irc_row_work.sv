// SPDX-License-Identifier: Apache-2.0
// Pooling, upsampling and concatenation of a row. A lane reads one bit of the activation buffer. The buffer's rate counts
// bits read for pooling and bits written otherwise.
module irc_row_work #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] Lanes = irc_config_pkg::BUFFER_BITS_PER_CYCLE,
    parameter [31:0] Segment = 16
) (
    input  logic                    clk,
    input  irc_command_t command,
    input  logic                    go,
    input  logic                    first_cycle,
    input  logic [            15:0] row,
    output logic [       Lanes-1:0] read,
    output logic [    Lanes*At-1:0] read_at,
    output logic [     Lanes*6-1:0] read_bit,
    input  logic [       Lanes-1:0] read_data,
    output logic [       Lanes-1:0] write,
    output logic [    Lanes*At-1:0] write_at,
    output logic [     Lanes*6-1:0] write_bit,
    output logic [       Lanes-1:0] write_data
);
  localparam [31:0] Segments = (Lanes + Segment - 1) / Segment;

  logic pool, upsample, concat;
  assign pool     = 32'(command.opcode) == irc_contract_pkg::OPCODE_MAX_POOL;
  assign upsample = 32'(command.opcode) == irc_contract_pkg::OPCODE_UPSAMPLE;
  assign concat   = 32'(command.opcode) == irc_contract_pkg::OPCODE_CONCAT;

  logic [63:0] in_channels;
  logic [127:0] in_buffer;
  logic [127:0] words_of_input;  // of a pixel
  logic [31:0] words_of_output;
  logic [At-1:0] in_words, out_words, window_step, in_row, out_row;
  logic [4*At-1:0] pixel_step, row_begin;
  assign in_channels = command.in_channels;
  assign in_buffer   = command.in_buffer;
  assign words_of_output = irc_types_pkg::pixel_words(command.out_channels);
  assign in_words    = At'(words_of_input[31:0]);
  assign out_words   = At'(words_of_output);
  assign window_step = (At'(command.in_width) - At'(command.kernel_w)) * in_words;
  always_comb
    for (int unsigned n = 0; n < 4; n++)
      words_of_input[32*n+:32] = irc_types_pkg::pixel_words(in_channels[16*n+:16]);
  always_comb begin
    pixel_step = '0;
    in_row = At'(row);
    if (pool) in_row = At'(32'(row) * 32'(command.stride_h));
    else if (upsample) in_row = go && first_cycle ? At'(row / 16'(command.kernel_w)) : '0;
    in_row = in_row * At'(command.in_width);
    for (int unsigned n = 0; n < 4; n++) begin
      pixel_step[At*n+:At] = At'(words_of_input[32*n+:32]);
      row_begin[At*n+:At] = At'(in_buffer[32*n+:32]) + in_row * pixel_step[At*n+:At];
    end
    if (pool) pixel_step[At-1:0] = in_words * At'(command.stride_w);
  end
  assign out_row = At'(command.out_buffer) + At'(row) * At'(command.out_width) * out_words;

  localparam [31:0] PositionBits = 74 + 6 * At;  // see irc_row_lanes
  logic [PositionBits-1:0] position_q, first_position;
  assign first_position = {74'd0, row_begin, {At{1'b0}}, out_row};
  logic fires_q, next_fires;

  for (genvar s = 0; s < Segments; s++) begin : gen_segment
    // The last segment is shorter, because a lane without a port would take a step for nothing.
    localparam [31:0] Own = (s + 1) * Segment <= Lanes ? Segment : Lanes - s * Segment;
    logic [PositionBits-1:0] position, next_position;
    if (s == 0) begin : gen_begin
      assign position = first_cycle ? first_position : position_q;
    end else begin : gen_next
      assign position = gen_segment[s-1].next_position;
    end
    irc_row_lanes #(.Lanes(Own), .At(At), .PositionBits(PositionBits)) lanes (
        .go, .pool, .upsample, .concat, .out_width(command.out_width), .out_channels(command.out_channels), .in_channels,
        .inputs(command.inputs), .kernel(command.kernel_w), .in_words, .out_words, .pixel_step, .window_step,
        .position, .next_position,
        .read(read[Segment*s+:Own]), .read_at(read_at[At*Segment*s+:At*Own]), .read_bit(read_bit[6*Segment*s+:6*Own]),
        .write(write[Segment*s+:Own]), .write_at(write_at[At*Segment*s+:At*Own]), .write_bit(write_bit[6*Segment*s+:6*Own])
    );
  end
  // A window fires if one of its bits does.
  always_comb begin
    next_fires = !first_cycle && fires_q;
    write_data = '0;
    if (go)
      for (int unsigned i = 0; i < Lanes; i++) begin
        next_fires = next_fires || read_data[i];
        write_data[i] = next_fires;
        if (write[i]) next_fires = 1'b0;
      end
  end

  always_ff @(posedge clk)
    if (go) begin
      position_q <= gen_segment[Segments-1].next_position;
      fires_q <= next_fires;
    end
endmodule
