// SPDX-License-Identifier: Apache-2.0
// The activation buffer. By contract every bus carries useful bits only, whatever the layout of a pixel. So this memory
// has as many ports as the buses have bits. A layout that has to meet timing would use banks.
//
// This is a model of a memory. Synthesis takes it as a black box (scripts/synthesis.sh).
module irc_buffer #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] LoadPorts = irc_config_pkg::ROWS,     // of each macro
    parameter [31:0] StorePorts = 1,                       // of all macros
    parameter [31:0] RowPorts = irc_config_pkg::BUFFER_BITS_PER_CYCLE,
    parameter [31:0] UnitPorts = irc_config_pkg::MACS_PER_CYCLE
) (
    input  logic                                            clk,
    // Reads of bits: word-line registers, rows between buffers, digital unit
    input  logic [             irc_config_pkg::MACROS-1:0]  load_go,        // some port of this macro reads
    input  logic [   irc_config_pkg::MACROS*LoadPorts-1:0]  load_read,
    input  logic [irc_config_pkg::MACROS*LoadPorts*At-1:0]  load_at,        // word
    input  logic [ irc_config_pkg::MACROS*LoadPorts*6-1:0]  load_bit,
    output logic [   irc_config_pkg::MACROS*LoadPorts-1:0]  load_data,
    input  logic                                            row_go,
    input  logic [                           RowPorts-1:0]  row_read,
    input  logic [                        RowPorts*At-1:0]  row_read_at,
    input  logic [                         RowPorts*6-1:0]  row_read_bit,
    output logic [                           RowPorts-1:0]  row_read_data,
    input  logic                                            push_go,
    input  logic [                          UnitPorts-1:0]  push_read,
    input  logic [                       UnitPorts*At-1:0]  push_at,
    input  logic [                        UnitPorts*6-1:0]  push_bit,
    output logic [                          UnitPorts-1:0]  push_data,
    // Reads of bytes: output rows
    input  logic [          irc_config_pkg::BUS_BYTES-1:0]  output_read,
    input  logic [       irc_config_pkg::BUS_BYTES*At-1:0]  output_at,
    input  logic [        irc_config_pkg::BUS_BYTES*3-1:0]  output_byte,
    output logic [        irc_config_pkg::BUS_BYTES*8-1:0]  output_data,
    // Writes. Of several writes of a bit in one cycle, the last one in this order counts.
    input  logic [                         StorePorts-1:0]  store_write,
    input  logic [                      StorePorts*At-1:0]  store_at,
    input  logic [                       StorePorts*6-1:0]  store_bit,
    input  logic [                         StorePorts-1:0]  store_data,
    input  logic [                           RowPorts-1:0]  row_write,
    input  logic [                        RowPorts*At-1:0]  row_write_at,
    input  logic [                         RowPorts*6-1:0]  row_write_bit,
    input  logic [                           RowPorts-1:0]  row_write_data,
    input  logic [          irc_config_pkg::BUS_BYTES-1:0]  input_write,    // byte 0 clears the rest of its word
    input  logic [       irc_config_pkg::BUS_BYTES*At-1:0]  input_at,
    input  logic [        irc_config_pkg::BUS_BYTES*3-1:0]  input_byte,
    input  logic [        irc_config_pkg::BUS_BYTES*8-1:0]  input_data,
    input  logic                                            drain_go,
    input  logic [                          UnitPorts-1:0]  drain_write,
    input  logic [                       UnitPorts*At-1:0]  drain_at,
    input  logic [                        UnitPorts*6-1:0]  drain_bit,
    input  logic [                          UnitPorts-1:0]  drain_data
);
  logic [63:0] words[irc_config_pkg::BUFFER_WORDS];

  for (genvar m = 0; m < irc_config_pkg::MACROS; m++) begin : gen_macro
    always_comb begin
      load_data[LoadPorts*m+:LoadPorts] = '0;
      if (load_go[m])
        for (int unsigned i = LoadPorts * m; i < LoadPorts * (m + 1); i++)
          if (load_read[i]) load_data[i] = words[load_at[At*i+:At]][load_bit[6*i+:6]];
    end
  end
  always_comb begin
    row_read_data = '0;
    if (row_go)
      for (int unsigned i = 0; i < RowPorts; i++)
        if (row_read[i]) row_read_data[i] = words[row_read_at[At*i+:At]][row_read_bit[6*i+:6]];
  end
  always_comb begin
    push_data = '0;
    if (push_go)
      for (int unsigned i = 0; i < UnitPorts; i++)
        if (push_read[i]) push_data[i] = words[push_at[At*i+:At]][push_bit[6*i+:6]];
  end
  always_comb begin
    output_data = '0;
    for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES; i++)
      if (output_read[i]) output_data[8*i+:8] = words[output_at[At*i+:At]][8*output_byte[3*i+:3]+:8];
  end

  /* verilator lint_off BLKSEQ */  // only this block writes the memory
  always_ff @(posedge clk) begin
    if (store_write != 0)
      for (int unsigned i = 0; i < StorePorts; i++)
        if (store_write[i]) words[store_at[At*i+:At]][store_bit[6*i+:6]] = store_data[i];
    if (row_go)
      for (int unsigned i = 0; i < RowPorts; i++)
        if (row_write[i]) words[row_write_at[At*i+:At]][row_write_bit[6*i+:6]] = row_write_data[i];
    for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES; i++)
      if (input_write[i]) begin
        if (input_byte[3*i+:3] == 0) words[input_at[At*i+:At]] = 64'd0;
        words[input_at[At*i+:At]][8*input_byte[3*i+:3]+:8] = input_data[8*i+:8];
      end
    if (drain_go)
      for (int unsigned i = 0; i < UnitPorts; i++)
        if (drain_write[i]) words[drain_at[At*i+:At]][drain_bit[6*i+:6]] = drain_data[i];
  end
  /* verilator lint_on BLKSEQ */
endmodule
