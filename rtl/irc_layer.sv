// SPDX-License-Identifier: Apache-2.0
// The rows of a layer: input rows stream in, output rows leave in order as they are finished, and the rows of
// everything except array convolutions spend their cycles here. DMA and computation overlap by rows.
module irc_layer (
    input  logic        clk,
    input  logic        rst_n,
    input  logic        run,             // from the layer's first cycle to the one before `over`
    input  irc_command_t    command,
    input  logic [15:0] array_rows,      // output rows that all macros have finished
    input  logic        array_busy,      // some macro is processing a vector
    output logic [31:0] input_rows,      // input rows that have arrived
    // DMA
    output logic        read_start,
    output logic [63:0] read_address,
    output logic [31:0] read_bytes,
    input  logic        read_busy,
    input  logic        read_chunk,
    input  logic        read_done,
    input  logic        read_failed,
    output logic        input_first,     // the current chunk is the first of its row
    output logic [15:0] input_row,
    output logic        write_start,
    output logic [63:0] write_address,
    output logic [31:0] write_bytes,
    input  logic        write_busy,
    input  logic        write_done,
    input  logic        write_failed,
    output logic [15:0] output_row,
    // Rows of digital work
    output logic        row_go,          // a cycle of row `row`
    output logic        row_first_cycle,
    output logic        row_last_cycle,
    output logic [15:0] row,
    output logic        over,            // everything is done; counts as a cycle after the layer
    output logic        failed           // a DMA transaction failed: running work ends, and no new work begins
);
  logic streams_in, streams_out, in_array, picture, head, digital;
  assign streams_in  = (command.flags & 8'(irc_contract_pkg::FLAG_INPUT_FROM_MEMORY)) != 0;
  assign streams_out = (command.flags & 8'(irc_contract_pkg::FLAG_OUTPUT_TO_MEMORY)) != 0;
  assign picture     = (command.flags & 8'(irc_contract_pkg::FLAG_PICTURE_INPUT)) != 0;
  assign in_array    = 32'(command.opcode) == irc_contract_pkg::OPCODE_CONV_ARRAY;
  assign head        = 32'(command.opcode) == irc_contract_pkg::OPCODE_HEAD;
  assign digital     = head || 32'(command.opcode) == irc_contract_pkg::OPCODE_CONV_DIGITAL;

  logic started;  // the registers hold this layer's state
  logic [15:0] rows_read, rows_written, rows_made, rows_asked, rows_sent;
  logic first_chunk, row_under_way, error;

  // ---- input rows, one transaction after another
  logic [15:0] asked;
  assign asked        = started ? rows_asked : 16'd0;
  assign read_start   = run && streams_in && !error && !read_busy && asked != command.in_height;
  assign read_bytes   = picture ? 32'(command.in_width) * 32'(command.in_channels[15:0])
                                : 32'(command.in_width) * irc_types_pkg::pixel_bytes(command.in_channels[15:0]);
  assign read_address = command.in_memory + 64'(asked) * 64'(read_bytes);
  assign input_rows   = !streams_in ? 32'(command.in_height) : started ? 32'(rows_read) : 32'd0;
  assign input_row    = rows_read;
  assign input_first  = first_chunk;

  // ---- output rows
  logic [15:0] finished, sent;
  assign finished      = !started ? 16'd0 : in_array ? array_rows : rows_made;
  assign sent          = started ? rows_sent : 16'd0;
  assign write_start   = run && streams_out && !error && !write_busy && sent < finished;
  assign write_bytes   = head ? 32'(command.out_width) * 32'(command.out_channels) * 4
                              : 32'(command.out_width) * irc_types_pkg::pixel_bytes(command.out_channels);
  assign write_address = command.out_memory + 64'(sent) * 64'(write_bytes);
  assign output_row    = rows_written;

  // ---- rows between buffers and on the digital unit
  logic [31:0] needed;
  always_comb begin
    needed = irc_types_pkg::window_rows_needed(row, command.kernel_h, command.stride_h, command.pad_top, command.in_height);
    if (32'(command.opcode) == irc_contract_pkg::OPCODE_UPSAMPLE) needed = 32'(row) / 32'(command.kernel_h) + 1;
    else if (32'(command.opcode) == irc_contract_pkg::OPCODE_CONCAT) needed = 32'(row) + 1;
  end

  logic [63:0] work, work_left, left;
  logic [31:0] rate;
  always_comb begin
    work = 64'(command.out_width) * 64'(command.out_channels);
    rate = irc_config_pkg::BUFFER_BITS_PER_CYCLE;
    if (digital || 32'(command.opcode) == irc_contract_pkg::OPCODE_MAX_POOL)
      work = work * 64'(command.kernel_h) * 64'(command.kernel_w);
    if (digital) begin
      work = work * 64'(command.in_channels[15:0]);
      rate = irc_config_pkg::MACS_PER_CYCLE;
    end
  end
  assign row             = started ? rows_made : 16'd0;
  assign row_first_cycle = !(started && row_under_way);
  assign row_go          = run && !in_array && row != command.out_height &&
                           (!row_first_cycle || (!error && input_rows >= needed));
  assign left            = row_first_cycle ? work : work_left;
  assign row_last_cycle  = row_go && left <= 64'(rate);

  logic made;
  assign made   = in_array ? array_rows == command.out_height : rows_made == command.out_height;
  assign failed = error;
  assign over   = started && (error ? !read_busy && !write_busy && !row_under_way && !array_busy
                                    : made && (!streams_in || rows_read == command.in_height) &&
                                      (!streams_out || rows_written == command.out_height));

  always_ff @(posedge clk) begin
    if (!rst_n || !run) begin
      started <= 1'b0;
      rows_read <= 16'd0;
      rows_written <= 16'd0;
      rows_made <= 16'd0;
      rows_asked <= 16'd0;
      rows_sent <= 16'd0;
      first_chunk <= 1'b1;
      row_under_way <= 1'b0;
      error <= 1'b0;
    end else begin
      started <= 1'b1;
      if (read_start) rows_asked <= asked + 1;
      if (read_chunk) first_chunk <= read_done;
      if (read_done) rows_read <= rows_read + 1;
      if (write_start) rows_sent <= sent + 1;
      if (write_done) rows_written <= rows_written + 1;
      if (read_failed || write_failed) error <= 1'b1;
      if (row_go) begin
        row_under_way <= !row_last_cycle;
        work_left <= left - 64'(rate);
        if (row_last_cycle) rows_made <= row + 1;
      end
    end
  end
endmodule
