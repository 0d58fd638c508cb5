// SPDX-License-Identifier: Apache-2.0
// Outputs on their way from the output registers to the activation buffer. Partial sums are added up on the way; of
// several macros that add to one sum in the same cycle, the first one goes first.
module irc_store #(
    parameter [31:0] At = irc_config_pkg::BUFFER_WORDS > 1 ? $clog2(irc_config_pkg::BUFFER_WORDS) : 1,
    parameter [31:0] Lines = 1,
    parameter [31:0] Lanes = 1,
    parameter [31:0] SumLanes = 1
) (
    input  logic                                        clk,
    input  logic [                                31:0] layer,         // sums of older layers count as 0
    input  logic [                                31:0] out_buffer,
    input  logic [                                15:0] out_channels,
    input  logic [          irc_config_pkg::MACROS-1:0] store_go,
    input  logic [       irc_config_pkg::MACROS*32-1:0] store_beat,
    input  logic [          irc_config_pkg::MACROS-1:0] store_piece,
    input  logic [       irc_config_pkg::MACROS*32-1:0] store_vector,
    input  logic [       irc_config_pkg::MACROS*16-1:0] store_begin,
    input  logic [       irc_config_pkg::MACROS*16-1:0] store_outputs,
    input  logic [ irc_config_pkg::MACROS*Lines*64-1:0] store_value,
    // The activation buffer
    output logic [    irc_config_pkg::MACROS*Lanes-1:0] write,
    output logic [ irc_config_pkg::MACROS*Lanes*At-1:0] at,
    output logic [  irc_config_pkg::MACROS*Lanes*6-1:0] bit_at,
    output logic [    irc_config_pkg::MACROS*Lanes-1:0] data
);
  localparam [31:0] Ports = irc_config_pkg::MACROS * SumLanes;
  localparam [31:0] SumAt = At + 6;
  logic [Ports-1:0] sum_valid;
  logic [Ports*SumAt-1:0] sum_at;
  logic [Ports*64-1:0] old_sum, next_sum;
  logic [Ports*32-1:0] old_of;
  irc_partial_sums #(.At(SumAt), .Ports(Ports)) memory (
      .clk, .valid(sum_valid), .at(sum_at), .sum(old_sum), .sum_of(old_of), .next_sum, .next_sum_of(layer)
  );

  for (genvar m = 0; m < irc_config_pkg::MACROS; m++) begin : gen_macro
    logic [Lanes-1:0] valid, fires;
    logic [Lanes*At-1:0] word;
    logic [Lanes*6-1:0] bit_of_word;
    logic [SumLanes-1:0] adds, positive;
    logic [SumLanes*64-1:0] value, total;
    logic [SumLanes*SumAt-1:0] place;
    irc_store_lanes #(.At(At), .Lines(Lines), .Lanes(Lanes), .SumLanes(SumLanes)) lanes (
        .clk, .go(store_go[m]), .beat(store_beat[32*m+:32]), .piece(store_piece[m]),
        .vector(store_vector[32*m+:32]), .output_begin(store_begin[16*m+:16]), .outputs(store_outputs[16*m+:16]),
        .value(store_value[Lines*64*m+:Lines*64]), .out_buffer, .out_channels, .valid, .at(word),
        .bit_at(bit_of_word), .fires, .sum_valid(adds), .sum(value)
    );
    for (genvar k = 0; k < SumLanes; k++) begin : gen_sum
      logic [63:0] from_memory;
      assign place[SumAt*k+:SumAt] = {word[At*k+:At], bit_of_word[6*k+:6]};
      assign from_memory = old_of[32*(SumLanes*m+k)+:32] == layer ? old_sum[64*(SumLanes*m+k)+:64] : 64'd0;
      for (genvar e = 0; e <= m; e++) begin : gen_earlier
        logic [63:0] base;
        if (e == 0) begin : gen_memory
          assign base = from_memory;
        end else begin : gen_forward
          irc_sum_forward #(.At(SumAt), .Lanes(SumLanes)) forward (
              .valid(adds[k]), .at(place[SumAt*k+:SumAt]), .base(gen_earlier[e-1].base),
              .other_valid(gen_macro[e-1].adds), .other_at(gen_macro[e-1].place), .other_sum(gen_macro[e-1].total),
              .result(base)
          );
        end
      end
      assign total[64*k+:64] = gen_earlier[m].base + value[64*k+:64];
      assign positive[k] = $signed(total[64*k+:64]) > 64'sd0;
    end
    assign sum_valid[SumLanes*m+:SumLanes] = adds;
    assign sum_at[SumLanes*SumAt*m+:SumLanes*SumAt] = place;
    assign next_sum[SumLanes*64*m+:SumLanes*64] = total;
    assign at[Lanes*At*m+:Lanes*At] = word;
    assign bit_at[Lanes*6*m+:Lanes*6] = bit_of_word;
    always_comb begin
      write[Lanes*m+:Lanes] = valid;
      data[Lanes*m+:Lanes] = fires;
      if (store_piece[m]) begin
        write[Lanes*m+:Lanes] = Lanes'(adds);
        data[Lanes*m+:Lanes] = Lanes'(positive);
      end
    end
  end
endmodule
