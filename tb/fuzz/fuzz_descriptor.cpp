// SPDX-License-Identifier: Apache-2.0
// Command descriptors, one after the other, and the same bytes as tile records. What is accepted is encoded
// and decoded to the same command, and its cycles can be computed.
#include "fuzz.h"
#include "irc/mapping/fields.h"
#include "irc/mapping/timing.h"

namespace irc::fuzz {
namespace {

void check_descriptor(std::span<const std::uint8_t, mapping::descriptor_bytes> bytes) {
  mapping::Descriptor command;
  const auto error = mapping::decode(bytes, command);
  demand(mapping::text(error) != std::string_view("unknown error"), "every error has a text");
  if (error != mapping::CommandError::none) return;
  mapping::Descriptor again;
  const auto encoded = mapping::encode(command);
  demand(mapping::decode(encoded, again) == mapping::CommandError::none, "an encoded command is accepted");
  demand(again == command, "an encoded command decodes to the same");
  const bool digital = command.opcode > mapping::Opcode::conv_array;
  if (digital) demand(mapping::digital_row_cycles({}, command) > 0, "every row takes time");
}

}  // namespace

void run(Input input) {
  for (auto rest = input; rest.size() >= mapping::descriptor_bytes;
       rest = rest.subspan(mapping::descriptor_bytes))
    check_descriptor(rest.first<mapping::descriptor_bytes>());
  for (auto rest = input; rest.size() >= mapping::tile_record_bytes;
       rest = rest.subspan(mapping::tile_record_bytes)) {
    const auto record = mapping::decode(rest.first<mapping::tile_record_bytes>());
    const auto encoded = mapping::encode(record);
    demand(mapping::decode(encoded) == record, "an encoded record decodes to the same");
  }
}

void seeds(const AddSeed& add) {
  for (const auto& [name, opcode] : mapping::opcode_names) {
    mapping::Descriptor command;
    command.opcode = opcode;
    command.in_height = command.in_width = command.out_height = command.out_width = 4;
    command.in_channels[0] = command.out_channels = 3;
    command.table_entries = 1;
    if (opcode == mapping::Opcode::upsample) {
      command.kernel_h = command.kernel_w = 2;
      command.out_height = command.out_width = 8;
    }
    if (opcode == mapping::Opcode::head) command.flags = mapping::flag_output_to_memory | mapping::flag_end;
    const auto bytes = mapping::encode(command);
    add(std::string(name) + ".bin", {bytes.begin(), bytes.end()});
  }
  mapping::TileRecord record;
  record.rows = 16;
  record.outputs = 2;
  record.columns = 4;
  const auto bytes = mapping::encode(record);
  add("record.bin", {bytes.begin(), bytes.end()});
}

}  // namespace irc::fuzz
