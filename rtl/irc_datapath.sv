// SPDX-License-Identifier: Apache-2.0
// The activation buffer and everything that reads or writes it: word-line registers that slide along the input map,
// outputs and partial sums, pooling, upsampling, concatenation, streamed rows, and the ports of the digital unit.
module irc_datapath #(
    parameter [31:0] Lines = irc_config_pkg::REFERENCE_SCHEME != 0 ? 2 * irc_config_pkg::COLUMN_PAIRS : irc_config_pkg::COLUMN_PAIRS
) (
    input  logic                                      clk,
    input  logic                                      rst_n,
    input  irc_command_t                                  command,
    input  logic                                      command_begins,  // all state of the last command is invalid
    // Word-line registers
    input  logic [                        irc_config_pkg::MACROS-1:0] load_go,
    input  logic [                        irc_config_pkg::MACROS-1:0] load_first,
    input  logic [                        irc_config_pkg::MACROS-1:0] load_slide,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] load_begin,      // first row of the tile
    input  logic [                     irc_config_pkg::MACROS*32-1:0] load_end,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] load_rows,
    input  logic [                     irc_config_pkg::MACROS*16-1:0] load_y,
    input  logic [                     irc_config_pkg::MACROS*16-1:0] load_x,
    input  logic [                        irc_config_pkg::MACROS-1:0] take,
    input  logic [                        irc_config_pkg::MACROS-1:0] select,
    input  logic [                        irc_config_pkg::MACROS-1:0] release_rows,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] select_first,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] select_count,
    output logic [                   irc_config_pkg::MACROS*irc_config_pkg::ROWS-1:0] word_lines,
    // Output registers
    input  logic [                        irc_config_pkg::MACROS-1:0] store_go,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] store_beat,
    input  logic [                        irc_config_pkg::MACROS-1:0] store_piece,
    input  logic [                     irc_config_pkg::MACROS*32-1:0] store_vector,
    input  logic [                     irc_config_pkg::MACROS*16-1:0] store_begin,
    input  logic [                     irc_config_pkg::MACROS*16-1:0] store_outputs,
    input  logic [               irc_config_pkg::MACROS*Lines*64-1:0] store_value,
    // Rows between buffers
    input  logic                                      row_go,          // a cycle of pooling, ... of row `row`
    input  logic                                      row_first_cycle,
    input  logic [                              15:0] row,
    // Streamed input: chunks of row `input_row`
    input  logic                                      input_chunk,
    input  logic                                      input_first,     // first chunk of its row
    input  logic [                              15:0] input_row,
    input  logic [                   irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    input  logic [                              31:0] chunk_bytes,
    // Streamed output: bytes of row `output_row`
    input  logic                                      output_first,    // a row is about to begin
    input  logic                                      output_valid,    // output_beat is requested
    input  logic                                      output_take,     // output_beat leaves at the coming edge
    input  logic [                              15:0] output_row,
    input  logic [                              31:0] output_bytes,
    output logic [                   irc_config_pkg::BUS_BYTES*8-1:0] output_beat,
    output logic [                              31:0] output_at,       // first byte of output_beat in its row
    // Digital unit
    input  logic                                      push_go,         // a digital layer on a binary map runs
    input  logic [                              31:0] input_rows,
    output logic [                              15:0] push_bits,
    output logic [                irc_config_pkg::MACS_PER_CYCLE-1:0] push_data,
    input  logic                                      drain_start,     // row `row` is ready in the unit
    output logic                                      drain_busy,
    output logic [                              15:0] drain_row,
    output logic [                              31:0] drain_bit,
    input  logic [                irc_config_pkg::MACS_PER_CYCLE-1:0] drain_data
);
  localparam [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1;
  localparam [31:0] Macros = irc_config_pkg::MACROS;
  localparam [31:0] Rows = irc_config_pkg::ROWS;
  localparam [31:0] Bytes = irc_config_pkg::BUS_BYTES;
  localparam [31:0] RowPorts = irc_config_pkg::BUFFER_BITS_PER_CYCLE;
  localparam [31:0] UnitPorts = irc_config_pkg::MACS_PER_CYCLE;
  // Outputs that leave a macro in one cycle, and partial sums.
  localparam [31:0] Lanes = irc_config_pkg::OUTPUT_BUS_BITS < Lines ? irc_config_pkg::OUTPUT_BUS_BITS : Lines;
  localparam [31:0] SumsOfBus =
      (irc_config_pkg::OUTPUT_BUS_BITS + irc_config_pkg::PARTIAL_SUM_BITS - 1) / irc_config_pkg::PARTIAL_SUM_BITS;
  localparam [31:0] SumLanes = SumsOfBus < Lines ? SumsOfBus : Lines;

  logic [Macros*Rows-1:0] load_read, load_data;
  logic [Macros*Rows*At-1:0] load_at;
  logic [Macros*Rows*6-1:0] load_bit;
  logic [RowPorts-1:0] row_read, row_read_data, row_write, row_write_data;
  logic [RowPorts*At-1:0] row_read_at, row_write_at;
  logic [RowPorts*6-1:0] row_read_bit, row_write_bit;
  logic push_reads;
  logic [UnitPorts-1:0] push_read, drain_write;
  logic [UnitPorts*At-1:0] push_at, drain_at;
  logic [UnitPorts*6-1:0] push_bit, drain_bit_at;
  logic [Bytes-1:0] output_read, input_write;
  logic [Bytes*At-1:0] output_word, input_word;
  logic [Bytes*3-1:0] output_byte, input_byte;
  logic [Bytes*8-1:0] output_data;
  logic [Macros*Lanes-1:0] store_write, store_data;
  logic [Macros*Lanes*At-1:0] store_at;
  logic [Macros*Lanes*6-1:0] store_bit;
  irc_buffer #(.At(At), .StorePorts(Macros * Lanes)) buffer (
      .clk, .load_go, .load_read, .load_at, .load_bit, .load_data,
      .row_go, .row_read, .row_read_at, .row_read_bit, .row_read_data,
      .push_go(push_reads), .push_read, .push_at, .push_bit, .push_data,
      .output_read, .output_at(output_word), .output_byte, .output_data,
      .store_write, .store_at, .store_bit, .store_data,
      .row_write, .row_write_at, .row_write_bit, .row_write_data,
      .input_write, .input_at(input_word), .input_byte, .input_data(chunk),
      .drain_go(drain_busy), .drain_write, .drain_at, .drain_bit(drain_bit_at), .drain_data
  );

  // ---- word-line registers
  for (genvar m = 0; m < Macros; m++) begin : gen_macro
    irc_word_lines #(.At(At)) registers (
        .clk, .rst_n, .command, .command_begins, .load_go(load_go[m]), .load_first(load_first[m]),
        .load_slide(load_slide[m]), .load_begin(load_begin[32*m+:32]), .load_end(load_end[32*m+:32]),
        .load_rows(load_rows[32*m+:32]), .load_y(load_y[16*m+:16]), .load_x(load_x[16*m+:16]), .take(take[m]),
        .select(select[m]), .release_rows(release_rows[m]), .select_first(select_first[32*m+:32]),
        .select_count(select_count[32*m+:32]), .word_lines(word_lines[Rows*m+:Rows]),
        .read(load_read[Rows*m+:Rows]), .at(load_at[Rows*At*m+:Rows*At]), .bit_at(load_bit[Rows*6*m+:Rows*6]),
        .data(load_data[Rows*m+:Rows])
    );
  end

  // ---- outputs
  logic [31:0] layer_count;
  always_ff @(posedge clk)
    if (!rst_n) layer_count <= 32'd0;
    else if (command_begins) layer_count <= layer_count + 1;
  irc_store #(.At(At), .Lines(Lines), .Lanes(Lanes), .SumLanes(SumLanes)) store (
      .clk, .layer(layer_count), .out_buffer(command.out_buffer), .out_channels(command.out_channels),
      .store_go, .store_beat, .store_piece, .store_vector, .store_begin, .store_outputs, .store_value,
      .write(store_write), .at(store_at), .bit_at(store_bit), .data(store_data)
  );

  // ---- rows between buffers
  irc_row_work #(.At(At)) row_work (
      .clk, .command, .go(row_go), .first_cycle(row_first_cycle), .row,
      .read(row_read), .read_at(row_read_at), .read_bit(row_read_bit), .read_data(row_read_data),
      .write(row_write), .write_at(row_write_at), .write_bit(row_write_bit), .write_data(row_write_data)
  );

  logic [At-1:0] in_words, out_words, out_row_words;
  logic [31:0] words_of_input, words_of_output, bytes_of_input, bytes_of_output;  // of a pixel
  assign words_of_input  = irc_types_pkg::pixel_words(command.in_channels[15:0]);
  assign words_of_output = irc_types_pkg::pixel_words(command.out_channels);
  assign bytes_of_input  = irc_types_pkg::pixel_bytes(command.in_channels[15:0]);
  assign bytes_of_output = irc_types_pkg::pixel_bytes(command.out_channels);
  assign in_words      = At'(words_of_input);
  assign out_words     = At'(words_of_output);
  assign out_row_words = At'(command.out_width) * out_words;

  // ---- streamed input: bytes of row `input_row`
  logic [15:0] in_x, in_byte, in_x_to, in_byte_to;
  logic [At-1:0] in_at, in_at_to, in_row_at;
  logic [Bytes*16-1:0] in_x_of, in_byte_of;
  assign in_row_at = At'(command.in_buffer[31:0]) + At'(input_row) * At'(command.in_width) * in_words;
  irc_walk #(.Lanes(Bytes), .Segment(Bytes < 16 ? Bytes : 32'd16), .WordBits(3), .At(At)) input_walk (
      .go(input_chunk), .count(16'(chunk_bytes)), .width(command.in_width),
      .units(16'(bytes_of_input)),
      .x_from(input_first ? 16'd0 : in_x), .unit_from(input_first ? 16'd0 : in_byte),
      .at_from(input_first ? in_row_at : in_at), .x_to(in_x_to), .unit_to(in_byte_to), .at_to(in_at_to),
      .valid(input_write), .x(in_x_of), .unit(in_byte_of), .at(input_word)
  );
  always_comb for (int unsigned i = 0; i < Bytes; i++) input_byte[3*i+:3] = in_byte_of[16*i+:3];
  always_ff @(posedge clk)
    if (input_chunk) begin
      in_x <= in_x_to;
      in_byte <= in_byte_to;
      in_at <= in_at_to;
    end

  // ---- streamed output: bytes of row `output_row`
  logic [15:0] out_x, out_byte, out_x_to, out_byte_to;
  logic [At-1:0] out_offset, out_at_to, out_row_at;
  logic [Bytes*16-1:0] out_x_of, out_byte_of;
  assign out_row_at = At'(command.out_buffer) + At'(output_row) * out_row_words;
  irc_walk #(.Lanes(Bytes), .Segment(Bytes < 16 ? Bytes : 32'd16), .WordBits(3), .At(At)) output_walk (
      .go(output_valid), .count(16'(output_bytes)), .width(command.out_width),
      .units(16'(bytes_of_output)), .x_from(out_x), .unit_from(out_byte),
      .at_from(out_row_at + out_offset), .x_to(out_x_to), .unit_to(out_byte_to), .at_to(out_at_to),
      .valid(output_read), .x(out_x_of), .unit(out_byte_of), .at(output_word)
  );
  always_comb for (int unsigned i = 0; i < Bytes; i++) output_byte[3*i+:3] = out_byte_of[16*i+:3];
  always_comb begin
    output_beat = output_data;
    for (int unsigned i = 0; i < Bytes; i++)
      // Channels after the last one are cleared.
      if (output_read[i] && 8 * (32'(out_byte_of[16*i+:16]) + 1) > 32'(command.out_channels))
        output_beat[8*i+:8] = output_data[8*i+:8] & ~(8'hff << command.out_channels[2:0]);
  end
  always_ff @(posedge clk)
    if (rst_n) begin
      if (output_first) begin
        out_x <= 16'd0;
        out_byte <= 16'd0;
        out_offset <= '0;
        output_at <= 32'd0;
      end else if (output_take) begin
        out_x <= out_x_to;
        out_byte <= out_byte_to;
        out_offset <= out_at_to - out_row_at;
        output_at <= output_at + output_bytes;
      end
    end

  // ---- results of the digital unit
  logic [15:0] drain_x, drain_channel, drain_x_to, drain_channel_to;
  logic [At-1:0] drain_at_q, drain_at_to;
  logic [UnitPorts*16-1:0] drain_x_of, drain_channel_of;
  irc_walk #(.Lanes(UnitPorts), .Segment(16), .WordBits(6), .At(At)) drain_walk (
      .go(drain_busy), .count(16'(UnitPorts)), .width(command.out_width), .units(command.out_channels),
      .x_from(drain_x), .unit_from(drain_channel), .at_from(drain_at_q), .x_to(drain_x_to),
      .unit_to(drain_channel_to), .at_to(drain_at_to), .valid(drain_write), .x(drain_x_of), .unit(drain_channel_of),
      .at(drain_at)
  );
  always_comb for (int unsigned i = 0; i < UnitPorts; i++) drain_bit_at[6*i+:6] = drain_channel_of[16*i+:6];
  always_ff @(posedge clk)
    if (!rst_n) drain_busy <= 1'b0;
    else begin
      if (drain_busy) begin
        drain_x <= drain_x_to;
        drain_channel <= drain_channel_to;
        drain_at_q <= drain_at_to;
        drain_bit <= drain_bit + irc_config_pkg::MACS_PER_CYCLE;
        if (drain_x_to == command.out_width) drain_busy <= 1'b0;
      end
      // A row may become ready in the cycle in which the last bits of the previous row leave.
      if (drain_start) begin
        drain_busy <= 1'b1;
        drain_row <= row;
        drain_bit <= 32'd0;
        drain_x <= 16'd0;
        drain_channel <= 16'd0;
        drain_at_q <= At'(command.out_buffer) + At'(row) * out_row_words;
      end
    end

  // ---- input of the digital unit
  irc_push #(.At(At)) push (
      .clk, .rst_n, .command, .command_begins, .push_go, .input_rows, .go(push_reads), .read(push_read), .at(push_at),
      .bit_at(push_bit), .bits(push_bits)
  );

  logic unused;
  assign unused = &{1'b0, in_x_of, in_byte_of, out_x_of, drain_x_of, drain_channel_of};
endmodule
