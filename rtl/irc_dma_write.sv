// SPDX-License-Identifier: Apache-2.0
// Write side of the DMA. One transaction becomes AXI4 INCR bursts (rules as for the read side). The data of a burst
// leaves after its address is accepted. `beat_take` requests the next `beat_bytes` bytes, the first one in lane 0.
module irc_dma_write (
    input  logic                   clk,
    input  logic                   rst_n,
    input  logic                   start,       // allowed only while not busy; AWVALID rises in the same cycle
    input  logic [           63:0] address,
    input  logic [           31:0] bytes,
    output logic                   busy,
    output logic                   beat_take,   // the bytes on `beat` leave at the coming edge
    output logic [           31:0] beat_bytes,
    input  logic [irc_config_pkg::BUS_BYTES*8-1:0] beat,
    output logic                   done,        // together with the last response
    output logic                   failed,      // valid with `done`
    // AXI4
    output logic [           63:0] awaddr,
    output logic [            7:0] awlen,
    output logic                   awvalid,
    input  logic                   awready,
    output logic [irc_config_pkg::BUS_BYTES*8-1:0] wdata,
    output logic [  irc_config_pkg::BUS_BYTES-1:0] wstrb,
    output logic                   wlast,
    output logic                   wvalid,
    input  logic                   wready,
    input  logic [            1:0] bresp,
    input  logic                   bvalid,
    output logic                   bready
);
  localparam [31:0] LaneBits = $clog2(irc_config_pkg::BUS_BYTES);

  logic [63:0] ask_address;
  logic [31:0] beats_to_ask, beats_to_send, bytes_left, burst_left;
  logic [31:0] accepted, sent, answered;  // counts of bursts
  logic [11:0] send_from;                 // position within its 4 KiB at which the next burst of data begins
  logic [LaneBits-1:0] lane;
  logic error;

  logic [31:0] ask, burst, send_burst;
  assign ask     = start ? (32'(address[LaneBits-1:0]) + bytes + irc_config_pkg::BUS_BYTES - 1) >> LaneBits : beats_to_ask;
  assign awaddr  = start ? address : ask_address;
  assign awvalid = start || beats_to_ask != 0;
  assign burst   = irc_types_pkg::burst_beats(awaddr[11:0], ask);
  assign awlen   = 8'(burst - 1);

  assign send_burst = burst_left == 0 ? irc_types_pkg::burst_beats(send_from, beats_to_send) : burst_left;
  assign wvalid     = beats_to_send != 0 && (burst_left != 0 || accepted != sent);
  assign wlast      = send_burst == 1;
  assign beat_take  = wvalid && wready;
  assign wdata      = beat << {lane, 3'b000};
  always_comb begin
    beat_bytes = irc_config_pkg::BUS_BYTES - 32'(lane);
    if (beat_bytes > bytes_left) beat_bytes = bytes_left;
    wstrb = '0;
    for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES; i++)
      wstrb[i] = i >= 32'(lane) && i < 32'(lane) + beat_bytes;
  end

  assign bready = busy;
  assign done   = busy && bvalid && beats_to_ask == 0 && beats_to_send == 0 && answered + 1 == accepted;
  assign failed = done && (error || bresp[1]);

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      busy <= 1'b0;
      ask_address <= 64'd0;
      beats_to_ask <= 32'd0;
      beats_to_send <= 32'd0;
      bytes_left <= 32'd0;
      burst_left <= 32'd0;
      accepted <= 32'd0;
      sent <= 32'd0;
      answered <= 32'd0;
      send_from <= 12'd0;
      lane <= '0;
      error <= 1'b0;
    end else begin
      if (awvalid) begin
        beats_to_ask <= awready ? ask - burst : ask;
        ask_address <= awaddr;
        if (awready) ask_address <= {awaddr[63:LaneBits] + (64 - LaneBits)'(burst), {LaneBits{1'b0}}};
      end
      if (awvalid && awready) accepted <= (start ? 32'd0 : accepted) + 1;
      else if (start) accepted <= 32'd0;
      if (start) begin
        busy <= 1'b1;
        beats_to_send <= ask;
        bytes_left <= bytes;
        burst_left <= 32'd0;
        sent <= 32'd0;
        answered <= 32'd0;
        send_from <= address[11:0];
        lane <= address[LaneBits-1:0];
        error <= 1'b0;
      end else begin
        if (beat_take) begin
          beats_to_send <= beats_to_send - 1;
          bytes_left <= bytes_left - beat_bytes;
          burst_left <= send_burst - 1;
          lane <= '0;
          if (burst_left == 0) begin
            sent <= sent + 1;
            send_from <= {send_from[11:LaneBits] + (12 - LaneBits)'(send_burst), {LaneBits{1'b0}}};
          end
        end
        if (busy && bvalid) begin
          answered <= answered + 1;
          error <= error || bresp[1];
          busy <= !done;
        end
      end
    end
  end
endmodule
