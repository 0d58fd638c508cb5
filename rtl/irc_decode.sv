// SPDX-License-Identifier: Apache-2.0
// Checks a descriptor as far as possible without tiles or parameters (docs/registers.md: bad_magic, bad_version,
// bad_opcode, bad_shape), and checks that its maps fit (bad_shape, bad_buffer).
module irc_decode (
    input  irc_command_t    command,
    output logic [31:0] decode_error,
    output logic [31:0] place_error,  // evaluated after tiles or parameters
    output logic        is_layer      // neither program nor load_parameters
);
  logic [63:0] in_channels;
  logic [127:0] in_buffer;
  assign in_channels = command.in_channels;
  assign in_buffer   = command.in_buffer;

  logic streamed, picture, square, padded, window, sizes, suits, follows;
  assign streamed = (command.flags & 8'(irc_contract_pkg::FLAG_INPUT_FROM_MEMORY)) != 0;
  assign picture  = (command.flags & 8'(irc_contract_pkg::FLAG_PICTURE_INPUT)) != 0;
  assign square   = command.kernel_h == command.kernel_w && command.stride_h == command.stride_w;
  assign padded   = {command.pad_top, command.pad_left, command.pad_bottom, command.pad_right} != 32'd0;
  assign is_layer = command.opcode != 8'(irc_contract_pkg::OPCODE_PROGRAM) && command.opcode != 8'(irc_contract_pkg::OPCODE_LOAD_PARAMETERS);

  // Checks out = floor((in + pads - kernel) / stride) + 1 without a division.
  function automatic logic slides(input logic [15:0] size_in, input logic [7:0] pad_before, input logic [7:0] pad_after,
                                  input logic [7:0] kernel, input logic [7:0] stride,
                                  input logic [15:0] size_out);
    logic [31:0] padded_size, room;
    padded_size = 32'(size_in) + 32'(pad_before) + 32'(pad_after);
    room        = padded_size - 32'(kernel);
    slides = padded_size >= 32'(kernel) && (32'(size_out) - 1) * 32'(stride) <= room &&
             room < 32'(size_out) * 32'(stride);
  endfunction

  always_comb begin
    logic [31:0] joined;
    sizes = command.in_height != 0 && command.in_width != 0 && command.out_height != 0 &&
            command.out_width != 0 && command.out_channels != 0 && command.kernel_h != 0 &&
            command.kernel_w != 0 && command.stride_h != 0 && command.stride_w != 0 &&
            command.inputs != 0 && command.inputs <= 8'(irc_contract_pkg::MAX_INPUTS);
    joined = 32'd0;
    for (int unsigned i = 0; i < irc_contract_pkg::MAX_INPUTS; i++)
      if (i < 32'(command.inputs)) begin
        if (in_channels[16*i+:16] == 0) sizes = 1'b0;
        joined = joined + 32'(in_channels[16*i+:16]);
      end
    window = slides(command.in_height, command.pad_top, command.pad_bottom, command.kernel_h,
                    command.stride_h, command.out_height) &&
             slides(command.in_width, command.pad_left, command.pad_right, command.kernel_w,
                    command.stride_w, command.out_width);
    suits = command.opcode == 8'(irc_contract_pkg::OPCODE_CONCAT) || command.inputs == 1;
    if (picture && !(command.opcode == 8'(irc_contract_pkg::OPCODE_CONV_DIGITAL) && streamed)) suits = 1'b0;
    follows = window;
    case (32'(command.opcode))
      irc_contract_pkg::OPCODE_MAX_POOL: begin
        suits   = suits && square && !padded;
        follows = window && command.out_channels == command.in_channels[15:0];
      end
      irc_contract_pkg::OPCODE_UPSAMPLE: begin
        suits   = suits && square && !padded;
        follows = 32'(command.out_height) == 32'(command.in_height) * 32'(command.kernel_h) &&
                  32'(command.out_width) == 32'(command.in_width) * 32'(command.kernel_w) &&
                  command.out_channels == command.in_channels[15:0];
      end
      irc_contract_pkg::OPCODE_CONCAT:
      follows = command.out_height == command.in_height && command.out_width == command.in_width &&
                32'(command.out_channels) == joined;
      irc_contract_pkg::OPCODE_HEAD: suits = suits && (command.flags & 8'(irc_contract_pkg::FLAG_OUTPUT_TO_MEMORY)) != 0;
      default: ;
    endcase
  end

  always_comb begin
    decode_error = irc_contract_pkg::ERROR_NONE;
    if (command.head[31:8] != irc_contract_pkg::DESCRIPTOR_MAGIC[31:8]) decode_error = irc_contract_pkg::ERROR_BAD_MAGIC;
    else if (command.head[7:0] != irc_contract_pkg::DESCRIPTOR_VERSION[7:0]) decode_error = irc_contract_pkg::ERROR_BAD_VERSION;
    else if (32'(command.opcode) < irc_contract_pkg::OPCODE_PROGRAM || 32'(command.opcode) > irc_contract_pkg::OPCODE_CONCAT)
      decode_error = irc_contract_pkg::ERROR_BAD_OPCODE;
    else if (!is_layer) begin
      if (command.table_entries == 0) decode_error = irc_contract_pkg::ERROR_BAD_SHAPE;
    end else if (!sizes || !suits || !follows) decode_error = irc_contract_pkg::ERROR_BAD_SHAPE;
  end

  function automatic logic fits(input logic [31:0] first, input logic [63:0] words);
    fits = 64'(first) + words <= 64'(irc_config_pkg::BUFFER_WORDS);
  endfunction

  logic [63:0] in_pixels, out_pixels;
  assign in_pixels  = 64'(command.in_height) * 64'(command.in_width);
  assign out_pixels = 64'(command.out_height) * 64'(command.out_width);

  logic [31:0] words;  // of a pixel
  always_comb begin
    words = 32'd0;
    place_error = irc_contract_pkg::ERROR_NONE;
    if (picture) begin
      if (in_pixels * 64'(command.in_channels[15:0]) > 64'(irc_contract_pkg::MAX_MAP_VALUES))
        place_error = irc_contract_pkg::ERROR_BAD_SHAPE;
    end else begin
      for (int unsigned i = 0; i < irc_contract_pkg::MAX_INPUTS; i++) begin
        words = irc_types_pkg::pixel_words(in_channels[16*i+:16]);
        if (i < 32'(command.inputs) && !fits(in_buffer[32*i+:32], in_pixels * 64'(words)))
          place_error = irc_contract_pkg::ERROR_BAD_BUFFER;
      end
    end
    words = irc_types_pkg::pixel_words(command.out_channels);
    if (place_error == irc_contract_pkg::ERROR_NONE) begin
      if (32'(command.opcode) == irc_contract_pkg::OPCODE_HEAD) begin
        if (out_pixels * 64'(command.out_channels) > 64'(irc_contract_pkg::MAX_MAP_VALUES))
          place_error = irc_contract_pkg::ERROR_BAD_SHAPE;
      end else if (!fits(command.out_buffer, out_pixels * 64'(words)))
        place_error = irc_contract_pkg::ERROR_BAD_BUFFER;
    end
  end
endmodule
