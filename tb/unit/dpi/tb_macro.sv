// SPDX-License-Identifier: Apache-2.0
// Programs a tile through the pins of a macro and reads it; every readout must be the one that the model's burst
// path gave (files of make_vectors). -DDUT=<module>, sizes from sizes.vh. Mistakes that must stop the simulation:
// +slip senses once without drive; +unknown=<pin> makes a bit of a pin unknown, or of what the bench compares.
`timescale 1ns / 1ps
`include "sizes.vh"

module tb_macro;
  reg clk = 0, rst_n = 0;
  always #0.5 clk = !clk;

  reg [`ROWS-1:0] wl = 0;
  reg [15:0] row_first = 0, row_count = 0, line = 0, lines = 0, group = 0;
  reg [63:0] read = 0;
  reg drive = 0, settle = 0, sense = 0, bias_on = 0;
  wire [`AMPLIFIERS*`LEVEL_BITS-1:0] level;
  reg program_row_now = 0, program_last = 0, bias_we = 0;
  reg [15:0] program_row = 0, bias_line = 0;
  reg [2*`COLUMN_PAIRS-1:0] program_cells = 0;
  reg [3:0] bias_lanes = 0;
  reg [127:0] bias_data = 0;

  `DUT #(
      .ROWS(`ROWS), .COLUMN_PAIRS(`COLUMN_PAIRS), .AMPLIFIERS(`AMPLIFIERS), .LEVEL_BITS(`LEVEL_BITS),
      .BUS_BYTES(16), .CONFIG("macro.toml"), .MACRO(1), .SEED(`SEED)
  ) dut (
      .clk(clk), .rst_n(rst_n), .macro_wl(wl), .macro_row_first(row_first), .macro_row_count(row_count),
      .macro_drive(drive), .macro_settle(settle), .macro_sense(sense), .macro_line(line), .macro_lines(lines),
      .macro_bias_on(bias_on), .macro_read(read), .macro_group(group), .macro_level(level),
      .macro_program(program_row_now), .macro_program_row(program_row), .macro_program_first(16'd`FIRST),
      .macro_program_columns(16'd`COLUMNS), .macro_program_cells(program_cells),
      .macro_program_last(program_last), .macro_bias_we(bias_we), .macro_bias_line(bias_line),
      .macro_bias_lanes(bias_lanes), .macro_bias_data(bias_data)
  );

  reg [2*`COLUMN_PAIRS-1:0] rows[0:`TILE_ROWS-1];
  reg [31:0] biases[0:`OUTPUTS-1];
  reg [159+`ROWS:0] steps[0:`STEPS-1];
  reg [`AMPLIFIERS*`LEVEL_BITS-1:0] expected[0:`STEPS-1];
  reg [15:0] begins;  // the step begins an operation
  reg [15:0] biased;
  reg [`AMPLIFIERS*`LEVEL_BITS-1:0] seen;
  reg [8*24-1:0] unknown = "nothing";
  integer i, wrong;

  task cycle;
    begin
      @(posedge clk);
      #0.1;
    end
  endtask

  initial begin
    $readmemh("rows.hex", rows);
    $readmemh("biases.hex", biases);
    $readmemh("steps.hex", steps);
    $readmemh("expected.hex", expected);
    if ($value$plusargs("unknown=%s", unknown)) $display("unknown bits in %0s", unknown);
    wrong = 0;
    cycle;
    rst_n = 1;
    for (i = 0; i < `TILE_ROWS; i = i + 1) begin
      program_row_now = 1;
      program_row = i[15:0];
      program_cells = rows[i];
      if (unknown == "cell" && i == 1) program_cells[0] = 1'bx;
      if (unknown == "program_row" && i == 1) program_row[3] = 1'bz;
      if (unknown == "program" && i == 1) program_row_now = 1'bx;
      if (unknown == "rst_n" && i == 1) rst_n = 1'bx;
      program_last = i == `TILE_ROWS - 1;
      cycle;
    end
    program_row_now = 0;
    for (i = 0; i < `OUTPUTS && `SOURCE_BIAS; i = i + 1) begin
      bias_we = 1;
      bias_line = `FIRST_LINE + i[15:0];
      bias_lanes = 1;
      bias_data = {96'd0, biases[i]};
      cycle;
    end
    bias_we = 0;
    for (i = 0; i < `STEPS; i = i + 1) begin
      {biased, begins, lines, line, row_count, row_first, group} = steps[i][`ROWS+159-:112];
      bias_on = biased[0];
      read = {16'd0, steps[i][`ROWS+47-:48]};
      wl = steps[i][`ROWS-1:0];
      if (unknown == "word_line") wl[row_first] = 1'bx;
      if (unknown == "row_count") row_count[0] = 1'bx;
      if (unknown == "read") read[40] = 1'bz;
      if (unknown == "line") line[1] = 1'bx;
      if (unknown == "bias_on") bias_on = 1'bx;
      if (begins[0]) begin
        sense = 0;
        drive = unknown == "drive" ? 1'bx : 1'b1;
        cycle;
        drive = 0;
        settle = 1;
        cycle;
        settle = 0;
      end
      sense = unknown == "sense" ? 1'bx : 1'b1;
      cycle;
      seen = level;
      if (unknown == "level") seen[0] = 1'bx;
      if (unknown == "expected") expected[i][0] = 1'bx;
      // Two unknown values are equal to ===, and different from everything to ==.
      if (^seen === 1'bx || ^expected[i] === 1'bx) begin
        $display("step %0d: unknown bits (x or z) in level %b or in the expected %b", i, seen, expected[i]);
        $fatal(1);
      end
      if (seen !== expected[i]) begin
        wrong = wrong + 1;
        $display("step %0d: level %h, expected %h", i, seen, expected[i]);
      end
      cycle;
    end
    sense = 0;
    cycle;
    if ($test$plusargs("slip")) begin
      sense = 1;
      cycle;
      cycle;
    end
    if (wrong == 0) $display("PASS: %0d steps", `STEPS);
    else $display("FAIL: %0d of %0d steps", wrong, `STEPS);
    $finish;
  end
endmodule
