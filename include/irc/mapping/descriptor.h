// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace irc::mapping {

/// First word of a descriptor without its version, "IRC\0". Host, model and RTL share the command format,
/// which docs/registers.md describes.
inline constexpr std::uint32_t descriptor_magic = 0x49524300;
/// Version of the command format. It changes whenever the layout changes.
inline constexpr std::uint32_t descriptor_version = 1;
/// Size of a descriptor in bytes.
inline constexpr std::size_t descriptor_bytes = 128;
/// Size of a tile record in bytes.
inline constexpr std::size_t tile_record_bytes = 64;
/// Largest number of inputs of a command.
inline constexpr std::size_t max_inputs = 4;

/// Largest number of values of an image or head, which are not kept in the buffer. This limits what one
/// command may request.
inline constexpr std::uint64_t max_map_values = std::uint64_t{1} << 26;
/// Largest size of a parameter block in bytes.
inline constexpr std::uint64_t max_parameter_bytes = std::uint64_t{64} << 20;

/// What a command does.
enum class Opcode : std::uint8_t {
  program = 1,          ///< reads cells from memory and programs them into the macros
  load_parameters = 2,  ///< reads a digital layer's weights from memory into the digital unit
  conv_array = 3,       ///< convolution in the array, from binary map to binary map
  /// Convolution with step on the digital unit, from an image or binary map to a binary map.
  conv_digital = 4,
  head = 5,      ///< convolution without step on the digital unit; writes float32 to memory
  max_pool = 6,  ///< maximum over the windows of a binary map
  upsample = 7,  ///< nearest-neighbour upsampling of a binary map
  concat = 8,    ///< concatenation of the channels of binary maps
};

/// Options of a command, as bits of Descriptor::flags.
enum DescriptorFlags : std::uint8_t {
  flag_interrupt = 1,          ///< raise the layer interrupt at the end
  flag_input_from_memory = 2,  ///< read the input rows from memory by DMA
  flag_output_to_memory = 4,   ///< write the output rows to memory by DMA
  flag_picture_input = 8,      ///< the input is the 8-bit image (conv_digital, head)
  flag_end = 16,               ///< this is the last command of a program
};

/// One command, 128 bytes, little endian. Buffer addresses count 64-bit words of the activation buffer.
struct Descriptor {
  Opcode opcode = Opcode::concat;                       ///< what to do
  std::uint8_t flags = 0;                               ///< bits of DescriptorFlags
  std::uint16_t layer = 0;                              ///< index of the command's node in the network
  std::uint16_t in_height = 0,                          ///< height of the input
      in_width = 0;                                     ///< width of the input
  std::array<std::uint16_t, max_inputs> in_channels{};  ///< channels of each input
  std::array<std::uint32_t, max_inputs> in_buffer{};    ///< buffer address of each input
  std::uint16_t out_height = 0,                         ///< height of the output
      out_width = 0,                                    ///< width of the output
      out_channels = 0;                                 ///< channels of the output
  std::uint32_t out_buffer = 0;                         ///< buffer address of the output
  std::uint8_t kernel_h = 1,                            ///< height of the kernel or window
      kernel_w = 1,                                     ///< width of the kernel or window
      stride_h = 1,                                     ///< vertical stride
      stride_w = 1;                                     ///< horizontal stride
  std::uint8_t pad_top = 0,                             ///< padding above
      pad_left = 0,                                     ///< padding to the left
      pad_bottom = 0,                                   ///< padding below
      pad_right = 0;                                    ///< padding to the right
  std::uint8_t inputs = 1;                              ///< number of inputs
  std::uint64_t in_memory = 0,                          ///< memory address of the input, if it is streamed
      out_memory = 0;                                   ///< memory address of the output, if it is streamed
  std::uint64_t table_memory = 0;  ///< memory address of the tile records or of the parameter block
  /// Number of tile records; for load_parameters the size of the parameter block in bytes.
  std::uint32_t table_entries = 0;
  std::uint32_t slot = 0;  ///< parameter slot of the digital unit
  /// True if all fields are equal.
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

/// One tile of a `program` or `conv_array` command, 64 bytes.
struct TileRecord {
  std::uint32_t tile = 0;       ///< number of the tile, unique in the program
  std::uint16_t macro = 0,      ///< macro that holds the tile
      first_pair = 0;           ///< first column pair in the macro
  std::uint32_t row_begin = 0,  ///< first row of the layer in this tile
      rows = 0;                 ///< number of rows
  /// Weight rows of the whole layer; rows after them are bias rows, which are always driven.
  std::uint32_t weight_rows = 0;
  std::uint16_t output_begin = 0,  ///< first output
      outputs = 0,                 ///< number of outputs
      columns = 0;                 ///< bit lines, with reference columns
  std::uint16_t row_pieces = 1;    ///< number of tiles that share these outputs
  std::uint64_t cells_memory = 0;  ///< memory address of the cells
  std::uint32_t cells_bytes = 0;   ///< size of the cells in bytes
  /// Memory address of an int32 per output if the bias is not in the array, otherwise 0.
  std::uint64_t bias_memory = 0;
  /// True if all fields are equal.
  friend bool operator==(const TileRecord&, const TileRecord&) = default;
};

/// Encodes a descriptor as its bytes in memory.
std::array<std::uint8_t, descriptor_bytes> encode(const Descriptor& descriptor);
/// Encodes a tile record as its bytes in memory.
std::array<std::uint8_t, tile_record_bytes> encode(const TileRecord& record);

/// Why a command was refused: the value of the register `ERROR`.
enum class CommandError : std::uint32_t {
  none = 0,         ///< no error
  bad_magic = 1,    ///< the descriptor does not begin with the magic number
  bad_version = 2,  ///< the descriptor's version is not supported
  bad_opcode = 3,   ///< unknown opcode
  /// A size is zero, or the output size does not follow from input, kernel, stride and padding.
  bad_shape = 4,
  bad_buffer = 5,      ///< an address is outside the activation buffer
  bad_tile = 6,        ///< a tile is outside the macro or is not programmed
  bad_parameters = 7,  ///< the parameter slot is empty or the parameter block is malformed
  bus_error = 8,       ///< DMA received an error response
  macro_error = 9,     ///< a macro gave an error response
};
/// The meaning of an error, for messages.
const char* text(CommandError error);

/// Decodes a descriptor and makes the checks that do not need the accelerator's geometry. Returns
/// CommandError::none if they pass.
CommandError decode(std::span<const std::uint8_t, descriptor_bytes> bytes, Descriptor& descriptor);
/// Decodes a tile record without checks.
TileRecord decode(std::span<const std::uint8_t, tile_record_bytes> bytes);

/// Bytes of one row of a binary map in memory. A pixel has ceil(channels / 8) bytes, with channel 0 in bit 0.
constexpr std::uint64_t map_row_bytes(std::uint64_t width, std::uint64_t channels) {
  return width * ((channels + 7) / 8);
}
/// 64-bit words of one binary map in the activation buffer. Each pixel starts at a word.
constexpr std::uint64_t map_buffer_words(std::uint64_t pixels, std::uint64_t channels) {
  return pixels * ((channels + 63) / 64);
}

}  // namespace irc::mapping
