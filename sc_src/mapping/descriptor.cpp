// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/descriptor.h"

#include "irc/mapping/fields.h"

namespace irc::mapping {
namespace {

/// Writes little-endian fields one after the other.
template <std::size_t N>
class Writer {
 public:
  template <typename T>
  Writer& put(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes_[at_++] = static_cast<std::uint8_t>(bits >> (8 * i));
    return *this;
  }
  template <typename T, std::size_t n>
  Writer& put(const std::array<T, n>& values) {
    for (const T value : values) put(value);
    return *this;
  }
  std::array<std::uint8_t, N> bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, N> bytes_{};
  std::size_t at_ = 0;
};

class Reader {
 public:
  explicit Reader(const std::uint8_t* bytes) : bytes_(bytes) {}
  template <typename T>
  Reader& get(T& value) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{bytes_[at_++]} << (8 * i);
    value = static_cast<T>(bits);
    return *this;
  }
  template <typename T, std::size_t n>
  Reader& get(std::array<T, n>& values) {
    for (T& value : values) get(value);
    return *this;
  }

 private:
  const std::uint8_t* bytes_;
  std::size_t at_ = 0;
};

bool padded(const Descriptor& d) {
  return (d.pad_top | d.pad_left | d.pad_bottom | d.pad_right) != 0;
}

/// Checks the rules of each opcode: pooling and upsampling are square and unpadded, only concatenation has
/// several inputs, and only the digital unit reads an image, which is streamed.
bool fields_suit_opcode(const Descriptor& d) {
  const bool square = d.kernel_h == d.kernel_w && d.stride_h == d.stride_w && !padded(d);
  if ((d.opcode == Opcode::max_pool || d.opcode == Opcode::upsample) && !square) return false;
  if (d.opcode != Opcode::concat && d.inputs != 1) return false;
  if (d.opcode == Opcode::head && (d.flags & flag_output_to_memory) == 0) return false;
  const bool picture = (d.flags & flag_picture_input) != 0,
             streamed = (d.flags & flag_input_from_memory) != 0;
  return !picture || (d.opcode == Opcode::conv_digital && streamed);
}

bool output_follows(const Descriptor& d) {
  const auto size = [](int in, int before, int after, int kernel, int stride) {
    const int room = in + before + after - kernel;
    return room < 0 ? 0 : room / stride + 1;
  };
  switch (d.opcode) {
    case Opcode::program:
    case Opcode::load_parameters:
      return true;
    case Opcode::upsample:
      return d.out_height == d.in_height * d.kernel_h && d.out_width == d.in_width * d.kernel_w &&
             d.out_channels == d.in_channels[0];
    case Opcode::concat: {
      unsigned sum = 0;
      for (std::size_t i = 0; i < d.inputs; ++i) sum += d.in_channels[i];
      return d.out_height == d.in_height && d.out_width == d.in_width && d.out_channels == sum;
    }
    default:
      return d.out_height == size(d.in_height, d.pad_top, d.pad_bottom, d.kernel_h, d.stride_h) &&
             d.out_width == size(d.in_width, d.pad_left, d.pad_right, d.kernel_w, d.stride_w) &&
             (d.opcode != Opcode::max_pool || d.out_channels == d.in_channels[0]);
  }
}

}  // namespace

std::array<std::uint8_t, descriptor_bytes> encode(const Descriptor& descriptor) {
  Writer<descriptor_bytes> writer;
  writer.put(DescriptorHead{descriptor_magic | descriptor_version});
  visit_fields(descriptor, [&](const char*, const auto& field) { writer.put(field); });
  return writer.bytes();
}

std::array<std::uint8_t, tile_record_bytes> encode(const TileRecord& record) {
  Writer<tile_record_bytes> writer;
  visit_record(record, [&](const char*, const auto& field) { writer.put(field); });
  return writer.bytes();
}

const char* text(CommandError error) {
  switch (error) {
    case CommandError::none:
      return "no error";
    case CommandError::bad_magic:
      return "descriptor does not begin with the magic number";
    case CommandError::bad_version:
      return "descriptor version is not supported";
    case CommandError::bad_opcode:
      return "unknown opcode";
    case CommandError::bad_shape:
      return "sizes are zero or do not follow from each other";
    case CommandError::bad_buffer:
      return "address outside the activation buffer";
    case CommandError::bad_tile:
      return "tile outside the macro, or not programmed";
    case CommandError::bad_parameters:
      return "parameter slot empty or parameter block malformed";
    case CommandError::bus_error:
      return "DMA got an error response";
    case CommandError::macro_error:
      return "a macro answered with an error response";
  }
  return "unknown error";
}

CommandError decode(std::span<const std::uint8_t, descriptor_bytes> bytes, Descriptor& descriptor) {
  Reader reader(bytes.data());
  DescriptorHead head = 0;
  reader.get(head);
  if ((head & 0xffffff00u) != descriptor_magic) return CommandError::bad_magic;
  if ((head & 0xffu) != descriptor_version) return CommandError::bad_version;
  visit_fields(descriptor, [&](const char*, auto& field) { reader.get(field); });
  const auto opcode = static_cast<unsigned>(descriptor.opcode);
  if (opcode < static_cast<unsigned>(Opcode::program) || opcode > static_cast<unsigned>(Opcode::concat))
    return CommandError::bad_opcode;
  if (descriptor.opcode == Opcode::program || descriptor.opcode == Opcode::load_parameters)
    return descriptor.table_entries == 0 ? CommandError::bad_shape : CommandError::none;
  const bool sizes = descriptor.in_height > 0 && descriptor.in_width > 0 && descriptor.out_height > 0 &&
                     descriptor.out_width > 0 && descriptor.out_channels > 0 && descriptor.kernel_h > 0 &&
                     descriptor.kernel_w > 0 && descriptor.stride_h > 0 && descriptor.stride_w > 0 &&
                     descriptor.inputs >= 1 && descriptor.inputs <= max_inputs;
  if (!sizes) return CommandError::bad_shape;
  for (std::size_t i = 0; i < descriptor.inputs; ++i)
    if (descriptor.in_channels[i] == 0) return CommandError::bad_shape;
  const bool good = fields_suit_opcode(descriptor) && output_follows(descriptor);
  return good ? CommandError::none : CommandError::bad_shape;
}

TileRecord decode(std::span<const std::uint8_t, tile_record_bytes> bytes) {
  TileRecord record;
  Reader reader(bytes.data());
  visit_record(record, [&](const char*, auto& field) { reader.get(field); });
  return record;
}

}  // namespace irc::mapping
