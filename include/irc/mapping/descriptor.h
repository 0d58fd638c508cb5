// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace irc::mapping {

/// The command format shared by host, model and RTL. Documented in docs/registers.md; a change of layout
/// changes `descriptor_version`.
inline constexpr std::uint32_t descriptor_magic = 0x49524300;  // "IRC\0"
inline constexpr std::uint32_t descriptor_version = 1;
inline constexpr std::size_t descriptor_bytes = 128;
inline constexpr std::size_t tile_record_bytes = 64;
inline constexpr std::size_t max_inputs = 4;

/// Most values of a picture or head, which do not live in the buffer, and most bytes of a parameter block:
/// what one command may ask for is bounded.
inline constexpr std::uint64_t max_map_values = std::uint64_t{1} << 26;
inline constexpr std::uint64_t max_parameter_bytes = std::uint64_t{64} << 20;

enum class Opcode : std::uint8_t {
  program = 1,          ///< stream cells from memory and program them into the macros
  load_parameters = 2,  ///< stream a digital layer's weights into the digital unit
  conv_array = 3,       ///< convolution in the array; binary map in, binary map out
  conv_digital = 4,     ///< convolution with step on the digital unit; picture or binary map in
  head = 5,             ///< convolution without step on the digital unit; float32 out, to memory
  max_pool = 6,
  upsample = 7,
  concat = 8,
};

enum DescriptorFlags : std::uint8_t {
  flag_interrupt = 1,          ///< raise the layer interrupt at the end
  flag_input_from_memory = 2,  ///< stream the input rows by DMA first
  flag_output_to_memory = 4,   ///< stream the output rows by DMA
  flag_picture_input = 8,      ///< the input is the 8-bit picture (conv_digital, head)
  flag_end = 16,               ///< the last command of a program
};

/// One command, 128 bytes, little endian. Buffer addresses count 64-bit words of the activation buffer.
struct Descriptor {
  Opcode opcode = Opcode::concat;
  std::uint8_t flags = 0;
  std::uint16_t layer = 0;  ///< index of the command's node in the network
  std::uint16_t in_height = 0, in_width = 0;
  std::array<std::uint16_t, max_inputs> in_channels{};
  std::array<std::uint32_t, max_inputs> in_buffer{};
  std::uint16_t out_height = 0, out_width = 0, out_channels = 0;
  std::uint32_t out_buffer = 0;
  std::uint8_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  std::uint8_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  std::uint8_t inputs = 1;
  std::uint64_t in_memory = 0, out_memory = 0;
  std::uint64_t table_memory = 0;   ///< tile records, or the parameter block
  std::uint32_t table_entries = 0;  ///< tile records; bytes of the parameter block for load_parameters
  std::uint32_t slot = 0;           ///< parameter slot of the digital unit
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

/// One tile of a `program` or `conv_array` command, 64 bytes.
struct TileRecord {
  std::uint32_t tile = 0;  ///< tile number, unique in the program
  std::uint16_t macro = 0, first_pair = 0;
  std::uint32_t row_begin = 0, rows = 0;
  std::uint32_t weight_rows = 0;  ///< of the whole layer; rows beyond are bias rows, always driven
  std::uint16_t output_begin = 0, outputs = 0, columns = 0;
  std::uint16_t row_pieces = 1;  ///< tiles that share these outputs
  std::uint64_t cells_memory = 0;
  std::uint32_t cells_bytes = 0;
  std::uint64_t bias_memory = 0;  ///< int32 per output where the bias is not in the array, else 0
  friend bool operator==(const TileRecord&, const TileRecord&) = default;
};

std::array<std::uint8_t, descriptor_bytes> encode(const Descriptor& descriptor);
std::array<std::uint8_t, tile_record_bytes> encode(const TileRecord& record);

/// Why a command was refused; the value of the CSR `ERROR`.
enum class CommandError : std::uint32_t {
  none = 0,
  bad_magic = 1,
  bad_version = 2,
  bad_opcode = 3,
  bad_shape = 4,   ///< sizes zero, or output size that does not follow from input, kernel, stride, padding
  bad_buffer = 5,  ///< outside the activation buffer
  bad_tile = 6,    ///< tile outside the macro, or not programmed
  bad_parameters = 7,  ///< parameter slot empty or block malformed
  bus_error = 8,       ///< DMA answered with an error response
  macro_error = 9,     ///< a macro answered with an error response
};
const char* text(CommandError error);

/// Decodes and checks what can be checked without the accelerator's geometry.
CommandError decode(std::span<const std::uint8_t, descriptor_bytes> bytes, Descriptor& descriptor);
TileRecord decode(std::span<const std::uint8_t, tile_record_bytes> bytes);

/// Bytes of one pixel row of a binary map in memory: pixels of ceil(channels / 8) bytes, channel 0 in bit 0.
constexpr std::uint64_t map_row_bytes(std::uint64_t width, std::uint64_t channels) {
  return width * ((channels + 7) / 8);
}
/// 64-bit words of one binary map in the activation buffer: each pixel starts at a word.
constexpr std::uint64_t map_buffer_words(std::uint64_t pixels, std::uint64_t channels) {
  return pixels * ((channels + 63) / 64);
}

}  // namespace irc::mapping
