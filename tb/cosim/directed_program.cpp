// SPDX-License-Identifier: Apache-2.0
#include "directed_program.h"

#include <cstring>
#include <random>

#include "irc/core/error.h"
#include "irc/model/registers.h"
#include "irc/network/graph.h"

namespace irc::tb {

namespace {

using mapping::CommandError;
using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;
using Bytes = std::vector<std::uint8_t>;

// Places in memory. Maps have odd addresses, chosen so that some row and some descriptor cross 4 KiB.
constexpr std::uint64_t data_memory = 0x0041, program_memory = 0x3000 - 320, map_memory = 0x5000 - 33,
                        conv_memory = 0x6000 - 17, strided_memory = 0x6803, upsampled_memory = 0x7000 - 30,
                        picture_memory = 0x8000 - 21, head_memory = 0x9000 - 250, fault_memory = 0xa000;
// Places in the activation buffer.
constexpr std::uint32_t map_buffer = 0, conv_buffer = 64, strided_buffer = 128, pooled_buffer = 144,
                        joined_buffer = 160, upsampled_buffer = 176, digital_buffer = 224,
                        sparse_buffer = 272;

constexpr std::uint16_t map_size = 7, map_channels = 12, conv_channels = 6, strided_channels = 4;

struct MapShape {
  std::uint16_t height, width, channels;
};

class Builder {
 public:
  DirectedProgram build(std::uint64_t memory_bytes);

 private:
  std::uint64_t put(const Bytes& bytes, std::uint64_t alignment = 4) {
    next_ = (next_ + alignment - 1) / alignment * alignment;
    const std::uint64_t address = next_;
    program_.segments.push_back({address, bytes});
    next_ += bytes.size();
    return address;
  }
  Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    return bytes;
  }
  std::int32_t small() { return static_cast<std::int32_t>(random_() % 7) - 3; }

  TileRecord tile(std::uint32_t number, std::uint16_t macro, std::uint16_t first_pair, std::uint16_t outputs);
  void put_random_map(std::uint64_t address, const MapShape& shape);
  std::uint64_t put_table(const std::vector<TileRecord>& tiles);
  std::uint64_t put_parameters(const network::Conv& conv, std::uint32_t& bytes);
  void run(const std::string& name, std::uint64_t address, std::vector<Descriptor> commands,
           CommandError ends_with = CommandError::none);

  std::vector<Descriptor> programming();
  std::vector<Descriptor> convolutions() const;
  std::vector<Descriptor> between_buffers() const;
  std::vector<Descriptor> digital();
  Descriptor rows_unread() const;
  void refused_commands(std::uint64_t memory_bytes);

  DirectedProgram program_;
  std::uint64_t next_ = data_memory;
  std::mt19937 random_{1};
  std::vector<TileRecord> conv_tiles_, strided_tiles_;
  std::uint64_t conv_table_ = 0, strided_table_ = 0;
};

Descriptor command(Opcode opcode, std::uint16_t layer, const MapShape& in, std::uint32_t in_buffer,
                   const MapShape& out, std::uint32_t out_buffer) {
  Descriptor d;
  d.opcode = opcode;
  d.layer = layer;
  d.in_height = in.height;
  d.in_width = in.width;
  d.in_channels[0] = in.channels;
  d.in_buffer[0] = in_buffer;
  d.out_height = out.height;
  d.out_width = out.width;
  d.out_channels = out.channels;
  d.out_buffer = out_buffer;
  return d;
}

void set_window(Descriptor& d, std::uint8_t kernel, std::uint8_t stride, std::uint8_t pad) {
  d.kernel_h = d.kernel_w = kernel;
  d.stride_h = d.stride_w = stride;
  d.pad_top = d.pad_left = d.pad_bottom = d.pad_right = pad;
}

Descriptor table_command(Opcode opcode, std::uint16_t layer, std::uint64_t address, std::size_t entries) {
  Descriptor d;
  d.opcode = opcode;
  d.layer = layer;
  d.table_memory = address;
  d.table_entries = static_cast<std::uint32_t>(entries);
  return d;
}

/// A tile with random cells and biases.
TileRecord Builder::tile(std::uint32_t number, std::uint16_t macro, std::uint16_t first_pair,
                         std::uint16_t outputs) {
  TileRecord record;
  record.tile = number;
  record.macro = macro;
  record.first_pair = first_pair;
  record.rows = record.weight_rows = 54;
  record.outputs = outputs;
  record.columns = static_cast<std::uint16_t>(2 * outputs);
  const std::size_t cells = std::size_t{record.rows} * record.columns;
  Bytes bytes = random_bytes((cells + 7) / 8);
  if (cells % 8 != 0) bytes.back() = static_cast<std::uint8_t>(bytes.back() & ((1u << cells % 8) - 1));
  record.cells_bytes = static_cast<std::uint32_t>(bytes.size());
  record.cells_memory = put(bytes, 1);
  Bytes biases;
  for (std::uint16_t o = 0; o < outputs; ++o) {
    const auto value = static_cast<std::uint32_t>(small());
    for (int i = 0; i < 4; ++i) biases.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  record.bias_memory = put(biases, 1);
  return record;
}

void Builder::put_random_map(std::uint64_t address, const MapShape& shape) {
  const std::size_t pixel_bytes = (shape.channels + 7u) / 8;
  Bytes bytes = random_bytes(std::size_t{shape.height} * shape.width * pixel_bytes);
  if (shape.channels % 8 != 0)
    for (std::size_t i = pixel_bytes - 1; i < bytes.size(); i += pixel_bytes)
      bytes[i] = static_cast<std::uint8_t>(bytes[i] & ((1u << shape.channels % 8) - 1));
  program_.segments.push_back({address, bytes});
}

std::uint64_t Builder::put_table(const std::vector<TileRecord>& tiles) {
  Bytes bytes;
  for (const auto& record : tiles) {
    const auto raw = mapping::encode(record);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
  return put(bytes);
}

std::uint64_t Builder::put_parameters(const network::Conv& conv, std::uint32_t& bytes) {
  const Bytes block = mapping::encode_parameters(conv);
  bytes = static_cast<std::uint32_t>(block.size());
  return put(block, 1);
}

void Builder::run(const std::string& name, std::uint64_t address, std::vector<Descriptor> commands,
                  CommandError ends_with) {
  commands.back().flags |= mapping::flag_end;
  Bytes bytes;
  for (const auto& d : commands) {
    const auto raw = mapping::encode(d);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
  program_.segments.push_back({address, bytes});
  program_.runs.push_back({name, address, ends_with});
}

/// One layer in two row pieces, one on each macro, that end in the middle of a window row; and after it one
/// in two column pieces.
std::vector<Descriptor> Builder::programming() {
  conv_tiles_ = {tile(0, 0, 0, conv_channels), tile(1, 1, 0, conv_channels)};
  for (auto& record : conv_tiles_) {
    record.weight_rows = 108;
    record.row_pieces = 2;
  }
  conv_tiles_[1].row_begin = 54;
  conv_tiles_[1].bias_memory = 0;
  strided_tiles_ = {tile(2, 0, 6, 2), tile(3, 1, 6, 2)};
  strided_tiles_[1].output_begin = 2;
  conv_table_ = put_table(conv_tiles_);
  strided_table_ = put_table(strided_tiles_);
  return {table_command(Opcode::program, 1, conv_table_, 2),
          table_command(Opcode::program, 2, strided_table_, 2)};
}

std::vector<Descriptor> Builder::convolutions() const {
  auto conv = command(Opcode::conv_array, 5, {map_size, map_size, map_channels}, map_buffer,
                      {map_size, map_size, conv_channels}, conv_buffer);
  set_window(conv, 3, 1, 1);
  conv.flags = mapping::flag_interrupt | mapping::flag_input_from_memory | mapping::flag_output_to_memory;
  conv.in_memory = map_memory;
  conv.out_memory = conv_memory;
  conv.table_memory = conv_table_;
  conv.table_entries = 2;
  auto strided = command(Opcode::conv_array, 6, {map_size, map_size, conv_channels}, conv_buffer,
                         {3, 3, strided_channels}, strided_buffer);
  set_window(strided, 3, 2, 0);
  strided.flags = mapping::flag_output_to_memory;
  strided.out_memory = strided_memory;
  strided.table_memory = strided_table_;
  strided.table_entries = 2;
  return {conv, strided};
}

std::vector<Descriptor> Builder::between_buffers() const {
  auto pool = command(Opcode::max_pool, 7, {map_size, map_size, conv_channels}, conv_buffer,
                      {3, 3, conv_channels}, pooled_buffer);
  set_window(pool, 2, 2, 0);
  pool.flags = mapping::flag_interrupt;
  const std::uint16_t joined = strided_channels + conv_channels;
  auto concat =
      command(Opcode::concat, 8, {3, 3, strided_channels}, strided_buffer, {3, 3, joined}, joined_buffer);
  concat.inputs = 2;
  concat.in_channels[1] = conv_channels;
  concat.in_buffer[1] = pooled_buffer;
  auto upsample =
      command(Opcode::upsample, 9, {3, 3, joined}, joined_buffer, {6, 6, joined}, upsampled_buffer);
  upsample.kernel_h = upsample.kernel_w = 2;
  upsample.flags = mapping::flag_output_to_memory;
  upsample.out_memory = upsampled_memory;
  return {pool, concat, upsample};
}

std::vector<Descriptor> Builder::digital() {
  const auto filled = [&](int kernel, int in, int out, bool step) {
    network::Conv conv;
    conv.kernel_h = conv.kernel_w = kernel;
    conv.in_channels = in;
    conv.out_channels = out;
    conv.kind = network::WeightKind::int8;
    conv.step = step;
    for (std::size_t i = 0; i < conv.rows() * static_cast<std::size_t>(out); ++i)
      conv.weights.push_back(static_cast<std::int8_t>(small()));
    for (int o = 0; o < out; ++o) conv.bias.push_back(small());
    if (!step) conv.scale.assign(static_cast<std::size_t>(out), 0.5f);
    if (!step) conv.offset.assign(static_cast<std::size_t>(out), 0.25f);
    return conv;
  };
  auto load_first = table_command(Opcode::load_parameters, 3, 0, 0);
  load_first.table_memory = put_parameters(filled(3, 3, 4, true), load_first.table_entries);
  auto load_head = table_command(Opcode::load_parameters, 4, 0, 0);
  load_head.slot = 1;
  load_head.table_memory =
      put_parameters(filled(1, strided_channels + conv_channels, 5, false), load_head.table_entries);

  auto first = command(Opcode::conv_digital, 10, {6, 6, 3}, 0, {6, 6, 4}, digital_buffer);
  set_window(first, 3, 1, 1);
  first.flags = mapping::flag_input_from_memory | mapping::flag_picture_input;
  first.in_memory = picture_memory;
  program_.segments.push_back({picture_memory, random_bytes(std::size_t{6} * 6 * 3)});
  auto head =
      command(Opcode::head, 11, {6, 6, strided_channels + conv_channels}, upsampled_buffer, {6, 6, 5}, 0);
  head.slot = 1;
  head.flags = mapping::flag_output_to_memory;
  head.out_memory = head_memory;
  return {load_first, load_head, first, head};
}

/// The last two input rows belong to no window, but they are read.
Descriptor Builder::rows_unread() const {
  auto pool = command(Opcode::max_pool, 12, {map_size, map_size, map_channels}, map_buffer,
                      {2, 2, map_channels}, sparse_buffer);
  set_window(pool, 1, 4, 0);
  pool.flags = mapping::flag_input_from_memory | mapping::flag_interrupt;
  pool.in_memory = map_memory;
  return pool;
}

void Builder::refused_commands(std::uint64_t memory_bytes) {
  const auto convs = convolutions();
  const auto moves = between_buffers();
  auto pool = moves[0];
  pool.layer = 20;
  run("an unknown version", fault_memory, {pool, pool}, CommandError::bad_version);
  program_.segments.back().bytes[mapping::descriptor_bytes] = 2;  // the version field of the second command

  auto gone = convs[0];
  gone.layer = 22;
  const auto above = put_table({tile(4, 0, 5, 2)});
  run("a tile that was overwritten", fault_memory + 0x400,
      {table_command(Opcode::program, 21, above, 1), gone}, CommandError::bad_tile);

  auto outside = convs[1];
  outside.layer = 23;
  outside.table_memory = memory_bytes - 100;
  run("a table beyond the memory", fault_memory + 0x800, {outside}, CommandError::bus_error);
}

DirectedProgram Builder::build(std::uint64_t memory_bytes) {
  // Memory around the written maps must stay unchanged.
  for (const auto address : {conv_memory, strided_memory, upsampled_memory, head_memory})
    program_.segments.push_back({address - 8, Bytes(800, 0xa5)});
  put_random_map(map_memory, {map_size, map_size, map_channels});
  auto commands = programming();
  const auto digital_work = digital();
  const auto append = [&](const auto& more) { commands.insert(commands.end(), more.begin(), more.end()); };
  append(std::vector<Descriptor>{digital_work[0], digital_work[1]});
  append(convolutions());
  append(between_buffers());
  append(std::vector<Descriptor>{digital_work[2], digital_work[3], rows_unread()});
  run("every kind of layer", program_memory, commands);
  refused_commands(memory_bytes);
  return std::move(program_);
}

}  // namespace

DirectedProgram directed_program(const mapping::Geometry& geometry, std::uint64_t memory_bytes) {
  if (geometry.macros < 2 || geometry.rows < 54 || geometry.column_pairs < 8 || memory_bytes < 0x10000)
    throw InputError(
        "the directed program needs 2 macros of 54 rows and 8 column pairs and 64 KiB of memory; found " +
        std::to_string(geometry.macros) + " of " + std::to_string(geometry.rows) + " and " +
        std::to_string(geometry.column_pairs) + ", and " + std::to_string(memory_bytes) + " bytes");
  return Builder().build(memory_bytes);
}

namespace {

class Host {
 public:
  Host(model::HostBus& bus, std::uint64_t csr) : bus_(bus), csr_(csr) {}

  std::uint32_t read(std::uint64_t offset) {
    std::uint8_t bytes[4];
    bus_.read(csr_ + offset, bytes);
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
  }
  void write(std::uint64_t offset, std::uint32_t value) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    bus_.write(csr_ + offset, bytes);
  }
  void start(std::uint64_t address) {
    write(model::csr::program_low, static_cast<std::uint32_t>(address));
    write(model::csr::program_high, static_cast<std::uint32_t>(address >> 32));
    write(model::csr::irq_enable, model::csr::irq_layer | model::csr::irq_program | model::csr::irq_error);
    write(model::csr::doorbell, 1);
  }
  void wait_program() {
    std::uint32_t pending = 0;
    while ((pending & model::csr::irq_program) == 0) {
      bus_.wait_interrupt();
      read(model::csr::command);
      pending = read(model::csr::irq_status);
      write(model::csr::irq_status, pending);
    }
  }

 private:
  model::HostBus& bus_;
  std::uint64_t csr_;
};

}  // namespace

void run_directed(model::HostBus& bus, const DirectedProgram& program, std::uint64_t memory,
                  std::uint64_t csr) {
  Host host(bus, csr);
  for (const auto& segment : program.segments) bus.write(memory + segment.address, segment.bytes);
  host.write(model::csr::picture, 3);
  for (const auto& run : program.runs) {
    host.start(memory + run.address);
    host.wait_program();
    for (const auto offset :
         {model::csr::status, model::csr::command, model::csr::layers_done, model::csr::cycles_low})
      host.read(offset);
    const auto error = static_cast<CommandError>(host.read(model::csr::error));
    if (error != run.ends_with)
      throw model::HostError("the program with " + run.name + " ended with \"" + mapping::text(error) +
                             "\", expected \"" + mapping::text(run.ends_with) + "\"");
  }
}

}  // namespace irc::tb
