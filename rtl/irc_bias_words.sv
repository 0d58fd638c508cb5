// SPDX-License-Identifier: Apache-2.0
// Assembles 32-bit bias words from bytes. A word is output as soon as it is complete.
module irc_bias_words (
    input  logic                   clk,
    input  logic                   clear,
    input  logic                   chunk_valid,
    input  logic [irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    input  logic [           31:0] chunk_bytes,
    output logic [irc_config_pkg::BUS_BYTES/4-1:0] lanes,        // words of `data` that are complete
    output logic [irc_config_pkg::BUS_BYTES*8-1:0] data,
    output logic [           31:0] index,        // index of the first word
    output logic                   nonzero       // some word since `clear` is not 0, including these
);
  logic [23:0] rest;
  logic [31:0] rest_bytes, index_q;
  logic nonzero_q;

  logic [irc_config_pkg::BUS_BYTES*8+31:0] joined;
  logic [31:0] words;
  always_comb begin
    joined = (irc_config_pkg::BUS_BYTES * 8 + 32)'(chunk) << (8 * rest_bytes);
    for (int unsigned i = 0; i < 3; i++) if (i < rest_bytes) joined[8*i+:8] = rest[8*i+:8];
    words   = chunk_valid ? (rest_bytes + chunk_bytes) >> 2 : 32'd0;
    data    = joined[irc_config_pkg::BUS_BYTES*8-1:0];
    nonzero = nonzero_q;
    lanes   = '0;
    for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES / 4; i++)
      if (i < words) begin
        lanes[i] = 1'b1;
        if (data[32*i+:32] != 0) nonzero = 1'b1;
      end
  end
  assign index = index_q;

  always_ff @(posedge clk) begin
    if (clear) begin
      rest_bytes <= 32'd0;
      index_q <= 32'd0;
      nonzero_q <= 1'b0;
    end else if (chunk_valid) begin
      rest_bytes <= (rest_bytes + chunk_bytes) & 32'd3;
      rest <= 24'(joined >> (32 * words));
      index_q <= index_q + words;
      nonzero_q <= nonzero;
    end
  end
endmodule
