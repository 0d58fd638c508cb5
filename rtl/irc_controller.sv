// SPDX-License-Identifier: Apache-2.0
// The accelerator without its analog macros and its digital unit. Their pins are ports (docs/cosim.md).
module irc_controller (
    input  logic clk,
    input  logic rst_n,

    // AXI4-Lite: registers
    input  logic [11:0] s_axil_awaddr,
    input  logic [ 2:0] s_axil_awprot,
    input  logic        s_axil_awvalid,
    output logic        s_axil_awready,
    input  logic [31:0] s_axil_wdata,
    input  logic [ 3:0] s_axil_wstrb,
    input  logic        s_axil_wvalid,
    output logic        s_axil_wready,
    output logic [ 1:0] s_axil_bresp,
    output logic        s_axil_bvalid,
    input  logic        s_axil_bready,
    input  logic [11:0] s_axil_araddr,
    input  logic [ 2:0] s_axil_arprot,
    input  logic        s_axil_arvalid,
    output logic        s_axil_arready,
    output logic [31:0] s_axil_rdata,
    output logic [ 1:0] s_axil_rresp,
    output logic        s_axil_rvalid,
    input  logic        s_axil_rready,

    // AXI4: descriptors, weights, images, results
    output logic [            3:0] m_axi_awid,
    output logic [           63:0] m_axi_awaddr,
    output logic [            7:0] m_axi_awlen,
    output logic [            2:0] m_axi_awsize,
    output logic [            1:0] m_axi_awburst,
    output logic                   m_axi_awvalid,
    input  logic                   m_axi_awready,
    output logic [irc_config_pkg::BUS_BYTES*8-1:0] m_axi_wdata,
    output logic [  irc_config_pkg::BUS_BYTES-1:0] m_axi_wstrb,
    output logic                   m_axi_wlast,
    output logic                   m_axi_wvalid,
    input  logic                   m_axi_wready,
    input  logic [            3:0] m_axi_bid,
    input  logic [            1:0] m_axi_bresp,
    input  logic                   m_axi_bvalid,
    output logic                   m_axi_bready,
    output logic [            3:0] m_axi_arid,
    output logic [           63:0] m_axi_araddr,
    output logic [            7:0] m_axi_arlen,
    output logic [            2:0] m_axi_arsize,
    output logic [            1:0] m_axi_arburst,
    output logic                   m_axi_arvalid,
    input  logic                   m_axi_arready,
    input  logic [            3:0] m_axi_rid,
    input  logic [irc_config_pkg::BUS_BYTES*8-1:0] m_axi_rdata,
    input  logic [            1:0] m_axi_rresp,
    input  logic                   m_axi_rlast,
    input  logic                   m_axi_rvalid,
    output logic                   m_axi_rready,

    output logic irq,

    // Macros
    output logic [                   irc_config_pkg::MACROS*irc_config_pkg::ROWS-1:0] macro_wl,
    output logic [                     irc_config_pkg::MACROS*16-1:0] macro_row_first,
    output logic [                     irc_config_pkg::MACROS*16-1:0] macro_row_count,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_drive,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_settle,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_sense,
    output logic [                     irc_config_pkg::MACROS*16-1:0] macro_line,
    output logic [                     irc_config_pkg::MACROS*16-1:0] macro_lines,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_bias_on,
    output logic [                     irc_config_pkg::MACROS*64-1:0] macro_read,
    output logic [                     irc_config_pkg::MACROS*16-1:0] macro_group,
    input  logic [irc_config_pkg::MACROS*irc_config_pkg::AMPLIFIERS*irc_config_pkg::LEVEL_BITS-1:0] macro_level,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_program,
    output logic [                              15:0] macro_program_row,
    output logic [                              15:0] macro_program_first,
    output logic [                              15:0] macro_program_columns,
    output logic [                2*irc_config_pkg::COLUMN_PAIRS-1:0] macro_program_cells,
    output logic                                      macro_program_last,
    output logic [                        irc_config_pkg::MACROS-1:0] macro_bias_we,
    output logic [                              15:0] macro_bias_line,
    output logic [                   irc_config_pkg::BUS_BYTES/4-1:0] macro_bias_lanes,
    output logic [                   irc_config_pkg::BUS_BYTES*8-1:0] macro_bias_data,

    // Digital unit
    output logic [irc_contract_pkg::DESCRIPTOR_BYTES*8-1:0] du_command,
    output logic                          du_clear,
    output logic                          du_param_valid,
    output logic [       irc_config_pkg::BUS_BYTES*8-1:0] du_param_data,
    output logic [                   7:0] du_param_bytes,
    input  logic                          du_param_ok,
    input  logic                          du_layer_ok,
    output logic                          du_in_valid,
    output logic [                  15:0] du_in_bits,
    output logic [    irc_config_pkg::MACS_PER_CYCLE-1:0] du_in_data,
    output logic                          du_row_start,
    output logic [                  15:0] du_row,
    output logic                          du_row_done,
    output logic [                  15:0] du_out_row,
    output logic [                  31:0] du_out_bit,
    input  logic [    irc_config_pkg::MACS_PER_CYCLE-1:0] du_out_data,
    output logic [                  15:0] du_beat_row,
    output logic [                  31:0] du_beat_byte,
    input  logic [       irc_config_pkg::BUS_BYTES*8-1:0] du_beat_data,

    // For observation by test benches and traces
    output logic [   irc_config_pkg::MACROS-1:0] obs_load,
    output logic [   irc_config_pkg::MACROS-1:0] obs_compute,
    output logic [   irc_config_pkg::MACROS-1:0] obs_store,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_load_vector,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_compute_vector,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_store_vector,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_load_tile,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_compute_tile,
    output logic [irc_config_pkg::MACROS*32-1:0] obs_store_tile,
    output logic [         31:0] obs_command,
    output logic [         15:0] obs_layer,
    output logic                 obs_fetch,
    output logic                 obs_layer_run,  // rows of a layer are being processed
    output logic                 obs_row_start,
    output logic                 obs_row_done,
    output logic                 obs_layer_end
);
  localparam [31:0] Lines = irc_config_pkg::REFERENCE_SCHEME != 0 ? 2 * irc_config_pkg::COLUMN_PAIRS : irc_config_pkg::COLUMN_PAIRS;
  localparam [31:0] RecordBits = irc_contract_pkg::TILE_RECORD_BYTES * 8;

  // ---- registers and program
  logic doorbell, command_done, layer_interrupt, program_done;
  logic [63:0] program_address;
  logic [31:0] picture, fault;
  irc_csr csr (
      .clk, .rst_n,
      .awaddr(s_axil_awaddr), .awvalid(s_axil_awvalid), .awready(s_axil_awready),
      .wdata(s_axil_wdata), .wstrb(s_axil_wstrb), .wvalid(s_axil_wvalid), .wready(s_axil_wready),
      .bresp(s_axil_bresp), .bvalid(s_axil_bvalid), .bready(s_axil_bready),
      .araddr(s_axil_araddr), .arvalid(s_axil_arvalid), .arready(s_axil_arready),
      .rdata(s_axil_rdata), .rresp(s_axil_rresp), .rvalid(s_axil_rvalid), .rready(s_axil_rready),
      .irq, .doorbell, .program_address, .picture, .command_done, .layer_interrupt, .program_done, .fault,
      .command_index(obs_command)
  );

  irc_command_t command;
  irc_tile_t program_tile;
  logic command_begins, to_tiles, to_stage, to_bias, to_parameters, table_begins, table_bad, layer_bad;
  logic evict, insert, insert_biased, bias_nonzero, cells_begin, bias_begins, program_go, program_last;
  logic run, layer_over, layer_failed, drain_busy;
  logic [31:0] tile_index, program_row;
  logic fetch_start;
  logic [63:0] fetch_address;
  logic [31:0] fetch_bytes;
  logic chunk_valid, read_done, read_failed, read_busy;
  logic [irc_config_pkg::BUS_BYTES*8-1:0] chunk;
  logic [31:0] chunk_bytes;
  irc_program program_walk (
      .clk, .rst_n, .doorbell, .program_address, .command_done, .layer_interrupt, .program_done, .fault,
      .read_start(fetch_start), .read_address(fetch_address), .read_bytes(fetch_bytes),
      .chunk_valid, .chunk, .chunk_bytes, .read_done, .read_failed,
      .command_bits(du_command), .command, .command_begins, .fetching(obs_fetch),
      .to_tiles, .to_stage, .to_bias, .to_parameters, .table_begins, .table_bad, .layer_bad,
      .layer_ok(du_layer_ok), .parameters_ok(du_param_ok), .hold(drain_busy),
      .tile_index, .tile(program_tile), .evict, .insert, .insert_biased, .cells_begin, .bias_begins,
      .program_go, .program_row, .program_last, .run, .layer_over, .layer_failed
  );
  assign obs_layer     = command.layer;
  assign obs_layer_end = command_done;

  // ---- DMA
  logic layer_read_start, layer_write_start, write_busy, write_done, write_failed, output_take;
  logic [63:0] layer_read_address, layer_write_address;
  logic [31:0] layer_read_bytes, layer_write_bytes, output_bytes;
  logic [irc_config_pkg::BUS_BYTES*8-1:0] output_beat;
  irc_dma_read dma_read (
      .clk, .rst_n, .start(fetch_start || layer_read_start),
      .address(fetch_start ? fetch_address : layer_read_address),
      .bytes(fetch_start ? fetch_bytes : layer_read_bytes),
      .busy(read_busy), .chunk_valid, .chunk, .chunk_bytes, .done(read_done), .failed(read_failed),
      .araddr(m_axi_araddr), .arlen(m_axi_arlen), .arvalid(m_axi_arvalid), .arready(m_axi_arready),
      .rdata(m_axi_rdata), .rresp(m_axi_rresp), .rvalid(m_axi_rvalid), .rready(m_axi_rready)
  );
  irc_dma_write dma_write (
      .clk, .rst_n, .start(layer_write_start), .address(layer_write_address), .bytes(layer_write_bytes),
      .busy(write_busy), .beat_take(output_take), .beat_bytes(output_bytes),
      .beat(command.opcode == 8'(irc_contract_pkg::OPCODE_HEAD) ? du_beat_data : output_beat),
      .done(write_done), .failed(write_failed),
      .awaddr(m_axi_awaddr), .awlen(m_axi_awlen), .awvalid(m_axi_awvalid), .awready(m_axi_awready),
      .wdata(m_axi_wdata), .wstrb(m_axi_wstrb), .wlast(m_axi_wlast), .wvalid(m_axi_wvalid),
      .wready(m_axi_wready), .bresp(m_axi_bresp), .bvalid(m_axi_bvalid), .bready(m_axi_bready)
  );
  assign m_axi_awid = 4'd0;
  assign m_axi_arid = 4'd0;
  assign m_axi_awsize = 3'($clog2(irc_config_pkg::BUS_BYTES));
  assign m_axi_arsize = 3'($clog2(irc_config_pkg::BUS_BYTES));
  assign m_axi_awburst = 2'b01;
  assign m_axi_arburst = 2'b01;

  // ---- tiles and programming
  logic adds_up;
  logic [irc_config_pkg::MACROS*32-1:0] index, next_index, first_index;
  logic [irc_config_pkg::MACROS-1:0] next_valid, first_valid;
  logic [irc_config_pkg::MACROS*RecordBits-1:0] record;
  irc_tiles tiles (
      .clk, .rst_n, .command, .clear(table_begins), .chunk_valid(chunk_valid && to_tiles), .chunk, .chunk_bytes,
      .table_bad, .layer_bad, .adds_up, .program_index(tile_index), .program_tile, .index, .record, .next_valid,
      .next_index, .first_valid, .first_index, .evict, .insert, .insert_biased, .insert_nonzero(bias_nonzero)
  );
  irc_cell_stage cell_stage (
      .clk, .clear(cells_begin), .chunk_valid(chunk_valid && to_stage), .chunk, .chunk_bytes,
      .rows(program_tile.rows), .columns(program_tile.columns), .row_valid(program_go), .row(program_row), .row_cells(macro_program_cells)
  );
  logic [31:0] bias_index, first_line;
  irc_bias_words bias_words (
      .clk, .clear(bias_begins), .chunk_valid(chunk_valid && to_bias), .chunk, .chunk_bytes,
      .lanes(macro_bias_lanes), .data(macro_bias_data), .index(bias_index), .nonzero(bias_nonzero)
  );
  assign first_line = irc_config_pkg::REFERENCE_SCHEME != 0 ? 32'(program_tile.first_pair) * 2 : 32'(program_tile.first_pair);
  assign macro_bias_line       = 16'(first_line + bias_index);
  assign macro_program_row     = 16'(program_row);
  assign macro_program_first   = 16'(32'(program_tile.first_pair) * 2);
  assign macro_program_columns = program_tile.columns;
  assign macro_program_last    = program_go && program_last;
  always_comb
    for (int unsigned m = 0; m < irc_config_pkg::MACROS; m++) begin
      macro_program[m] = program_go && 32'(program_tile.macro_index) == m;
      macro_bias_we[m] = macro_bias_lanes != 0 && 32'(program_tile.macro_index) == m;
    end

  // ---- layer
  logic input_first, row_go, row_first_cycle, row_last_cycle;
  logic [31:0] input_rows;
  logic [15:0] input_row, output_row, row, array_rows;
  logic [irc_config_pkg::MACROS-1:0] vectors_under_way;
  irc_layer layer (
      .clk, .rst_n, .run, .command, .array_rows, .array_busy(vectors_under_way != 0), .input_rows,
      .read_start(layer_read_start), .read_address(layer_read_address), .read_bytes(layer_read_bytes),
      .read_busy, .read_chunk(chunk_valid), .read_done, .read_failed, .input_first, .input_row,
      .write_start(layer_write_start), .write_address(layer_write_address), .write_bytes(layer_write_bytes),
      .write_busy, .write_done, .write_failed, .output_row,
      .row_go, .row_first_cycle, .row_last_cycle, .row, .over(layer_over), .failed(layer_failed)
  );

  // ---- macros
  logic run_array;
  logic [63:0] read_base;
  logic [irc_config_pkg::MACROS-1:0] load_go, load_first, load_slide, take, select, release_rows, store_go, store_piece;
  logic [irc_config_pkg::MACROS*32-1:0] load_begin, load_end, load_rows, select_first, select_count, store_beat;
  logic [irc_config_pkg::MACROS*16-1:0] load_y, load_x, store_begin, store_outputs, rows_done;
  logic [irc_config_pkg::MACROS*Lines*64-1:0] store_value;
  assign run_array = run && command.opcode == 8'(irc_contract_pkg::OPCODE_CONV_ARRAY);
  assign read_base = 64'(picture) * 64'(32'(command.out_height) * 32'(command.out_width));
  for (genvar m = 0; m < irc_config_pkg::MACROS; m++) begin : gen_macro
    irc_macro_sequencer sequencer (
        .clk, .rst_n, .run(run_array), .command, .read_base, .adds_up, .input_rows,
        .stop(layer_failed), .under_way(vectors_under_way[m]),
        .first_valid(first_valid[m]), .first_index(first_index[32*m+:32]), .index(index[32*m+:32]),
        .record(record[RecordBits*m+:RecordBits]), .next_valid(next_valid[m]),
        .next_index(next_index[32*m+:32]),
        .bias_we(macro_bias_we[m]), .bias_line(32'(macro_bias_line)), .bias_lanes(macro_bias_lanes),
        .bias_data(macro_bias_data),
        .load_go(load_go[m]), .load_first(load_first[m]), .load_slide(load_slide[m]),
        .load_begin(load_begin[32*m+:32]), .load_rows(load_rows[32*m+:32]), .load_number(obs_load_tile[32*m+:32]),
        .load_end(load_end[32*m+:32]), .load_y(load_y[16*m+:16]), .load_x(load_x[16*m+:16]),
        .load_vector(obs_load_vector[32*m+:32]), .take(take[m]), .select(select[m]),
        .release_rows(release_rows[m]), .select_first(select_first[32*m+:32]),
        .select_count(select_count[32*m+:32]),
        .drive(macro_drive[m]), .settle(macro_settle[m]), .sense(macro_sense[m]),
        .row_first(macro_row_first[16*m+:16]), .row_count(macro_row_count[16*m+:16]),
        .line(macro_line[16*m+:16]), .lines(macro_lines[16*m+:16]), .bias_on(macro_bias_on[m]),
        .read(macro_read[64*m+:64]), .group(macro_group[16*m+:16]),
        .level(macro_level[irc_config_pkg::AMPLIFIERS*irc_config_pkg::LEVEL_BITS*m+:irc_config_pkg::AMPLIFIERS*irc_config_pkg::LEVEL_BITS]),
        .store_go(store_go[m]), .store_beat(store_beat[32*m+:32]), .store_piece(store_piece[m]),
        .store_vector(obs_store_vector[32*m+:32]), .store_begin(store_begin[16*m+:16]),
        .store_outputs(store_outputs[16*m+:16]), .store_value(store_value[Lines*64*m+:Lines*64]),
        .compute_vector(obs_compute_vector[32*m+:32]), .compute_tile(obs_compute_tile[32*m+:32]),
        .store_tile(obs_store_tile[32*m+:32]), .rows_done(rows_done[16*m+:16])
    );
    assign obs_compute[m] = macro_drive[m] || macro_settle[m] || macro_sense[m];
  end
  assign obs_load  = load_go;
  assign obs_store = store_go;
  always_comb begin
    array_rows = 16'hffff;
    for (int unsigned m = 0; m < irc_config_pkg::MACROS; m++)
      if (rows_done[16*m+:16] < array_rows) array_rows = rows_done[16*m+:16];
  end

  // ---- data
  logic is_digital, from_memory, is_picture;
  logic [15:0] push_bits;
  logic [irc_config_pkg::MACS_PER_CYCLE-1:0] push_data;
  assign is_digital  = command.opcode == 8'(irc_contract_pkg::OPCODE_CONV_DIGITAL) || command.opcode == 8'(irc_contract_pkg::OPCODE_HEAD);
  assign is_picture  = (command.flags & 8'(irc_contract_pkg::FLAG_PICTURE_INPUT)) != 0;
  assign from_memory = run && chunk_valid;
  irc_datapath datapath (
      .clk, .rst_n, .command, .command_begins,
      .load_go, .load_first, .load_slide, .load_begin, .load_end, .load_rows, .load_y, .load_x, .take, .select,
      .release_rows, .select_first, .select_count, .word_lines(macro_wl),
      .store_go, .store_beat, .store_piece, .store_vector(obs_store_vector), .store_begin, .store_outputs,
      .store_value,
      .row_go(row_go && !is_digital), .row_first_cycle, .row,
      .input_chunk(from_memory && !is_picture), .input_first, .input_row, .chunk, .chunk_bytes,
      .output_first(layer_write_start), .output_valid(m_axi_wvalid), .output_take, .output_row, .output_bytes, .output_beat,
      .output_at(du_beat_byte),
      .push_go(run && is_digital && !is_picture), .input_rows, .push_bits, .push_data,
      .drain_start(du_row_done && command.opcode == 8'(irc_contract_pkg::OPCODE_CONV_DIGITAL)), .drain_busy,
      .drain_row(du_out_row), .drain_bit(du_out_bit), .drain_data(du_out_data)
  );

  // ---- digital unit
  assign du_clear       = command_begins;
  assign du_param_valid = chunk_valid && to_parameters;
  assign du_param_data  = chunk;
  assign du_param_bytes = 8'(chunk_bytes);
  assign du_in_valid    = is_picture ? from_memory : push_bits != 0;
  assign du_in_bits     = is_picture ? 16'(chunk_bytes * 8) : push_bits;
  assign du_in_data     = is_picture ? irc_config_pkg::MACS_PER_CYCLE'(chunk) : push_data;
  assign du_row_start   = row_go && row_first_cycle && is_digital;
  assign du_row_done    = row_last_cycle && is_digital;
  assign du_row         = row;
  assign du_beat_row    = output_row;
  assign obs_layer_run  = run;
  assign obs_row_start  = row_go && row_first_cycle;
  assign obs_row_done   = row_last_cycle;

  logic unused;
  assign unused = &{1'b0, s_axil_awprot, s_axil_arprot, m_axi_bid, m_axi_rid, m_axi_rlast};
endmodule
