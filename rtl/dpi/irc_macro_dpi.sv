// SPDX-License-Identifier: Apache-2.0
// One macro of the model in a SystemVerilog simulation, connected by DPI-C (libirc_dpi.so). docs/dpi.md describes the
// pins and their timing. For simulation only.

package irc_dpi_pkg;
  localparam int IRC_DPI_VERSION = 1;
  localparam int IRC_DPI_OK = 0;

  import "DPI-C" function int irc_dpi_version();
  import "DPI-C" function int irc_dpi_open(input int api_version, input string configuration, input int index,
                                           input longint unsigned seed, output int handle);
  import "DPI-C" function int irc_dpi_chip_seed(input longint unsigned run_seed, input longint unsigned chip,
                                                output longint unsigned seed);
  import "DPI-C" function int irc_dpi_sizes(input int handle, output int rows, output int column_pairs,
                                            output int amplifiers, output int level_bits, output int lines);
  import "DPI-C" function int irc_dpi_close(input int handle);
  import "DPI-C" function string irc_dpi_message(input int handle);
endpackage

module irc_macro_dpi
  import irc_dpi_pkg::*;
#(
    parameter int unsigned ROWS = 2048,
    parameter int unsigned COLUMN_PAIRS = 128,
    parameter int unsigned AMPLIFIERS = 128,
    parameter int unsigned LEVEL_BITS = 1,
    parameter int unsigned BUS_BYTES = 16,
    parameter string CONFIG = "robust.toml",  // a preset or the path of a configuration
    parameter int MACRO = 0,                  // number of the macro on its chip
    parameter longint unsigned SEED = 1       // names the chip
) (
    input logic clk,
    input logic rst_n,
    input logic [ROWS-1:0] macro_wl,
    input logic [15:0] macro_row_first,
    input logic [15:0] macro_row_count,
    input logic macro_drive,
    input logic macro_settle,
    input logic macro_sense,
    input logic [15:0] macro_line,
    input logic [15:0] macro_lines,
    input logic macro_bias_on,
    input logic [63:0] macro_read,
    input logic [15:0] macro_group,
    output logic [AMPLIFIERS*LEVEL_BITS-1:0] macro_level,
    input logic macro_program,
    input logic [15:0] macro_program_row,
    input logic [15:0] macro_program_first,
    input logic [15:0] macro_program_columns,
    input logic [2*COLUMN_PAIRS-1:0] macro_program_cells,
    input logic macro_program_last,
    input logic macro_bias_we,
    input logic [15:0] macro_bias_line,
    input logic [BUS_BYTES/4-1:0] macro_bias_lanes,
    input logic [BUS_BYTES*8-1:0] macro_bias_data
);
  import "DPI-C" function int irc_dpi_program_row(input int handle, input int row, input int first,
                                                  input int columns, input bit [2*COLUMN_PAIRS-1:0] cells,
                                                  input int last);
  import "DPI-C" function int irc_dpi_set_bias(input int handle, input int line, input int count,
                                               input bit [BUS_BYTES*8-1:0] units);
  import "DPI-C" function int irc_dpi_evaluate_packed(input int handle, input bit [ROWS-1:0] word_lines,
                                                      input int row_first, input int row_count, input int line,
                                                      input int lines, input int bias_on,
                                                      input longint unsigned read, input int group,
                                                      output bit [AMPLIFIERS*LEVEL_BITS-1:0] levels);

  int handle = 0;

  // Stops the simulation with the model's message if the RTL or the configuration made a mistake.
  function automatic void check(input int code);
    if (code != IRC_DPI_OK) $fatal(1, "irc_macro_dpi %m: %s", irc_dpi_message(handle));
  endfunction

  // Stops the simulation at an unknown value (x or z) that matters: a comparison with one is never true, and DPI-C
  // would hand it over as 0. Simulators with two states never see one.
  function automatic void known(input logic unknown, input string pin);
    if (unknown) $fatal(1, "irc_macro_dpi %m: unknown bits (x or z) in %s", pin);
  endfunction

  initial begin
    int rows, pairs, amplifiers, level_bits, lines;
    check(irc_dpi_open(IRC_DPI_VERSION, CONFIG, MACRO, SEED, handle));
    check(irc_dpi_sizes(handle, rows, pairs, amplifiers, level_bits, lines));
    if (rows != int'(ROWS) || pairs != int'(COLUMN_PAIRS) || amplifiers != int'(AMPLIFIERS) ||
        level_bits != int'(LEVEL_BITS))
      $fatal(1, "irc_macro_dpi %m: %s has ROWS %0d, COLUMN_PAIRS %0d, AMPLIFIERS %0d, LEVEL_BITS %0d, expected the parameters' %0d, %0d, %0d, %0d",
             CONFIG, rows, pairs, amplifiers, level_bits, ROWS, COLUMN_PAIRS, AMPLIFIERS, LEVEL_BITS);
  end

  final if (handle != 0) void'(irc_dpi_close(handle));

  // The operation that is driven, as sampled in its first DRIVE cycle.
  bit [ROWS-1:0] word_lines;
  bit [15:0] row_first, row_count, group;
  longint unsigned read;
  logic driving = 1'b0, driven = 1'b0, sensing = 1'b0;

  always @(posedge clk) begin
    driving <= rst_n && macro_drive;
    sensing <= rst_n && macro_sense;
    if (!rst_n) driven <= 1'b0;
    else if (macro_drive && !driving) begin
      driven <= 1'b1;
      word_lines <= macro_wl;
      row_first <= macro_row_first;
      row_count <= macro_row_count;
      read <= macro_read;
      group <= macro_group;
    end else if (sensing && !macro_sense) driven <= 1'b0;
  end

  logic reset_known = 1'b0;  // reset may be unknown until it has been driven once
  always @(posedge clk) begin
    if (!$isunknown(rst_n)) reset_known <= 1'b1;
    if (reset_known) known($isunknown(rst_n), "rst_n");
    if (rst_n) begin
      known($isunknown(macro_drive), "macro_drive");
      known($isunknown(macro_settle), "macro_settle");
      known($isunknown(macro_sense), "macro_sense");
      known($isunknown(macro_program), "macro_program");
      known($isunknown(macro_bias_we), "macro_bias_we");
      if (macro_drive && !driving) begin
        known($isunknown(macro_row_first), "macro_row_first");
        known($isunknown(macro_row_count), "macro_row_count");
        known($isunknown(macro_read), "macro_read");
        known($isunknown(macro_group), "macro_group");
        // Lines outside the enabled rows count too, because the model refuses any that is high.
        known($isunknown(macro_wl), "macro_wl");
      end
      if (macro_sense) begin
        known($isunknown(macro_line), "macro_line");
        known($isunknown(macro_lines), "macro_lines");
        known($isunknown(macro_bias_on), "macro_bias_on");
      end
      if (macro_bias_we) begin
        known($isunknown(macro_bias_line), "macro_bias_line");
        known($isunknown(macro_bias_lanes), "macro_bias_lanes");
        for (int i = 0; i < BUS_BYTES / 4; i++)
          if (macro_bias_lanes[i]) known($isunknown(macro_bias_data[32*i+:32]), "macro_bias_data");
      end
      if (macro_program) begin
        known($isunknown(macro_program_row), "macro_program_row");
        known($isunknown(macro_program_first), "macro_program_first");
        known($isunknown(macro_program_columns), "macro_program_columns");
        known($isunknown(macro_program_last), "macro_program_last");
        // Cells beyond the columns of the tile may have any value.
        for (int i = 0; i < 2 * COLUMN_PAIRS; i++)
          if (i < int'(macro_program_columns)) known($isunknown(macro_program_cells[i]), "macro_program_cells");
      end
    end
  end

  int bias_count;
  always_comb begin
    bias_count = 0;
    for (int i = 0; i < BUS_BYTES / 4; i++) if (macro_bias_lanes[i]) bias_count = i + 1;
  end

  int outcome;
  bit [AMPLIFIERS*LEVEL_BITS-1:0] levels;
  always_comb begin
    outcome = IRC_DPI_OK;
    levels = '0;
    if (macro_sense && driven)
      outcome = irc_dpi_evaluate_packed(handle, word_lines, int'(row_first), int'(row_count), int'(macro_line),
                                        int'(macro_lines), int'(macro_bias_on), read, int'(group), levels);
    macro_level = levels;
  end

  always @(posedge clk)
    if (rst_n) begin
      // Within a cycle the pins may take any values. At its end they must be consistent.
      if (macro_sense && !driven) $fatal(1, "irc_macro_dpi %m: sense is high, but no word lines were driven");
      if (macro_sense) check(outcome);
      if (macro_bias_we)
        check(irc_dpi_set_bias(handle, int'(macro_bias_line), bias_count, macro_bias_data));
      if (macro_program)
        check(irc_dpi_program_row(handle, int'(macro_program_row), int'(macro_program_first),
                                  int'(macro_program_columns), macro_program_cells, int'(macro_program_last)));
    end

  wire unused = macro_settle;
endmodule
