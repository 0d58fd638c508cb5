// SPDX-License-Identifier: Apache-2.0
// The outputs of one macro that leave its output register in a cycle: output_bus_bits per cycle. An output is complete
// with its last bit.
module irc_store_lanes #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] Lines = 1,
    parameter [31:0] Lanes = 1,     // outputs per cycle, if an output is one bit
    parameter [31:0] SumLanes = 1   // if it is a partial sum
) (
    input  logic                    clk,
    input  logic                    go,
    input  logic [            31:0] beat,
    input  logic                    piece,        // the outputs are partial sums
    input  logic [            31:0] vector,
    input  logic [            15:0] output_begin, // first channel
    input  logic [            15:0] outputs,
    input  logic [    Lines*64-1:0] value,
    input  logic [            31:0] out_buffer,
    input  logic [            15:0] out_channels,
    output logic [       Lanes-1:0] valid,
    output logic [    Lanes*At-1:0] at,
    output logic [     Lanes*6-1:0] bit_at,
    output logic [       Lanes-1:0] fires,
    output logic [    SumLanes-1:0] sum_valid,
    output logic [ SumLanes*64-1:0] sum
);
  logic [15:0] done_q, first, number;
  logic [31:0] rest_q, rest;  // bits of the output that is not complete yet
  logic [Lines-1:0] positive, shifted;
  logic [At-1:0] pixel;
  logic [31:0] words;  // of a pixel
  assign words = irc_types_pkg::pixel_words(out_channels);
  logic [15:0] channel;
  assign first = beat == 0 ? 16'd0 : done_q;
  always_comb for (int unsigned o = 0; o < Lines; o++) positive[o] = $signed(value[64*o+:64]) > 64'sd0;

  always_comb begin
    valid = '0;
    at = '0;
    bit_at = '0;
    fires = '0;
    sum_valid = '0;
    sum = '0;
    number = 16'd0;
    rest = beat == 0 ? 32'd0 : rest_q;
    pixel = '0;
    shifted = '0;
    channel = 16'd0;
    if (go) begin
      pixel = At'(out_buffer) + At'(vector) * At'(words);
      shifted = positive >> first;
      if (piece) begin
        sum = (SumLanes * 64)'(value >> {first, 6'd0});
        rest = rest + irc_config_pkg::OUTPUT_BUS_BITS;
        for (int unsigned k = 0; k < SumLanes; k++)
          if (rest >= irc_config_pkg::PARTIAL_SUM_BITS) begin
            rest = rest - irc_config_pkg::PARTIAL_SUM_BITS;
            number = number + 16'd1;
            if (first + 16'(k) < outputs) sum_valid[k] = 1'b1;
          end
      end else begin
        number = 16'(Lanes);
        for (int unsigned k = 0; k < Lanes; k++) valid[k] = first + 16'(k) < outputs;
      end
      fires = Lanes'(shifted);
      for (int unsigned k = 0; k < Lanes; k++) begin
        channel = output_begin + first + 16'(k);
        at[At*k+:At] = pixel + At'(channel[15:6]);
        bit_at[6*k+:6] = channel[5:0];
      end
    end
  end

  always_ff @(posedge clk)
    if (go) begin
      done_q <= first + number;
      rest_q <= rest;
    end
endmodule
