// SPDX-License-Identifier: Apache-2.0
// One macro of the model in a Verilog simulation, connected by VPI (irc_vpi.vpi: vvp -M <folder> -m irc_vpi). It has
// the same pins as irc_macro_dpi.sv; see docs/dpi.md. For simulation only.

module irc_macro_vpi #(
    parameter ROWS = 2048,
    parameter COLUMN_PAIRS = 128,
    parameter AMPLIFIERS = 128,
    parameter LEVEL_BITS = 1,
    parameter BUS_BYTES = 16,
    parameter CONFIG = "robust.toml",  // a preset or the path of a configuration
    parameter MACRO = 0,               // number of the macro on its chip
    parameter [63:0] SEED = 1          // names the chip
) (
    input wire clk,
    input wire rst_n,
    input wire [ROWS-1:0] macro_wl,
    input wire [15:0] macro_row_first,
    input wire [15:0] macro_row_count,
    input wire macro_drive,
    input wire macro_settle,
    input wire macro_sense,
    input wire [15:0] macro_line,
    input wire [15:0] macro_lines,
    input wire macro_bias_on,
    input wire [63:0] macro_read,
    input wire [15:0] macro_group,
    output reg [AMPLIFIERS*LEVEL_BITS-1:0] macro_level,
    input wire macro_program,
    input wire [15:0] macro_program_row,
    input wire [15:0] macro_program_first,
    input wire [15:0] macro_program_columns,
    input wire [2*COLUMN_PAIRS-1:0] macro_program_cells,
    input wire macro_program_last,
    input wire macro_bias_we,
    input wire [15:0] macro_bias_line,
    input wire [BUS_BYTES/4-1:0] macro_bias_lanes,
    input wire [BUS_BYTES*8-1:0] macro_bias_data
);
  localparam IRC_DPI_VERSION = 1;

  integer handle = 0;

  // Stops the simulation with the model's message if the RTL or the configuration made a mistake.
  task check(input integer code);
    integer ignored;
    if (code < 0) begin
      ignored = $irc_report(handle > 0 ? handle : 0);
      $display("irc_macro_vpi %m: refused with code %0d", code);
      $finish_and_return(1);
    end
  endtask

  // Stops the simulation at an unknown value (x or z) that matters: a comparison with one is never true, and the model
  // would take it as 0.
  task known(input is_known, input [8*24-1:0] pin);
    if (is_known !== 1'b1) begin
      $display("irc_macro_vpi %m: unknown bits (x or z) in %0s", pin);
      $finish_and_return(1);
    end
  endtask

  initial begin
    handle = $irc_open(IRC_DPI_VERSION, CONFIG, MACRO, SEED);
    check(handle);
  end

  // The operation that is driven, as sampled in its first DRIVE cycle.
  reg [ROWS-1:0] word_lines = 0;
  reg [15:0] row_first = 0, row_count = 0, group = 0;
  reg [63:0] read = 0;
  reg driving = 0, driven = 0, sensing = 0;

  always @(posedge clk) begin
    driving <= rst_n && macro_drive;
    sensing <= rst_n && macro_sense;
    if (!rst_n) driven <= 0;
    else if (macro_drive && !driving) begin
      driven <= 1;
      word_lines <= macro_wl;
      row_first <= macro_row_first;
      row_count <= macro_row_count;
      read <= macro_read;
      group <= macro_group;
    end else if (sensing && !macro_sense) driven <= 0;
  end

  integer lane;
  reg reset_known = 0;  // reset may be unknown until it has been driven once
  always @(posedge clk) begin
    if (^rst_n !== 1'bx) reset_known <= 1;
    if (reset_known) known(^rst_n !== 1'bx, "rst_n");
    if (rst_n) begin
      known(^macro_drive !== 1'bx, "macro_drive");
      known(^macro_settle !== 1'bx, "macro_settle");
      known(^macro_sense !== 1'bx, "macro_sense");
      known(^macro_program !== 1'bx, "macro_program");
      known(^macro_bias_we !== 1'bx, "macro_bias_we");
      if (macro_drive && !driving) begin
        known(^macro_row_first !== 1'bx, "macro_row_first");
        known(^macro_row_count !== 1'bx, "macro_row_count");
        known(^macro_read !== 1'bx, "macro_read");
        known(^macro_group !== 1'bx, "macro_group");
        // Lines outside the enabled rows count too, because the model refuses any that is high.
        known(^macro_wl !== 1'bx, "macro_wl");
      end
      if (macro_sense) begin
        known(^macro_line !== 1'bx, "macro_line");
        known(^macro_lines !== 1'bx, "macro_lines");
        known(^macro_bias_on !== 1'bx, "macro_bias_on");
      end
      if (macro_bias_we) begin
        known(^macro_bias_line !== 1'bx, "macro_bias_line");
        known(^macro_bias_lanes !== 1'bx, "macro_bias_lanes");
        for (lane = 0; lane < BUS_BYTES / 4; lane = lane + 1)
          if (macro_bias_lanes[lane]) known(^macro_bias_data[32*lane+:32] !== 1'bx, "macro_bias_data");
      end
      if (macro_program) begin
        known(^macro_program_row !== 1'bx, "macro_program_row");
        known(^macro_program_first !== 1'bx, "macro_program_first");
        known(^macro_program_columns !== 1'bx, "macro_program_columns");
        known(^macro_program_last !== 1'bx, "macro_program_last");
        // Cells beyond the columns of the tile may have any value.
        known(^(macro_program_cells & ~({2 * COLUMN_PAIRS{1'b1}} << macro_program_columns)) !== 1'bx,
              "macro_program_cells");
      end
    end
  end

  integer bias_count, i;
  always @* begin
    bias_count = 0;
    for (i = 0; i < BUS_BYTES / 4; i = i + 1) if (macro_bias_lanes[i]) bias_count = i + 1;
  end

  integer outcome = 0;
  reg [AMPLIFIERS*LEVEL_BITS-1:0] levels;
  always @(macro_sense, macro_line, macro_lines, macro_bias_on, driven, word_lines, row_first, row_count, read,
           group) begin
    outcome = 0;
    levels = 0;
    if (macro_sense === 1'b1 && driven)
      outcome = $irc_evaluate(handle, word_lines, row_first, row_count, macro_line, macro_lines, macro_bias_on,
                              read, group, levels);
    macro_level = levels;
  end

  always @(posedge clk)
    if (rst_n) begin
      // Within a cycle the pins may take any values. At its end they must be consistent.
      if (macro_sense && !driven) begin
        $display("irc_macro_vpi %m: sense is high, but no word lines were driven");
        $finish_and_return(1);
      end
      if (macro_sense) check(outcome);
      if (macro_bias_we) check($irc_set_bias(handle, macro_bias_line, bias_count, macro_bias_data));
      if (macro_program)
        check($irc_program_row(handle, macro_program_row, macro_program_first, macro_program_columns,
                               macro_program_cells, macro_program_last));
    end
endmodule
