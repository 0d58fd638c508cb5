// SPDX-License-Identifier: Apache-2.0
// Some lanes of irc_push. Each lane passes the position after its own to the next lane.
module irc_push_lanes #(
    parameter [31:0] Lanes = 16,
    parameter [31:0] At = 16,
    parameter [31:0] PositionBits = 66 + 2 * At
) (
    input  logic                go,
    // The layer
    input  logic [        15:0] channels,
    input  logic [        16:0] rows,            // that have arrived and are needed
    input  logic [        16:0] columns,         // that are needed
    input  logic [        16:0] first_column,
    input  logic [         7:0] first_phase,
    input  logic [         7:0] kernel_h,
    input  logic [         7:0] kernel_w,
    input  logic [         7:0] stride_h,
    input  logic [         7:0] stride_w,
    input  logic [      At-1:0] column_skip,     // words that are skipped with unneeded columns
    input  logic [      At-1:0] row_step,        // words of a row
    input  logic [      At-1:0] row_skip,        // words of a row and of the unneeded rows after it
    // The position that passes from lane to lane
    input  logic [PositionBits-1:0] position,
    output logic [PositionBits-1:0] next_position,
    output logic [   Lanes-1:0] read,
    output logic [Lanes*At-1:0] at,
    output logic [ Lanes*6-1:0] bit_at,
    output logic [        15:0] bits             // lanes that read
);
  /* verilator no_inline_module */
  // The position after the lanes so far
  logic [16:0] row_to, x_to;
  logic [15:0] channel_to;
  logic [7:0] y_phase_to, x_phase_to;  // (row or column + padding) mod stride
  logic [At-1:0] at_to, begin_to;      // word; word at which the row begins
  always_comb begin
    {row_to, x_to, channel_to, y_phase_to, x_phase_to, at_to, begin_to} = position;
    read = '0;
    at = '0;
    bit_at = '0;
    bits = 16'd0;
    if (go)
      for (int unsigned i = 0; i < Lanes; i++)
        if (row_to < rows) begin
          read[i] = 1'b1;
          at[At*i+:At] = at_to;
          bit_at[6*i+:6] = channel_to[5:0];
          bits = bits + 16'd1;
          channel_to = channel_to + 16'd1;
          if (channel_to == channels || channel_to[5:0] == 6'd0) at_to = at_to + 1'b1;
          if (channel_to == channels) begin
            channel_to = 16'd0;
            x_to = x_to + 17'd1;
            x_phase_to = x_phase_to + 8'd1;
            if (x_phase_to == stride_w) x_phase_to = 8'd0;
            else if (x_phase_to == kernel_w) begin
              x_phase_to = 8'd0;
              x_to = x_to + 17'(stride_w) - 17'(kernel_w);
              at_to = at_to + column_skip;
            end
            if (x_to >= columns) begin
              x_to = first_column;
              x_phase_to = first_phase;
              row_to = row_to + 17'd1;
              y_phase_to = y_phase_to + 8'd1;
              if (y_phase_to == stride_h) begin
                y_phase_to = 8'd0;
                begin_to = begin_to + row_step;
              end else if (y_phase_to == kernel_h) begin
                y_phase_to = 8'd0;
                row_to = row_to + 17'(stride_h) - 17'(kernel_h);
                begin_to = begin_to + row_skip;
              end else begin_to = begin_to + row_step;
              at_to = begin_to;
            end
          end
        end
    next_position = {row_to, x_to, channel_to, y_phase_to, x_phase_to, at_to, begin_to};
  end
endmodule
