// SPDX-License-Identifier: Apache-2.0
// The word-line registers of one macro. One is loaded with a window of the input map, which slides along the map, while
// the other drives the rows.
module irc_word_lines #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] Segment = 32
) (
    input  logic                               clk,
    input  logic                               rst_n,
    input  irc_command_t            command,
    input  logic                               command_begins,
    input  logic                               load_go,
    input  logic                               load_first,
    input  logic                               load_slide,
    input  logic [                       31:0] load_begin,      // first weight row of the tile
    input  logic [                       31:0] load_end,
    input  logic [                       31:0] load_rows,
    input  logic [                       15:0] load_y,
    input  logic [                       15:0] load_x,
    input  logic                               take,
    input  logic                               select,
    input  logic                               release_rows,
    input  logic [                       31:0] select_first,
    input  logic [                       31:0] select_count,
    output logic [   irc_config_pkg::ROWS-1:0] word_lines,
    // The activation buffer
    output logic [   irc_config_pkg::ROWS-1:0] read,
    output logic [irc_config_pkg::ROWS*At-1:0] at,
    output logic [ irc_config_pkg::ROWS*6-1:0] bit_at,
    input  logic [   irc_config_pkg::ROWS-1:0] data
);
  localparam [31:0] Rows = irc_config_pkg::ROWS;
  localparam [31:0] Segments = (Rows + Segment - 1) / Segment;
  // A legal tile begins within the weights of all macros.
  localparam [31:0] Begin = $clog2(Rows * irc_config_pkg::MACROS + irc_config_pkg::BIAS_ROWS + 1);

  logic [15:0] channels;
  logic [7:0] kernel_w, first_new;
  logic [23:0] slide_rows;
  assign channels   = command.in_channels[15:0];
  assign kernel_w   = command.kernel_w;
  assign first_new  = command.kernel_w > command.stride_w ? command.kernel_w - command.stride_w : 8'd0;
  assign slide_rows = 24'(command.stride_w) * 24'(channels);

  // ---- where the walk begins
  logic [31:0] pixel_words;
  assign pixel_words = irc_types_pkg::pixel_words(channels);
  logic [Begin-1:0] pixel, window_row, rest;
  logic [15:0] begin_channel;
  logic [7:0] begin_kx;
  logic [17:0] begin_ky;
  logic signed [17:0] begin_x, begin_y, window_x;
  logic [At-1:0] begin_at, words, row_step;
  logic [16:0] weight_rows, all_rows, halo_from, rank_begin, rank_q;
  always_comb begin
    pixel = '0;
    window_row = '0;
    rest = '0;
    begin_channel = 16'd0;
    begin_kx = 8'd0;
    begin_ky = 18'd0;
    if (load_go) begin
      pixel = load_begin[Begin-1:0] / Begin'(channels);
      rest = load_begin[Begin-1:0] - pixel * Begin'(channels);
      begin_channel = 16'(rest);
      window_row = pixel / Begin'(kernel_w);
      begin_ky = 18'(window_row);
      rest = pixel - window_row * Begin'(kernel_w);
      begin_kx = 8'(rest);
    end
    window_x = $signed(18'(load_x) * 18'(command.stride_w) - 18'(command.pad_left));
    begin_x  = window_x + $signed(18'(begin_kx));
    begin_y  = $signed(18'(load_y) * 18'(command.stride_h) + begin_ky - 18'(command.pad_top));
    words    = At'(pixel_words);
    row_step = (At'(command.in_width) - At'(kernel_w)) * words + 1'b1;
    begin_at = At'(command.in_buffer[31:0]) +
               (At'(begin_y) * At'(command.in_width) + At'(begin_x)) * words + At'(begin_channel[15:6]);
  end
  assign weight_rows = load_end > load_begin ? 17'(load_end - load_begin) : 17'd0;
  assign all_rows    = 17'(load_rows);
  assign halo_from   = 24'(weight_rows) > slide_rows ? 17'(24'(weight_rows) - slide_rows) : 17'd0;
  assign rank_begin  = load_first ? 17'd0 : rank_q;

  // ---- rows that this beat reads
  logic [Segments*Segment-1:0] all_load, all_read;
  logic [Segments*Segment*At-1:0] all_at;
  logic [Segments*Segment*6-1:0] all_bit;
  localparam [31:0] PositionBits = 77 + At;  // see irc_word_line_rows
  logic [PositionBits-1:0] first_position;
  assign first_position = {begin_channel, begin_kx, begin_x, begin_y, begin_at, 17'd0};
  for (genvar s = 0; s < Segments; s++) begin : gen_segment
    logic [PositionBits-1:0] position, next_position;
    if (s == 0) begin : gen_begin
      assign position = first_position;
    end else begin : gen_next
      assign position = gen_segment[s-1].next_position;
    end
    irc_word_line_rows #(.Rows(Segment), .At(At), .PositionBits(PositionBits)) rows (
        .go(load_go), .first(load_first), .slide(load_slide), .row_from(17'(Segment * s)), .weight_rows, .halo_from,
        .rank_begin, .rank_end(rank_begin + 17'(irc_config_pkg::INPUT_BUS_BITS)), .first_new, .channels, .kernel_w,
        .height(command.in_height), .width(command.in_width), .x_begin(window_x), .row_step,
        .position, .next_position, .load(all_load[Segment*s+:Segment]), .read(all_read[Segment*s+:Segment]),
        .at(all_at[At*Segment*s+:At*Segment]), .bit_at(all_bit[6*Segment*s+:6*Segment])
    );
  end
  logic [Rows-1:0] load;
  assign load   = all_load[Rows-1:0];
  assign read   = all_read[Rows-1:0];
  assign at     = all_at[Rows*At-1:0];
  assign bit_at = all_bit[Rows*6-1:0];

  logic unused;
  assign unused = &{1'b0, gen_segment[Segments-1].next_position, all_load, all_read, all_at, all_bit};

  // ---- registers
  logic [Rows-1:0] shadow, active, next_shadow, next_active, bias_rows;
  // Bias rows are always driven.
  assign bias_rows = ({Rows{1'b1}} << weight_rows) & ~({Rows{1'b1}} << all_rows);
  always_comb begin
    next_shadow = shadow;
    if (load_go) begin
      if (load_first) begin
        // Window columns that remain are shifted.
        next_shadow = load_slide ? shadow >> slide_rows : '0;
        next_shadow = next_shadow | bias_rows;
      end
      next_shadow = (next_shadow & ~load) | (data & load);
    end
    next_active = take ? next_shadow : active;
  end

  always_ff @(posedge clk) begin
    if (!rst_n) word_lines <= '0;
    else begin
      shadow <= next_shadow;
      active <= next_active;
      if (load_go) rank_q <= rank_begin + 17'(irc_config_pkg::INPUT_BUS_BITS);
      if (select)
        word_lines <= next_active & ~({Rows{1'b1}} << select_count << select_first) & ({Rows{1'b1}} << select_first);
      else if (release_rows || command_begins) word_lines <= '0;
    end
  end
endmodule
