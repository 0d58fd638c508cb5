// SPDX-License-Identifier: Apache-2.0
// The registers on AXI4-Lite (docs/registers.md). One write and one read are handled at a time. A write takes effect at
// the edge at which both address and data are accepted. Accesses outside the register map get SLVERR.
module irc_csr (
    input  logic        clk,
    input  logic        rst_n,
    input  logic [11:0] awaddr,
    input  logic        awvalid,
    output logic        awready,
    input  logic [31:0] wdata,
    input  logic [ 3:0] wstrb,
    input  logic        wvalid,
    output logic        wready,
    output logic [ 1:0] bresp,
    output logic        bvalid,
    input  logic        bready,
    input  logic [11:0] araddr,
    input  logic        arvalid,
    output logic        arready,
    output logic [31:0] rdata,
    output logic [ 1:0] rresp,
    output logic        rvalid,
    input  logic        rready,
    output logic        irq,
    // Program
    output logic        doorbell,         // registered: high in the first cycle of a program
    output logic [63:0] program_address,
    output logic [31:0] picture,
    input  logic        command_done,     // at the coming edge
    input  logic        layer_interrupt,  // with command_done
    input  logic        program_done,     // together with the last command_done, or at a fault
    input  logic [31:0] fault,            // valid with program_done
    output logic [31:0] command_index
);
  localparam logic [1:0] Okay = 2'b00, Slverr = 2'b10;

  logic busy, failed;
  logic [31:0] error, layers_done;
  logic [2:0] irq_status, irq_enable;
  logic [63:0] cycles, elapsed;

  logic write;
  assign write   = awvalid && wvalid && (!bvalid || bready);
  assign awready = write;
  assign wready  = write;
  assign arready = !rvalid || rready;

  logic writable;
  always_comb
    case (32'(awaddr))
      irc_contract_pkg::CSR_CONTROL, irc_contract_pkg::CSR_PROGRAM_LOW, irc_contract_pkg::CSR_PROGRAM_HIGH,
      irc_contract_pkg::CSR_DOORBELL, irc_contract_pkg::CSR_IRQ_STATUS, irc_contract_pkg::CSR_IRQ_ENABLE,
      irc_contract_pkg::CSR_PICTURE:
      writable = wstrb == 4'hf;
      default: writable = 1'b0;
    endcase

  logic known;
  logic [31:0] value;
  always_comb begin
    known = 1'b1;
    case (32'(araddr))
      irc_contract_pkg::CSR_ID: value = irc_contract_pkg::CSR_ID_RESET;
      irc_contract_pkg::CSR_VERSION: value = irc_contract_pkg::CSR_VERSION_RESET;
      irc_contract_pkg::CSR_CONTROL, irc_contract_pkg::CSR_DOORBELL: value = 32'd0;
      irc_contract_pkg::CSR_STATUS: value = (busy ? irc_contract_pkg::STATUS_BUSY : 32'd0) | (failed ? irc_contract_pkg::STATUS_ERROR : 32'd0);
      irc_contract_pkg::CSR_PROGRAM_LOW: value = program_address[31:0];
      irc_contract_pkg::CSR_PROGRAM_HIGH: value = program_address[63:32];
      irc_contract_pkg::CSR_IRQ_STATUS: value = 32'(irq_status);
      irc_contract_pkg::CSR_IRQ_ENABLE: value = 32'(irq_enable);
      irc_contract_pkg::CSR_ERROR: value = error;
      irc_contract_pkg::CSR_COMMAND: value = command_index;
      irc_contract_pkg::CSR_LAYERS_DONE: value = layers_done;
      irc_contract_pkg::CSR_PICTURE: value = picture;
      irc_contract_pkg::CSR_CYCLES_LOW: value = cycles[31:0];
      irc_contract_pkg::CSR_CYCLES_HIGH: value = cycles[63:32];
      default: begin
        known = 1'b0;
        value = 32'd0;
      end
    endcase
  end

  logic rung, reset_asked, cleared;
  assign rung        = write && writable && 32'(awaddr) == irc_contract_pkg::CSR_DOORBELL && wdata[0] && !busy;
  assign reset_asked = write && writable && 32'(awaddr) == irc_contract_pkg::CSR_CONTROL && wdata[0] && !busy;
  assign cleared     = write && writable && 32'(awaddr) == irc_contract_pkg::CSR_IRQ_STATUS;
  assign irq         = (irq_status & irq_enable) != 0;

  logic [2:0] raised;
  always_comb begin
    raised = 3'd0;
    if (command_done && layer_interrupt) raised = raised | 3'(irc_contract_pkg::IRQ_LAYER);
    if (program_done) raised = raised | 3'(irc_contract_pkg::IRQ_PROGRAM);
    if (program_done && fault != irc_contract_pkg::ERROR_NONE) raised = raised | 3'(irc_contract_pkg::IRQ_ERROR);
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      bvalid <= 1'b0;
      rvalid <= 1'b0;
      busy <= 1'b0;
      failed <= 1'b0;
      error <= 32'd0;
      layers_done <= 32'd0;
      command_index <= 32'd0;
      irq_status <= 3'd0;
      irq_enable <= 3'd0;
      program_address <= 64'd0;
      picture <= 32'd0;
      cycles <= 64'd0;
      elapsed <= 64'd0;
      doorbell <= 1'b0;
      bresp <= Okay;
      rresp <= Okay;
      rdata <= 32'd0;
    end else begin
      if (write) begin
        bvalid <= 1'b1;
        bresp  <= writable ? Okay : Slverr;
      end else if (bready) bvalid <= 1'b0;
      if (arvalid && arready) begin
        rvalid <= 1'b1;
        rdata  <= value;
        rresp  <= known ? Okay : Slverr;
      end else if (rready) rvalid <= 1'b0;

      if (write && writable)
        case (32'(awaddr))
          irc_contract_pkg::CSR_PROGRAM_LOW: program_address[31:0] <= wdata;
          irc_contract_pkg::CSR_PROGRAM_HIGH: program_address[63:32] <= wdata;
          irc_contract_pkg::CSR_IRQ_ENABLE: irq_enable <= wdata[2:0];
          irc_contract_pkg::CSR_PICTURE: picture <= wdata;
          default: ;
        endcase
      irq_status <= (reset_asked ? 3'd0 : cleared ? irq_status & ~wdata[2:0] : irq_status) | raised;

      doorbell <= rung;
      elapsed  <= elapsed + 1;
      if (rung || reset_asked) begin
        busy <= rung;
        failed <= 1'b0;
        error <= 32'd0;
        layers_done <= 32'd0;
        command_index <= 32'd0;
        elapsed <= 64'd0;
      end else if (command_done) begin
        layers_done <= layers_done + 1;
        if (!program_done) command_index <= command_index + 1;
      end
      if (program_done) begin
        busy   <= 1'b0;
        failed <= fault != irc_contract_pkg::ERROR_NONE;
        error  <= fault;
        cycles <= elapsed + 1;
      end
    end
  end
endmodule
