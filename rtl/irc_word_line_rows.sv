// SPDX-License-Identifier: Apache-2.0
// Some rows of irc_word_lines: which of them a beat of LOAD reads, and where. The walk through the window (channel,
// column, row of the window) passes from row to row.
module irc_word_line_rows #(
    parameter [31:0] Rows = 32,
    parameter [31:0] At = 16,
    parameter [31:0] PositionBits = 77 + At
) (
    input  logic                 go,
    input  logic                 first,          // first beat of the vector
    input  logic                 slide,          // old window columns were shifted, only new ones are read
    input  logic [         16:0] row_from,       // of the first of these rows in the macro
    input  logic [         16:0] weight_rows,    // rows of the tile that hold weights
    input  logic [         16:0] halo_from,      // rows whose shifted value came from another tile's register
    input  logic [         16:0] rank_begin,     // new rows that this beat reads
    input  logic [         16:0] rank_end,
    input  logic [          7:0] first_new,      // first window column that is new
    input  logic [         15:0] channels,
    input  logic [          7:0] kernel_w,
    input  logic [         15:0] height,
    input  logic [         15:0] width,
    input  logic signed [  17:0] x_begin,        // map column of the window's first column
    input  logic [       At-1:0] row_step,       // words from a window row's last word to the next row's first word
    // The position that passes from lane to lane
    input  logic [PositionBits-1:0] position,
    output logic [PositionBits-1:0] next_position,
    output logic [     Rows-1:0] load,           // gets a new value
    output logic [     Rows-1:0] read,           // from the map; outside the map is padding
    output logic [  Rows*At-1:0] at,
    output logic [   Rows*6-1:0] bit_at
);
  /* verilator no_inline_module */
  // The position after the rows so far
  logic [15:0] channel_to;
  logic [7:0] kx_to;                // column of the window
  logic signed [17:0] x_to, y_to;   // of the map
  logic [At-1:0] at_to;             // word
  logic [16:0] rank_to;             // number of new rows before
  logic fresh, wanted, pixel_ends, row_ends;
  logic [16:0] row;
  always_comb begin
    {channel_to, kx_to, x_to, y_to, at_to, rank_to} = position;
    load = '0;
    read = '0;
    at = '0;
    bit_at = '0;
    row = row_from;
    fresh = 1'b0;
    wanted = 1'b0;
    pixel_ends = 1'b0;
    row_ends = 1'b0;
    if (go && row_from < weight_rows)
      for (int unsigned i = 0; i < Rows; i++) begin
        fresh = !slide || kx_to >= first_new;
        wanted = row < weight_rows &&
                 (fresh ? rank_to >= rank_begin && rank_to < rank_end : first && row >= halo_from);
        load[i] = wanted;
        read[i] = wanted && !x_to[17] && !y_to[17] && x_to[16:0] < 17'(width) && y_to[16:0] < 17'(height);
        at[At*i+:At] = at_to;
        bit_at[6*i+:6] = channel_to[5:0];
        rank_to = rank_to + 17'(fresh);
        pixel_ends = channel_to + 16'd1 == channels;
        row_ends = pixel_ends && kx_to + 8'd1 == kernel_w;
        if (row_ends) at_to = at_to + row_step;
        else if (pixel_ends || channel_to[5:0] == 6'd63) at_to = at_to + 1'b1;
        channel_to = pixel_ends ? 16'd0 : channel_to + 16'd1;
        if (row_ends) begin
          kx_to = 8'd0;
          x_to = x_begin;
          y_to = y_to + 18'sd1;
        end else if (pixel_ends) begin
          kx_to = kx_to + 8'd1;
          x_to = x_to + 18'sd1;
        end
        row = row + 17'd1;
      end
    next_position = {channel_to, kx_to, x_to, y_to, at_to, rank_to};
  end
endmodule
