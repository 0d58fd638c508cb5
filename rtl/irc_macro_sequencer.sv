// SPDX-License-Identifier: Apache-2.0
// Sequences one macro through a layer: LOAD | DRIVE, SETTLE, SENSE per row group | STORE, with double-buffered
// word-line and output registers (docs/mapping.md, Timing). The order is tile by tile, output row by output row, pixel
// by pixel.
//
// The loader stays at a vector until compute takes it, so its tile is the tile of the word-line register.
module irc_macro_sequencer #(
    parameter [31:0] Lines =
        irc_config_pkg::REFERENCE_SCHEME != 0 ? 2 * irc_config_pkg::COLUMN_PAIRS : irc_config_pkg::COLUMN_PAIRS,
    parameter [31:0] AmplifierBits = irc_config_pkg::AMPLIFIERS * irc_config_pkg::LEVEL_BITS
) (
    input  logic                                   clk,
    input  logic                                   rst_n,
    input  logic                                   run,          // a convolution runs in this cycle
    input  irc_command_t                               command,
    input  logic     [                       63:0] read_base,    // image x pixels
    input  logic                                   adds_up,
    input  logic     [                       31:0] input_rows,   // input rows that have arrived
    input  logic                                   stop,         // no new vector may begin
    output logic                                   under_way,    // a vector that has begun is not stored yet
    // Tiles of this macro
    input  logic                                   first_valid,
    input  logic     [                       31:0] first_index,
    output logic     [                       31:0] index,
    input  logic     [  irc_contract_pkg::TILE_RECORD_BYTES * 8-1:0] record,
    input  logic                                   next_valid,
    input  logic     [                       31:0] next_index,
    // Biases of this macro's lines, for digital placement
    input  logic                                   bias_we,
    input  logic     [                       31:0] bias_line,
    input  logic     [            irc_config_pkg::BUS_BYTES/4-1:0] bias_lanes,
    input  logic     [            irc_config_pkg::BUS_BYTES*8-1:0] bias_data,
    // Word-line registers (datapath)
    output logic                                   load_go,      // a beat of LOAD takes place in this cycle
    output logic                                   load_first,   // first beat of LOAD
    output logic                                   load_slide,   // for all vectors except the first of an output row
    output logic     [                       31:0] load_begin,   // first row of the tile
    output logic     [                       31:0] load_rows,
    output logic     [                       31:0] load_number,  // number of the tile
    output logic     [                       31:0] load_end,     // end of the weight rows
    output logic     [                       15:0] load_y,
    output logic     [                       15:0] load_x,
    output logic     [                       31:0] load_vector,
    output logic                                   take,         // word lines take the value of the loaded register
    output logic                                   select,       // drive these rows from the coming edge on
    output logic                                   release_rows, // drive no rows from the coming edge on
    output logic     [                       31:0] select_first,
    output logic     [                       31:0] select_count,
    // Macro pins
    output logic                                   drive,
    output logic                                   settle,
    output logic                                   sense,
    output logic     [                       15:0] row_first,
    output logic     [                       15:0] row_count,
    output logic     [                       15:0] line,
    output logic     [                       15:0] lines,
    output logic                                   bias_on,
    output logic     [                       63:0] read,
    output logic     [                       15:0] group,
    input  logic     [irc_config_pkg::AMPLIFIERS * irc_config_pkg::LEVEL_BITS-1:0] level,
    // Output register
    output logic                                   store_go,
    output logic     [                       31:0] store_beat,
    output logic                                   store_piece,  // the value is a partial sum
    output logic     [                       31:0] store_vector,
    output logic     [                       15:0] store_begin,
    output logic     [                       15:0] store_outputs,
    output logic     [               Lines*64-1:0] store_value,  // an output fires if its value is positive
    output logic     [                       31:0] compute_vector,
    output logic     [                       31:0] compute_tile,
    output logic     [                       31:0] store_tile,
    // Output rows that this macro has finished completely
    output logic     [                       15:0] rows_done
);
  // ---- loader
  logic started, valid_q, shadow_full;
  logic [31:0] index_q, vector_q, beat_q;
  logic [15:0] y_q, x_q;

  logic valid;
  logic [31:0] beat;
  assign valid       = run && (started ? valid_q : first_valid);
  assign index       = started ? index_q : first_index;
  assign load_y      = started ? y_q : 16'd0;
  assign load_x      = started ? x_q : 16'd0;
  assign load_vector = started ? vector_q : 32'd0;
  assign beat        = started ? beat_q : 32'd0;
  irc_tile_t load_tile;
  assign load_tile   = irc_types_pkg::unpack_tile(record);
  assign load_begin  = load_tile.row_begin;
  assign load_rows   = load_tile.rows;
  assign load_number = load_tile.number;
  assign load_slide  = load_x != 0;
  assign load_first  = beat == 0;

  // A row of the window has kernel_row weight rows, of which a slide keeps old_part. Both fit into the bits of the weight
  // rows of a legal tile.
  localparam [31:0] RowBits =
      $clog2(irc_config_pkg::ROWS * irc_config_pkg::MACROS + irc_config_pkg::BIAS_ROWS + 1);
  logic [RowBits-1:0] kernel_row, old_part;
  assign kernel_row = RowBits'(24'(command.kernel_w) * 24'(command.in_channels[15:0]));
  assign old_part   = command.kernel_w > command.stride_w ?
      RowBits'((24'(command.kernel_w) - 24'(command.stride_w)) * 24'(command.in_channels[15:0])) : '0;

  // Number of weight rows below `row` that are new after a slide, which are those of the window's last columns.
  function automatic logic [RowBits-1:0] new_rows_below(input logic [RowBits-1:0] row);
    logic [RowBits-1:0] window_row, rest;
    window_row = row / kernel_row;
    rest = row - window_row * kernel_row;
    new_rows_below = window_row * (kernel_row - old_part) + (rest > old_part ? rest - old_part : '0);
  endfunction

  logic [31:0] weight_rows, beats, needed;
  logic load_ends;
  always_comb begin
    load_end = load_tile.row_begin + load_tile.rows;
    if (load_end > load_tile.weight_rows) load_end = load_tile.weight_rows;
    weight_rows = 32'd0;
    beats = 32'd1;
    needed = 32'd1;
    if (valid && !shadow_full) begin
      if (load_end > load_tile.row_begin)
        weight_rows = load_slide ? 32'(new_rows_below(load_end[RowBits-1:0])) -
                                       32'(new_rows_below(load_tile.row_begin[RowBits-1:0]))
                                 : load_end - load_tile.row_begin;
      if (weight_rows > irc_config_pkg::INPUT_BUS_BITS) beats = (weight_rows + irc_config_pkg::INPUT_BUS_BITS - 1) / irc_config_pkg::INPUT_BUS_BITS;
      needed = irc_types_pkg::window_rows_needed(load_y, command.kernel_h, command.stride_h, command.pad_top,
                                                 command.in_height);
    end
  end
  assign load_go   = valid && !shadow_full && input_rows >= needed && !(stop && load_first);
  assign load_ends = load_go && beat + 1 == beats;

  // ---- compute
  localparam logic [1:0] Drive = 2'd0, Settle = 2'd1, Sense = 2'd2;
  logic busy, waits;  // waits: done, but the output register is not free
  logic [1:0] phase;
  logic [31:0] cycles, group_q, groups, rows_per_group, step, steps, tile_rows;
  logic [15:0] first_line, outputs, begin_q, y_c, x_c;
  logic piece, first_piece, last_tile;
  logic [Lines*32-1:0] sums, next_sums;

  logic step_ends, compute_ends, store_ends, hand_over, compute_free;
  logic store_busy;
  assign step_ends    = busy && phase == Sense && cycles + 1 == irc_config_pkg::AMPLIFIER_CYCLES;
  assign compute_ends = step_ends && step + 1 == steps && group_q + 1 == groups;
  assign under_way    = busy || waits || store_busy || shadow_full || (started && valid_q && beat_q != 0);
  assign hand_over    = (compute_ends || waits) && (!store_busy || store_ends);
  assign compute_free = (!busy && !waits) || hand_over;
  assign take         = (shadow_full || load_ends) && compute_free;

  logic next_group;
  assign next_group   = step_ends && step + 1 == steps && !compute_ends;
  assign release_rows = compute_ends && !take;
  assign select       = take || next_group;

  logic [31:0] take_groups, take_rows_per_group;
  logic [16:0] rows_and_groups, rows_of_group;
  always_comb begin
    rows_and_groups = 17'd0;
    rows_of_group = 17'd0;
    take_groups = 32'd1;
    take_rows_per_group = load_tile.rows;
    if (irc_config_pkg::ROWS_PER_OPERATION != 0 && take) begin
      take_groups = (load_tile.rows + irc_config_pkg::ROWS_PER_OPERATION - 1) / irc_config_pkg::ROWS_PER_OPERATION;
      rows_and_groups = 17'(load_tile.rows) + 17'(take_groups) - 17'd1;
      rows_of_group = rows_and_groups / 17'(take_groups);
      take_rows_per_group = 32'(rows_of_group);
    end
    if (take) begin
      select_first = 32'd0;
      select_count = take_rows_per_group;
    end else begin
      select_first = (32'(16'(group_q)) + 1) * 32'(16'(rows_per_group));
      if (select_first > tile_rows) select_first = tile_rows;
      select_count = tile_rows - select_first;
      if (select_count > rows_per_group) select_count = rows_per_group;
    end
  end

  assign drive   = busy && phase == Drive;
  assign settle  = busy && phase == Settle;
  assign sense   = busy && phase == Sense;
  assign line    = first_line + 16'(step * irc_config_pkg::AMPLIFIERS);
  assign lines   = 32'(outputs) - step * irc_config_pkg::AMPLIFIERS > irc_config_pkg::AMPLIFIERS ? 16'(irc_config_pkg::AMPLIFIERS) : outputs - 16'(step * irc_config_pkg::AMPLIFIERS);
  assign bias_on = irc_config_pkg::BIAS_PLACEMENT == 1 && busy && first_piece && group_q == 0;
  assign read    = read_base + 64'(compute_vector);
  assign group   = 16'(group_q);

  // ---- store
  logic [31:0] store_beats;
  logic store_row_ends, store_last_tile;
  logic [15:0] store_y;
  assign store_go   = store_busy;
  assign store_ends = store_busy && store_beat + 1 == store_beats;

  // ---- sums of the readouts
  // The readouts in the order of the lines, beginning with the first one.
  logic [AmplifierBits-1:0] ordered;
  assign ordered = AmplifierBits'({level, level} >>
                                  (32'(first_line) % irc_config_pkg::AMPLIFIERS * irc_config_pkg::LEVEL_BITS));
  always_comb begin
    next_sums = sums;
    if (step_ends)
      for (int unsigned o = 0; o < Lines; o++)
        if (o / irc_config_pkg::AMPLIFIERS == step && o < 32'(outputs)) begin
          if (group_q == 0) next_sums[32*o+:32] = 32'd0;
          if (irc_config_pkg::LEVEL_BITS > 1)
            next_sums[32*o+:32] = next_sums[32*o+:32] +
                32'($signed(ordered[o%irc_config_pkg::AMPLIFIERS*irc_config_pkg::LEVEL_BITS+:irc_config_pkg::LEVEL_BITS]));
          else
            next_sums[32*o+:32] = next_sums[32*o+:32] +
                (ordered[o%irc_config_pkg::AMPLIFIERS*irc_config_pkg::LEVEL_BITS] ? 32'd1 : 32'hffffffff);
        end
  end

  // ---- biases, for digital placement; in the order of the lines, beginning with the first one
  localparam [31:0] BiasLines = irc_config_pkg::BIAS_PLACEMENT == 2 ? Lines : 1;
  logic [BiasLines*32-1:0] biases, ordered_biases;
  if (irc_config_pkg::BIAS_PLACEMENT == 2) begin : gen_biases
    assign ordered_biases = biases >> {first_line, 5'd0};
    always_ff @(posedge clk)
      for (int unsigned l = 0; l < BiasLines; l++)
        for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES / 4; i++)
          if (bias_we && bias_lanes[i] && bias_line + i == l) biases[32*l+:32] <= bias_data[32*i+:32];
  end else begin : gen_no_biases
    assign biases = '0;
    assign ordered_biases = '0;
    logic unused;
    assign unused = &{1'b0, bias_we, bias_line, bias_lanes, bias_data, biases};
  end

  // Twice the fixed-point sum, so that half a unit of a digital threshold is an integer.
  logic [Lines*64-1:0] values;
  logic [63:0] value, bias;
  always_comb begin
    values = '0;
    value = 64'd0;
    bias = 64'd0;
    if (hand_over)
      for (int unsigned o = 0; o < Lines; o++) begin
        value = {{32{next_sums[32*o+31]}}, next_sums[32*o+:32]} * 64'(irc_config_pkg::LEVEL_MANTISSA) * 64'd2;
        if (irc_config_pkg::BIAS_PLACEMENT == 2 && first_piece && adds_up) begin
          bias = {{32{ordered_biases[32*(o%BiasLines)+31]}}, ordered_biases[32*(o%BiasLines)+:32]};
          value = value + (bias << (irc_config_pkg::LEVEL_SHIFT + 1)) - (64'd1 << irc_config_pkg::LEVEL_SHIFT);
        end
        values[64*o+:64] = value;
      end
  end

  always_ff @(posedge clk) begin
    if (!rst_n || !run) begin
      started <= 1'b0;
      valid_q <= 1'b0;
      shadow_full <= 1'b0;
      busy <= 1'b0;
      waits <= 1'b0;
      store_busy <= 1'b0;
      rows_done <= 16'd0;
    end else begin
      started <= 1'b1;
      if (!started) begin
        valid_q <= first_valid;
        index_q <= first_index;
        y_q <= 16'd0;
        x_q <= 16'd0;
        vector_q <= 32'd0;
        beat_q <= 32'd0;
        if (!first_valid) rows_done <= command.out_height;
      end
      if (load_go) beat_q <= beat + 1;
      if (load_ends) shadow_full <= 1'b1;
      if (take) begin
        shadow_full <= 1'b0;
        beat_q <= 32'd0;
        vector_q <= load_vector + 1;
        x_q <= load_x + 1;
        if (load_x + 1 == command.out_width) begin
          x_q <= 16'd0;
          y_q <= load_y + 1;
          if (load_y + 1 == command.out_height) begin
            y_q <= 16'd0;
            vector_q <= 32'd0;
            index_q <= next_index;
            valid_q <= next_valid;
          end
        end
      end

      sums <= next_sums;
      if (hand_over) begin
        store_busy <= 1'b1;
        store_beat <= 32'd0;
        store_beats <= (32'(outputs) * (piece ? irc_config_pkg::PARTIAL_SUM_BITS : 32'd1) +
                        irc_config_pkg::OUTPUT_BUS_BITS - 1) / irc_config_pkg::OUTPUT_BUS_BITS;
        store_piece <= piece;
        store_vector <= compute_vector;
        store_tile <= compute_tile;
        store_begin <= begin_q;
        store_outputs <= outputs;
        store_y <= y_c;
        store_row_ends <= x_c + 1 == command.out_width;
        store_last_tile <= last_tile;
        store_value <= values;
      end else if (store_busy) begin
        store_beat  <= store_beat + 1;
        store_busy <= !store_ends;
      end
      if (store_ends && store_row_ends && store_last_tile) rows_done <= store_y + 1;

      if (busy) begin
        cycles <= cycles + 1;
        if (phase == Drive && cycles + 1 == irc_config_pkg::DRIVE_CYCLES) begin
          phase  <= Settle;
          cycles <= 32'd0;
        end
        if (phase == Settle && cycles + 1 == irc_config_pkg::SETTLE_CYCLES) begin
          phase  <= Sense;
          cycles <= 32'd0;
        end
        if (step_ends) begin
          cycles <= 32'd0;
          step   <= step + 1;
          if (step + 1 == steps) begin
            step <= 32'd0;
            phase <= Drive;
            group_q <= group_q + 1;
            row_first <= 16'(select_first);
            row_count <= 16'(select_count);
          end
        end
      end
      if (compute_ends) begin
        busy  <= 1'b0;
        waits <= !hand_over;
      end else if (hand_over) waits <= 1'b0;
      if (take) begin
        busy <= 1'b1;
        phase <= Drive;
        cycles <= 32'd0;
        group_q <= 32'd0;
        groups <= take_groups;
        rows_per_group <= take_rows_per_group;
        step <= 32'd0;
        steps <= (32'(load_tile.outputs) + irc_config_pkg::AMPLIFIERS - 1) / irc_config_pkg::AMPLIFIERS;
        tile_rows <= load_tile.rows;
        row_first <= 16'd0;
        row_count <= 16'(take_rows_per_group);
        first_line <= irc_config_pkg::REFERENCE_SCHEME != 0 ? load_tile.first_pair << 1 : load_tile.first_pair;
        outputs <= load_tile.outputs;
        begin_q <= load_tile.output_begin;
        piece <= load_tile.row_pieces > 1;
        first_piece <= load_tile.row_begin == 0;
        compute_tile <= load_tile.number;
        compute_vector <= load_vector;
        y_c <= load_y;
        x_c <= load_x;
        last_tile <= !next_valid;
      end
    end
  end
endmodule
