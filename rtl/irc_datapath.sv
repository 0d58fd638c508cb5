// SPDX-License-Identifier: Apache-2.0
// The activation buffer and everything that reads or writes it: word-line registers that slide along the input map,
// outputs and partial sums, pooling, upsampling, concatenation, streamed rows, and the ports of the digital unit.
//
// By contract every bus carries useful bits only, whatever the layout of a pixel. So the buffer is a register file with
// as many ports as the buses have bits. A layout that has to meet timing would use banks.
module irc_datapath
  import irc_config_pkg::*;
  import irc_contract_pkg::*;
  import irc_types_pkg::*;
#(
    parameter [31:0] Lines = REFERENCE_SCHEME != 0 ? 2 * COLUMN_PAIRS : COLUMN_PAIRS
) (
    input  logic                                      clk,
    input  logic                                      rst_n,
    input  command_t                                  command,
    input  logic                                      command_begins,  // all state of the last command is invalid
    // Word-line registers
    input  logic [                        MACROS-1:0] load_go,
    input  logic [                        MACROS-1:0] load_first,
    input  logic [                        MACROS-1:0] load_slide,
    input  logic [                     MACROS*32-1:0] load_begin,      // first row of the tile
    input  logic [                     MACROS*32-1:0] load_end,
    input  logic [                     MACROS*32-1:0] load_rows,
    input  logic [                     MACROS*16-1:0] load_y,
    input  logic [                     MACROS*16-1:0] load_x,
    input  logic [                        MACROS-1:0] take,
    input  logic [                        MACROS-1:0] select,
    input  logic [                        MACROS-1:0] release_rows,
    input  logic [                     MACROS*32-1:0] select_first,
    input  logic [                     MACROS*32-1:0] select_count,
    output logic [                   MACROS*ROWS-1:0] word_lines,
    // Output registers
    input  logic [                        MACROS-1:0] store_go,
    input  logic [                     MACROS*32-1:0] store_beat,
    input  logic [                        MACROS-1:0] store_piece,
    input  logic [                     MACROS*32-1:0] store_vector,
    input  logic [                     MACROS*16-1:0] store_begin,
    input  logic [                     MACROS*16-1:0] store_outputs,
    input  logic [               MACROS*Lines*64-1:0] store_value,
    // Rows between buffers
    input  logic                                      row_go,          // a cycle of pooling, ... of row `row`
    input  logic                                      row_first_cycle,
    input  logic [                              15:0] row,
    // Streamed input: chunks of row `input_row`
    input  logic                                      input_chunk,
    input  logic                                      input_first,     // first chunk of its row
    input  logic [                              15:0] input_row,
    input  logic [                   BUS_BYTES*8-1:0] chunk,
    input  logic [                              31:0] chunk_bytes,
    // Streamed output: bytes of row `output_row`
    input  logic                                      output_first,    // a row is about to begin
    input  logic                                      output_valid,    // output_beat is requested
    input  logic                                      output_take,     // output_beat leaves at the coming edge
    input  logic [                              15:0] output_row,
    input  logic [                              31:0] output_bytes,
    output logic [                   BUS_BYTES*8-1:0] output_beat,
    output logic [                              31:0] output_at,       // first byte of output_beat in its row
    // Digital unit
    input  logic                                      push_go,         // a digital layer on a binary map runs
    input  logic [                              31:0] input_rows,
    output logic [                              15:0] push_bits,
    output logic [                MACS_PER_CYCLE-1:0] push_data,
    input  logic                                      drain_start,     // row `row` is ready in the unit
    output logic                                      drain_busy,
    output logic [                              15:0] drain_row,
    output logic [                              31:0] drain_bit,
    input  logic [                MACS_PER_CYCLE-1:0] drain_data
);
  logic [63:0] buffer[BUFFER_WORDS];
  logic [63:0] partial_sum[BUFFER_WORDS*64];
  logic [31:0] partial_sum_of[BUFFER_WORDS*64];  // layer of each partial sum; sums of older layers count as 0
  logic [31:0] layer_count;

  logic [63:0] in_channels;
  logic [127:0] in_buffer;
  assign in_channels = command.in_channels;
  assign in_buffer   = command.in_buffer;

  logic [31:0] in_words, out_words, in_bytes, out_bytes_per_pixel;
  assign in_words = pixel_words(command.in_channels[15:0]);
  assign out_words = pixel_words(command.out_channels);
  assign in_bytes = pixel_bytes(command.in_channels[15:0]);
  assign out_bytes_per_pixel = pixel_bytes(command.out_channels);

  // A bit of the first input map. Outside the map is padding.
  function automatic logic in_bit(input logic signed [31:0] y, input logic signed [31:0] x, input logic [31:0] channel);
    logic [31:0] at;
    in_bit = 1'b0;
    if (y >= 0 && x >= 0 && y < $signed(32'(command.in_height)) && x < $signed(32'(command.in_width))) begin
      at = command.in_buffer[31:0] + $unsigned(y * $signed(32'(command.in_width)) + x) * in_words + (channel >> 6);
      in_bit = buffer[at][channel[5:0]];
    end
  endfunction

  // ---- word-line registers
  logic [ROWS-1:0] shadow[MACROS], active[MACROS];
  logic [31:0] walk_row[MACROS], walk_channel[MACROS], walk_kx[MACROS], walk_ky[MACROS];

  // The bit of window position `ky`, `kx`, `channel` for the vector at (y, x).
  function automatic logic window_bit(input logic [15:0] y, input logic [15:0] x, input logic [31:0] ky,
                                      input logic [31:0] kx, input logic [31:0] channel);
    window_bit = in_bit($signed(32'(y) * 32'(command.stride_h) + ky - 32'(command.pad_top)),
                        $signed(32'(x) * 32'(command.stride_w) + kx - 32'(command.pad_left)), channel);
  endfunction

  logic [31:0] channels, kernel_w, first_new, slide_rows;
  assign channels   = 32'(command.in_channels[15:0]);
  assign kernel_w   = 32'(command.kernel_w);
  assign first_new  = command.kernel_w > command.stride_w ? kernel_w - 32'(command.stride_w) : 32'd0;
  assign slide_rows = 32'(command.stride_w) * channels;

  // ---- rows between buffers
  logic [31:0] row_x, row_channel, row_input, row_dx, row_dy, row_phase, row_source;
  logic row_fires;
  // ---- streamed rows
  logic [31:0] in_x, in_byte, out_x, out_byte;
  // ---- digital unit
  logic [31:0] push_row, push_x, push_channel, drain_x, drain_channel;
  logic [31:0] push_row_next, push_x_next, push_channel_next;
  logic push_begun;  // the counters belong to this layer

  function automatic logic joined(input logic [31:0] x, input logic [31:0] from, input logic [31:0] channel);
    logic [31:0] at;
    at = in_buffer[32*from+:32] +
         (32'(row) * 32'(command.in_width) + x) * pixel_words(in_channels[16*from+:16]) + (channel >> 6);
    joined = buffer[at][channel[5:0]];
  endfunction

  /* verilator lint_off BLKSEQ */  // only this block writes the buffer and the registers around it
  always_ff @(posedge clk) begin
    logic [31:0] row_of_macro, at, pixel, bits, channel;
    logic [63:0] value;
    logic ends;

    if (!rst_n) begin
      layer_count = 0;
      for (int unsigned m = 0; m < MACROS; m++) word_lines[ROWS*m+:ROWS] <= '0;
    end else begin
      push_begun = push_go && !command_begins;
      if (command_begins) begin
        layer_count = layer_count + 1;
        push_row = 0;
        push_x = 0;
        push_channel = 0;
        for (int unsigned m = 0; m < MACROS; m++) word_lines[ROWS*m+:ROWS] <= '0;
      end else begin
        push_row = push_row_next;
        push_x = push_x_next;
        push_channel = push_channel_next;
      end

      for (int unsigned m = 0; m < MACROS; m++) begin
        if (load_go[m]) begin
          if (load_first[m]) begin
            walk_row[m] = load_begin[32*m+:32];
            walk_channel[m] = load_begin[32*m+:32] % channels;
            walk_kx[m] = (load_begin[32*m+:32] / channels) % kernel_w;
            walk_ky[m] = load_begin[32*m+:32] / channels / kernel_w;
            if (load_slide[m]) begin
              // Window columns that remain are shifted. If the source of their new position is in another tile's
              // register, they are read again.
              shadow[m] = shadow[m] >> slide_rows;
              for (int unsigned i = 0; i < ROWS; i++) begin
                row_of_macro = load_begin[32*m+:32] + i;
                if (row_of_macro < load_end[32*m+:32] && row_of_macro + slide_rows >= load_end[32*m+:32] &&
                    (row_of_macro / channels) % kernel_w < first_new)
                  shadow[m][i] = window_bit(load_y[16*m+:16], load_x[16*m+:16], row_of_macro / channels / kernel_w,
                                            (row_of_macro / channels) % kernel_w, row_of_macro % channels);
              end
              if (walk_kx[m] < first_new) begin
                walk_row[m] = walk_row[m] + (first_new - walk_kx[m]) * channels - walk_channel[m];
                walk_kx[m] = first_new;
                walk_channel[m] = 0;
              end
            end else shadow[m] = '0;
            // Bias rows are always driven.
            for (int unsigned i = 0; i < ROWS; i++)
              if (load_begin[32*m+:32] + i >= load_end[32*m+:32] && i < load_rows[32*m+:32]) shadow[m][i] = 1'b1;
          end
          for (int unsigned i = 0; i < INPUT_BUS_BITS; i++)
            if (walk_row[m] < load_end[32*m+:32]) begin
              shadow[m][walk_row[m]-load_begin[32*m+:32]] =
                  window_bit(load_y[16*m+:16], load_x[16*m+:16], walk_ky[m], walk_kx[m], walk_channel[m]);
              walk_row[m] = walk_row[m] + 1;
              walk_channel[m] = walk_channel[m] + 1;
              if (walk_channel[m] == channels) begin
                walk_channel[m] = 0;
                walk_kx[m] = walk_kx[m] + 1;
                if (walk_kx[m] == kernel_w) begin
                  walk_ky[m] = walk_ky[m] + 1;
                  walk_kx[m] = load_slide[m] ? first_new : 0;
                  if (load_slide[m]) walk_row[m] = walk_row[m] + first_new * channels;
                end
              end
            end
        end
        if (take[m]) active[m] = shadow[m];
        if (select[m])
          word_lines[ROWS*m+:ROWS] <= active[m] & ~({ROWS{1'b1}} << select_count[32*m+:32] << select_first[32*m+:32]) &
                                      ({ROWS{1'b1}} << select_first[32*m+:32]);
        else if (release_rows[m]) word_lines[ROWS*m+:ROWS] <= '0;
      end

      // Outputs leave a macro with output_bus_bits per cycle. An output is complete with its last bit.
      for (int unsigned m = 0; m < MACROS; m++)
        if (store_go[m]) begin
          bits = store_piece[m] ? PARTIAL_SUM_BITS : 32'd1;
          pixel = command.out_buffer + store_vector[32*m+:32] * out_words;
          for (int unsigned o = 0; o < Lines; o++)
            if (o < 32'(store_outputs[16*m+:16]) && (o + 1) * bits > store_beat[32*m+:32] * OUTPUT_BUS_BITS &&
                (o + 1) * bits <= (store_beat[32*m+:32] + 1) * OUTPUT_BUS_BITS) begin
              value = store_value[64*(Lines*m+o)+:64];
              channel = 32'(store_begin[16*m+:16]) + o;
              at = pixel + (channel >> 6);
              if (store_piece[m]) begin
                if (partial_sum_of[64*at+32'(channel[5:0])] == layer_count)
                  value = value + partial_sum[64*at+32'(channel[5:0])];
                partial_sum[64*at+32'(channel[5:0])] = value;
                partial_sum_of[64*at+32'(channel[5:0])] = layer_count;
              end
              buffer[at][channel[5:0]] = $signed(value) > 0;
            end
        end

      if (row_go) begin
        if (row_first_cycle) begin
          row_x = 0;
          row_channel = 0;
          row_input = 0;
          row_dx = 0;
          row_dy = 0;
          row_fires = 1'b0;
          row_phase = 0;
          row_source = 0;
        end
        // One bit is read per iteration. The buffer's rate counts bits read for pooling and bits written otherwise.
        for (int unsigned i = 0; i < BUFFER_BITS_PER_CYCLE; i++)
          if (row_x < 32'(command.out_width)) begin
            at = command.out_buffer + (32'(row) * 32'(command.out_width) + row_x) * out_words;
            channel = row_channel;
            ends = 1'b1;
            case (32'(command.opcode))
              OPCODE_MAX_POOL: begin
                row_fires = row_fires | in_bit($signed(32'(row) * 32'(command.stride_h) + row_dy),
                                               $signed(row_x * 32'(command.stride_w) + row_dx), row_channel);
                row_dx = row_dx + 1;
                if (row_dx == kernel_w) begin
                  row_dx = 0;
                  row_dy = row_dy + 1;
                end
                ends = row_dy == 32'(command.kernel_h);
              end
              OPCODE_UPSAMPLE: row_fires = in_bit($signed(32'(row) / kernel_w), $signed(row_source), row_channel);
              default: begin
                row_fires = joined(row_x, row_input, row_channel);
                channel = row_source + row_channel;
              end
            endcase
            if (ends) begin
              buffer[at+(channel>>6)][channel[5:0]] = row_fires;
              row_fires = 1'b0;
              row_dy = 0;
              row_channel = row_channel + 1;
              if (32'(command.opcode) == OPCODE_CONCAT) begin
                if (row_channel == 32'(in_channels[16*row_input+:16])) begin
                  row_source = row_source + row_channel;
                  row_channel = 0;
                  row_input = row_input + 1;
                  if (row_input == 32'(command.inputs)) begin
                    row_input = 0;
                    row_source = 0;
                    row_x = row_x + 1;
                  end
                end
              end else if (row_channel == 32'(command.out_channels)) begin
                row_channel = 0;
                row_x = row_x + 1;
                row_phase = row_phase + 1;
                if (row_phase == kernel_w) begin
                  row_phase = 0;
                  row_source = row_source + 1;
                end
              end
            end
          end
      end

      if (input_chunk) begin
        if (input_first) begin
          in_x = 0;
          in_byte = 0;
        end
        for (int unsigned i = 0; i < BUS_BYTES; i++)
          if (i < chunk_bytes && in_x < 32'(command.in_width)) begin
            at = command.in_buffer[31:0] + (32'(input_row) * 32'(command.in_width) + in_x) * in_words + (in_byte >> 3);
            if (in_byte[2:0] == 0) buffer[at] = 64'd0;
            buffer[at][8*in_byte[2:0]+:8] = chunk[8*i+:8];
            in_byte = in_byte + 1;
            if (in_byte == in_bytes) begin
              in_byte = 0;
              in_x = in_x + 1;
            end
          end
      end

      if (output_first) begin
        out_x = 0;
        out_byte = 0;
        output_at <= 32'd0;
      end else if (output_take) begin
        output_at <= output_at + output_bytes;
        for (int unsigned i = 0; i < BUS_BYTES; i++)
          if (i < output_bytes) begin
            out_byte = out_byte + 1;
            if (out_byte == out_bytes_per_pixel) begin
              out_byte = 0;
              out_x = out_x + 1;
            end
          end
      end

      if (drain_busy) begin
        for (int unsigned i = 0; i < MACS_PER_CYCLE; i++)
          if (drain_x < 32'(command.out_width)) begin
            at = command.out_buffer + (32'(drain_row) * 32'(command.out_width) + drain_x) * out_words + (drain_channel >> 6);
            buffer[at][drain_channel[5:0]] = drain_data[i];
            drain_channel = drain_channel + 1;
            if (drain_channel == 32'(command.out_channels)) begin
              drain_channel = 0;
              drain_x = drain_x + 1;
            end
          end
        drain_bit <= drain_bit + MACS_PER_CYCLE;
        if (drain_x == 32'(command.out_width)) drain_busy <= 1'b0;
      end
      // A row may become ready in the cycle in which the last bits of the previous row leave.
      if (drain_start) begin
        drain_busy <= 1'b1;
        drain_row <= row;
        drain_bit <= 32'd0;
        drain_x = 0;
        drain_channel = 0;
      end
    end
    if (!rst_n) drain_busy <= 1'b0;
  end
  /* verilator lint_on BLKSEQ */

  // ---- bytes of the output row; channels after the last one are cleared
  always_comb begin
    logic [31:0] x, byte_of_pixel, at;
    output_beat = '0;
    at = 32'd0;
    x = out_x;
    byte_of_pixel = out_byte;
    if (output_valid)
      for (int unsigned i = 0; i < BUS_BYTES; i++)
        if (i < output_bytes) begin
          at = command.out_buffer + (32'(output_row) * 32'(command.out_width) + x) * out_words + (byte_of_pixel >> 3);
          output_beat[8*i+:8] = buffer[at][8*byte_of_pixel[2:0]+:8];
          if (8 * (byte_of_pixel + 1) > 32'(command.out_channels))
            output_beat[8*i+:8] = output_beat[8*i+:8] & ~(8'hff << (32'(command.out_channels) - 8 * byte_of_pixel));
          byte_of_pixel = byte_of_pixel + 1;
          if (byte_of_pixel == out_bytes_per_pixel) begin
            byte_of_pixel = 0;
            x = x + 1;
          end
        end
  end

  // ---- Rows that have arrived go to the digital unit, without pixels that no window covers. So the input of an output
  // row never has more bits than the row has MACs, and it needs no additional cycles.

  // The first position at or after `at` that some window covers, or one past the last.
  function automatic logic [31:0] seen_from(input logic [31:0] at, input logic [7:0] pad, input logic [7:0] kernel,
                                            input logic [7:0] stride);
    logic [31:0] place;
    place = at + 32'(pad);
    seen_from = place % 32'(stride) < 32'(kernel) ? at : (place / 32'(stride) + 1) * 32'(stride) - 32'(pad);
  endfunction

  logic [31:0] seen_rows, seen_columns, first_row, first_column;  // positions at which windows end
  always_comb begin
    seen_rows = (32'(command.out_height) - 1) * 32'(command.stride_h) + 32'(command.kernel_h) - 32'(command.pad_top);
    seen_columns = (32'(command.out_width) - 1) * 32'(command.stride_w) + 32'(command.kernel_w) - 32'(command.pad_left);
    // If all windows end before the map begins, the position is negative and becomes 0.
    if ($signed(seen_rows) < 0) seen_rows = 32'd0;
    if ($signed(seen_columns) < 0) seen_columns = 32'd0;
    if (seen_rows > 32'(command.in_height)) seen_rows = 32'(command.in_height);
    if (seen_columns > 32'(command.in_width)) seen_columns = 32'(command.in_width);
    first_row = 32'd0;
    first_column = 32'd0;
    if (push_go) begin
      first_row = seen_from(32'd0, command.pad_top, command.kernel_h, command.stride_h);
      first_column = seen_from(32'd0, command.pad_left, command.kernel_w, command.stride_w);
    end
  end

  always_comb begin
    push_data = '0;
    push_bits = 16'd0;
    push_row_next = push_row;
    push_x_next = push_x;
    push_channel_next = push_channel;
    if (push_go && !push_begun) begin
      push_row_next = first_row;
      push_x_next   = first_column;
    end
    if (push_go && push_row_next < input_rows && first_column < seen_columns)
      for (int unsigned i = 0; i < MACS_PER_CYCLE; i++)
        if (push_row_next < input_rows && push_row_next < seen_rows) begin
          push_data[i] = in_bit($signed(push_row_next), $signed(push_x_next), push_channel_next);
          push_bits = push_bits + 1;
          push_channel_next = push_channel_next + 1;
          if (push_channel_next == channels) begin
            push_channel_next = 0;
            push_x_next = seen_from(push_x_next + 1, command.pad_left, command.kernel_w, command.stride_w);
            if (push_x_next >= seen_columns) begin
              push_x_next   = first_column;
              push_row_next = seen_from(push_row_next + 1, command.pad_top, command.kernel_h, command.stride_h);
            end
          end
        end
  end
endmodule
