// SPDX-License-Identifier: Apache-2.0
// Runs a program: fetches descriptors, tile records, cells, biases and parameter blocks, programs tiles, runs layers,
// and counts the cycles of the interrupt. Decisions take no cycle: a check takes place in the first cycle of the work
// that it permits, and refuses the work there.
module irc_program (
    input  logic                          clk,
    input  logic                          rst_n,
    input  logic                          doorbell,
    input  logic [                  63:0] program_address,
    output logic                          command_done,
    output logic                          layer_interrupt,
    output logic                          program_done,
    output logic [                  31:0] fault,
    // Reads
    output logic                          read_start,
    output logic [                  63:0] read_address,
    output logic [                  31:0] read_bytes,
    input  logic                          chunk_valid,
    input  logic [       irc_config_pkg::BUS_BYTES*8-1:0] chunk,
    input  logic [                  31:0] chunk_bytes,
    input  logic                          read_done,
    input  logic                          read_failed,
    // The command
    output logic [irc_contract_pkg::DESCRIPTOR_BYTES*8-1:0] command_bits,
    output irc_command_t                      command,
    output logic                          command_begins,  // at the coming edge
    output logic                          fetching,
    output logic                          to_tiles,        // destination of the chunks
    output logic                          to_stage,
    output logic                          to_bias,
    output logic                          to_parameters,
    output logic                          table_begins,
    input  logic                          table_bad,
    input  logic                          layer_bad,
    input  logic                          layer_ok,        // the digital unit accepts the layer
    input  logic                          parameters_ok,
    input  logic                          hold,            // rows of the last layer are still draining
    // Programming
    output logic [                  31:0] tile_index,
    input  irc_tile_t                         tile,
    output logic                          evict,
    output logic                          insert,
    output logic                          insert_biased,
    output logic                          cells_begin,
    output logic                          bias_begins,
    output logic                          program_go,      // first cycle of a row's programming
    output logic [                  31:0] program_row,
    output logic                          program_last,
    // Layers
    output logic                          run,
    input  logic                          layer_over,
    input  logic                          layer_failed
);
  // This is no enumeration because Icarus 11 does not accept enumerations in conditional expressions.
  localparam logic [3:0]
    Idle = 4'd0,
    Fetch = 4'd1,
    Fetching = 4'd2,
    Start = 4'd3,
    Table = 4'd4,
    TableThere = 4'd5,
    Cells = 4'd6,
    CellsComing = 4'd7,
    Biases = 4'd8,
    BiasesComing = 4'd9,
    Programming = 4'd10,
    Parameters = 4'd11,
    ParametersThere = 4'd12,
    Layer = 4'd13,
    Interrupt = 4'd14;
  logic [3:0] state;

  logic [63:0] address;
  logic [31:0] error_q, error, waited, row_cycles;
  logic [irc_contract_pkg::DESCRIPTOR_BYTES*8-1:0] incoming, merged;
  logic [31:0] incoming_bytes;
  logic [31:0] decode_error, place_error;
  logic is_layer, is_table, is_digital;

  assign command = irc_types_pkg::unpack_command(command_bits);
  irc_decode decode (.command, .decode_error, .place_error, .is_layer);
  assign is_table   = 32'(command.opcode) == irc_contract_pkg::OPCODE_PROGRAM || 32'(command.opcode) == irc_contract_pkg::OPCODE_CONV_ARRAY;
  assign is_digital = 32'(command.opcode) == irc_contract_pkg::OPCODE_CONV_DIGITAL || 32'(command.opcode) == irc_contract_pkg::OPCODE_HEAD;

  always_comb begin
    merged = incoming;
    for (int unsigned i = 0; i < irc_config_pkg::BUS_BYTES; i++)
      if (i < chunk_bytes) merged[8*(incoming_bytes+i)+:8] = chunk[8*i+:8];
  end

  // A program begins in the cycle in which its doorbell is seen.
  logic rung, fetch;
  assign rung  = state == Idle && doorbell;
  assign fetch = state == Fetch || rung;

  // ---- results of the checks in the first cycle after a transfer
  logic [31:0] found;
  always_comb begin
    found = irc_contract_pkg::ERROR_NONE;
    case (state)
      Start:
      if (decode_error != irc_contract_pkg::ERROR_NONE) found = decode_error;
      else if (is_table) begin
        if (command.table_entries == 0 || command.table_entries > irc_config_pkg::MACROS * irc_config_pkg::COLUMN_PAIRS) found = irc_contract_pkg::ERROR_BAD_TILE;
      end else if (!is_layer) begin
        if (command.table_entries > irc_contract_pkg::MAX_PARAMETER_BYTES) found = irc_contract_pkg::ERROR_BAD_PARAMETERS;
      end else if (is_digital && !layer_ok) found = irc_contract_pkg::ERROR_BAD_PARAMETERS;
      else found = place_error;
      TableThere:
      if (table_bad) found = irc_contract_pkg::ERROR_BAD_TILE;
      else if (is_layer) found = layer_bad ? irc_contract_pkg::ERROR_BAD_TILE : place_error;
      ParametersThere: if (!parameters_ok) found = irc_contract_pkg::ERROR_BAD_PARAMETERS;
      Layer: if (layer_over && layer_failed) found = irc_contract_pkg::ERROR_BUS_ERROR;
      default: ;
    endcase
  end

  logic starts, table_there, waiting;
  assign starts      = state == Start && !hold && found == irc_contract_pkg::ERROR_NONE;
  assign table_there = state == TableThere && found == irc_contract_pkg::ERROR_NONE;
  assign run = (starts && is_layer && !is_table) || (table_there && is_layer) || (state == Layer && !layer_over);

  // ---- The cycles of the interrupt begin with the cycle that ends a command, with or without an error.
  assign waiting = state == Interrupt || state == ParametersThere || (state == Layer && layer_over) ||
                   (state == Start && !hold && found != irc_contract_pkg::ERROR_NONE) ||
                   (state == TableThere && found != irc_contract_pkg::ERROR_NONE);
  assign error = state == Interrupt ? error_q : found;
  logic ends;
  assign ends            = waiting && (state == Interrupt ? waited : 32'd0) + 1 == irc_config_pkg::INTERRUPT_CYCLES;
  assign command_done    = ends && error == irc_contract_pkg::ERROR_NONE;
  assign layer_interrupt = (command.flags & 8'(irc_contract_pkg::FLAG_INTERRUPT)) != 0;
  assign program_done    = ends && (error != irc_contract_pkg::ERROR_NONE || (command.flags & 8'(irc_contract_pkg::FLAG_END)) != 0);
  assign fault           = error;

  // ---- transfers
  assign evict        = (table_there && !is_layer) || state == Cells;
  assign cells_begin  = evict;
  assign bias_begins  = state == Biases;
  assign table_begins = starts && is_table;
  always_comb begin
    read_start = 1'b0;
    read_address = command.table_memory;
    read_bytes = irc_contract_pkg::DESCRIPTOR_BYTES;
    if (fetch) begin
      read_start   = 1'b1;
      read_address = rung ? program_address : address;
    end else if (starts && !(is_layer && !is_table)) begin
      read_start = 1'b1;
      read_bytes = is_table ? command.table_entries * irc_contract_pkg::TILE_RECORD_BYTES : command.table_entries;
    end else if (evict) begin
      read_start   = 1'b1;
      read_address = tile.cells_memory;
      read_bytes   = tile.cells_bytes;
    end else if (state == Biases) begin
      read_start   = 1'b1;
      read_address = tile.bias_memory;
      read_bytes   = 32'(tile.outputs) * 4;
    end
  end
  assign fetching       = fetch || state == Fetching;
  assign to_tiles       = state == Table;
  assign to_stage       = state == CellsComing;
  assign to_bias        = state == BiasesComing;
  assign to_parameters  = state == Parameters;
  assign command_begins = state == Fetching && read_done;

  // ---- programming
  logic row_ends, tile_ends, more_tiles;
  assign program_go    = state == Programming && row_cycles == 0;
  assign program_last  = program_row + 1 == tile.rows;
  assign row_ends      = state == Programming && row_cycles + 1 == irc_config_pkg::PROGRAM_ROW_CYCLES;
  assign tile_ends     = row_ends && program_last;
  assign insert        = tile_ends;
  assign insert_biased = tile.bias_memory != 0;
  assign more_tiles    = tile_index + 1 < command.table_entries;

  logic [3:0] next_state;
  always_comb begin
    next_state = state;
    case (state)
      Idle: if (doorbell) next_state = Fetching;
      Fetch: next_state = Fetching;
      Fetching: if (read_done) next_state = read_failed ? Interrupt : Start;
      Start: if (starts) next_state = is_table ? Table : is_layer ? Layer : Parameters;
      Table: if (read_done) next_state = read_failed ? Interrupt : TableThere;
      TableThere: if (table_there) next_state = is_layer ? Layer : CellsComing;
      Cells: next_state = CellsComing;
      CellsComing:
      if (read_done) next_state = read_failed ? Interrupt : insert_biased ? Biases : Programming;
      Biases: next_state = BiasesComing;
      BiasesComing: if (read_done) next_state = read_failed ? Interrupt : Programming;
      Programming: if (tile_ends) next_state = more_tiles ? Cells : Interrupt;
      Parameters: if (read_done) next_state = read_failed ? Interrupt : ParametersThere;
      default: ;
    endcase
    if (waiting) next_state = !ends ? Interrupt : program_done ? Idle : Fetch;
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= Idle;
      command_bits <= '0;
      address <= 64'd0;
      error_q <= irc_contract_pkg::ERROR_NONE;
      waited <= 32'd0;
      tile_index <= 32'd0;
      program_row <= 32'd0;
      row_cycles <= 32'd0;
      incoming_bytes <= 32'd0;
    end else begin
      state <= next_state;
      if (state == Fetching && chunk_valid) begin
        incoming <= merged;
        incoming_bytes <= incoming_bytes + chunk_bytes;
        if (read_done) command_bits <= merged;
      end
      if (fetch) incoming_bytes <= 32'd0;
      if (rung) address <= program_address;
      waited <= waiting ? (state == Interrupt ? waited : 32'd0) + 1 : 32'd0;
      if (waiting) error_q <= error;
      else if (read_done) error_q <= read_failed ? irc_contract_pkg::ERROR_BUS_ERROR : irc_contract_pkg::ERROR_NONE;
      else if (state == Programming) error_q <= irc_contract_pkg::ERROR_NONE;
      if (ends && !program_done) address <= address + 64'(irc_contract_pkg::DESCRIPTOR_BYTES);
      if (table_begins) tile_index <= 32'd0;
      else if (tile_ends) tile_index <= tile_index + 1;
      if (state != Programming) begin
        program_row <= 32'd0;
        row_cycles  <= 32'd0;
      end else begin
        row_cycles <= row_ends ? 32'd0 : row_cycles + 1;
        if (row_ends) program_row <= program_row + 1;
      end
    end
  end
endmodule
