// SPDX-License-Identifier: Apache-2.0
// Read side of the DMA. One transaction of any length at any address becomes AXI4 INCR bursts that neither cross a 4
// KiB boundary nor exceed 256 beats. The addresses go out back to back, so the data of a long transaction has no gaps.
// Bytes are output in order, the first one in lane 0 of a chunk.
module irc_dma_read (
    input  logic                   clk,
    input  logic                   rst_n,
    // One transaction. `start` is allowed only while not busy. ARVALID rises in the same cycle.
    input  logic                   start,
    input  logic [           63:0] address,
    input  logic [           31:0] bytes,
    output logic                   busy,
    output logic                   chunk_valid,
    output logic [irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    output logic [           31:0] chunk_bytes,
    output logic                   done,         // together with the last chunk
    output logic                   failed,       // valid with `done`: some beat had an error response
    // AXI4
    output logic [           63:0] araddr,
    output logic [            7:0] arlen,
    output logic                   arvalid,
    input  logic                   arready,
    input  logic [irc_config_pkg::BUS_BYTES*8-1:0] rdata,
    input  logic [            1:0] rresp,
    input  logic                   rvalid,
    output logic                   rready
);
  localparam [31:0] LaneBits = $clog2(irc_config_pkg::BUS_BYTES);

  logic [63:0] next_address;
  logic [31:0] beats_to_ask, bytes_left;
  logic [LaneBits-1:0] lane;
  logic error;

  logic [31:0] ask, burst;
  assign ask     = start ? (32'(address[LaneBits-1:0]) + bytes + irc_config_pkg::BUS_BYTES - 1) >> LaneBits : beats_to_ask;
  assign araddr  = start ? address : next_address;
  assign arvalid = start || beats_to_ask != 0;
  assign burst   = irc_types_pkg::burst_beats(araddr[11:0], ask);
  assign arlen   = 8'(burst - 1);

  logic [31:0] in_beat;
  assign in_beat     = irc_config_pkg::BUS_BYTES - 32'(lane);
  assign chunk_bytes = bytes_left < in_beat ? bytes_left : in_beat;
  assign chunk       = rdata >> {lane, 3'b000};
  assign chunk_valid = busy && rvalid;
  assign done        = chunk_valid && bytes_left <= in_beat;
  assign failed      = done && (error || rresp[1]);
  assign rready      = busy;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      busy <= 1'b0;
      beats_to_ask <= 32'd0;
      bytes_left <= 32'd0;
      next_address <= 64'd0;
      lane <= '0;
      error <= 1'b0;
    end else begin
      if (arvalid) begin
        beats_to_ask <= arready ? ask - burst : ask;
        next_address <= araddr;
        if (arready) next_address <= {araddr[63:LaneBits] + (64 - LaneBits)'(burst), {LaneBits{1'b0}}};
      end
      if (start) begin
        busy <= 1'b1;
        bytes_left <= bytes;
        lane <= address[LaneBits-1:0];
        error <= 1'b0;
      end else if (chunk_valid) begin
        busy <= !done;
        bytes_left <= bytes_left - chunk_bytes;
        lane <= '0;
        error <= error || rresp[1];
      end
    end
  end
endmodule
