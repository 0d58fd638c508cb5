// SPDX-License-Identifier: Apache-2.0
// Some lanes of irc_row_work. Each lane passes the position after its own to the next lane.
module irc_row_lanes #(
    parameter [31:0] Lanes = 16,
    parameter [31:0] At = 16,
    parameter [31:0] PositionBits = 74 + 6 * At
) (
    input  logic                go,
    // The layer
    input  logic                pool,
    input  logic                upsample,
    input  logic                concat,
    input  logic [        15:0] out_width,
    input  logic [        15:0] out_channels,
    input  logic [        63:0] in_channels,
    input  logic [         7:0] inputs,
    input  logic [         7:0] kernel,
    input  logic [      At-1:0] in_words,        // of a pixel
    input  logic [      At-1:0] out_words,
    input  logic [    4*At-1:0] pixel_step,      // words between the pixels that follow one another, for each input
    input  logic [      At-1:0] window_step,     // words from a window row's last pixel to the next row's first pixel
    // The position that passes from lane to lane
    input  logic [PositionBits-1:0] position,
    output logic [PositionBits-1:0] next_position,
    // The activation buffer
    output logic [   Lanes-1:0] read,
    output logic [Lanes*At-1:0] read_at,
    output logic [ Lanes*6-1:0] read_bit,
    output logic [   Lanes-1:0] write,           // the output bit is complete
    output logic [Lanes*At-1:0] write_at,
    output logic [ Lanes*6-1:0] write_bit
);
  /* verilator no_inline_module */
  // The position after the lanes so far
  logic [15:0] x_to, channel_to;     // pixel of the output, channel of the input
  logic [15:0] shift_to;             // channels of the inputs before this one
  logic [1:0] input_to;
  logic [7:0] dx_to, dy_to;          // within the window
  logic [7:0] phase_to;              // copies of this pixel that were made
  logic [4*At-1:0] pixel_to;         // pixel of each input
  logic [At-1:0] window_to, out_to;  // words from the pixel to the position within the window; pixel of the output
  logic ends, pixel_ends;
  logic [15:0] channels, out_channel;
  logic [At-1:0] pixel;
  always_comb begin
    {x_to, channel_to, shift_to, input_to, dx_to, dy_to, phase_to, pixel_to, window_to, out_to} = position;
    read = '0;
    read_at = '0;
    read_bit = '0;
    write = '0;
    write_at = '0;
    write_bit = '0;
    ends = 1'b0;
    pixel_ends = 1'b0;
    channels = 16'd0;
    out_channel = 16'd0;
    pixel = '0;
    if (go)
      for (int unsigned i = 0; i < Lanes; i++)
        if (x_to < out_width) begin
          case (input_to)
            2'd0: pixel = pixel_to[At-1:0];
            2'd1: pixel = pixel_to[2*At-1:At];
            2'd2: pixel = pixel_to[3*At-1:2*At];
            default: pixel = pixel_to[4*At-1:3*At];
          endcase
          case (input_to)
            2'd0: channels = in_channels[15:0];
            2'd1: channels = in_channels[31:16];
            2'd2: channels = in_channels[47:32];
            default: channels = in_channels[63:48];
          endcase
          if (!concat) channels = out_channels;
          out_channel = shift_to + channel_to;
          read[i] = 1'b1;
          read_at[At*i+:At] = pixel + window_to + At'(channel_to[15:6]);
          read_bit[6*i+:6] = channel_to[5:0];
          write_at[At*i+:At] = out_to + At'(out_channel[15:6]);
          write_bit[6*i+:6] = out_channel[5:0];

          ends = 1'b1;
          pixel_ends = 1'b0;
          if (pool) begin
            dx_to = dx_to + 8'd1;
            window_to = window_to + in_words;
            if (dx_to == kernel) begin
              dx_to = 8'd0;
              dy_to = dy_to + 8'd1;
              window_to = window_to + window_step;
            end
            ends = dy_to == kernel;
          end
          write[i] = ends;
          if (ends) begin
            dy_to = 8'd0;
            window_to = '0;
            channel_to = channel_to + 16'd1;
            if (channel_to == channels) begin
              channel_to = 16'd0;
              pixel_ends = 1'b1;
              if (concat) begin
                shift_to = shift_to + channels;
                pixel_ends = 8'(input_to) + 8'd1 == inputs;
                input_to = input_to + 2'd1;
                if (pixel_ends) begin
                  input_to = 2'd0;
                  shift_to = 16'd0;
                end
              end
            end
          end
          if (pixel_ends) begin
            x_to = x_to + 16'd1;
            out_to = out_to + out_words;
            phase_to = phase_to + 8'd1;
            if (phase_to == kernel || !upsample) begin
              phase_to = 8'd0;
              for (int unsigned n = 0; n < 4; n++)
                pixel_to[At*n+:At] = pixel_to[At*n+:At] + pixel_step[At*n+:At];
            end
          end
        end
    next_position = {x_to, channel_to, shift_to, input_to, dx_to, dy_to, phase_to, pixel_to, window_to, out_to};
  end
endmodule
