// SPDX-License-Identifier: Apache-2.0
// The programmed tiles of one macro, by their first column pair.
module irc_directory #(
    parameter [31:0] Pairs = irc_config_pkg::COLUMN_PAIRS
) (
    input  logic                 clk,
    input  logic                 rst_n,
    // Is this tile programmed?
    input  irc_tile_t tile,
    output logic                 found,
    output logic                 biased,         // what lies at its place came with biases
    output logic                 nonzero,        // these biases are not all 0
    // Changes
    input  irc_tile_t program_tile,
    input  logic                 evict,          // removes the tiles that overlap program_tile, and its older cells
    input  logic                 insert,
    input  logic                 insert_biased,
    input  logic                 insert_nonzero
);
  logic [Pairs-1:0] resident, resident_biased, resident_nonzero;
  logic [Pairs*32-1:0] number, rows;
  logic [Pairs*16-1:0] columns, outputs;

  localparam [31:0] PlaceBits = Pairs > 1 ? $clog2(Pairs) : 1;
  logic [PlaceBits-1:0] at;
  assign at = tile.first_pair[PlaceBits-1:0];
  assign biased  = resident_biased[at];
  assign nonzero = resident_nonzero[at];
  assign found = resident[at] && number[32*at+:32] == tile.number && rows[32*at+:32] == tile.rows &&
                 columns[16*at+:16] == tile.columns && outputs[16*at+:16] == tile.outputs;

  // Whether the bit lines of an entry overlap those of the tile to program.
  logic [Pairs-1:0] overlaps;
  always_comb
    for (int unsigned i = 0; i < Pairs; i++)
      overlaps[i] = 18'(2 * i) < 18'(program_tile.first_pair) * 2 + 18'(program_tile.columns) &&
                    18'(program_tile.first_pair) * 2 < 18'(2 * i) + 18'(columns[16*i+:16]);

  always_ff @(posedge clk) begin
    if (!rst_n) resident <= '0;
    else if (evict) begin
      for (int unsigned i = 0; i < Pairs; i++)
        if (overlaps[i] || number[32*i+:32] == program_tile.number) resident[i] <= 1'b0;
    end else if (insert) begin
      for (int unsigned i = 0; i < Pairs; i++)
        if (32'(program_tile.first_pair) == i) begin
          resident[i] <= 1'b1;
          resident_biased[i] <= insert_biased;
          resident_nonzero[i] <= insert_nonzero;
          number[32*i+:32] <= program_tile.number;
          rows[32*i+:32] <= program_tile.rows;
          columns[16*i+:16] <= program_tile.columns;
          outputs[16*i+:16] <= program_tile.outputs;
        end
    end
  end
endmodule
