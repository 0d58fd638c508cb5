// SPDX-License-Identifier: Apache-2.0
// Flaws of random programs.
#include "program_builder.h"

#include <fmt/format.h>

#include <limits>

namespace irc::tb::random {

Command& Builder::some(std::initializer_list<Opcode> opcodes) {
  std::vector<Command*> found;
  for (auto& command : commands_)
    if (opcodes.size() == 0 ||
        std::find(opcodes.begin(), opcodes.end(), command.descriptor.opcode) != opcodes.end())
      found.push_back(&command);
  if (found.empty()) throw Unlucky{};
  return *draws_.of(found);
}

std::string Builder::spoil_descriptor() {
  const auto& command = some({});
  // The reserved bytes are included, because nothing reads them.
  const auto at = draws_.below(draws_.chance(0.9) ? 87 : mapping::descriptor_bytes);
  const std::vector<std::uint8_t> values{draws_.byte(), 0, 0xff, 1};
  const auto value = draws_.of(values);
  memory_.bytes[command.address + at - memory_.address] = value;
  return fmt::format("byte {} of the descriptor at {} is {}", at, command.address, value);
}

std::string Builder::spoil_tile() {
  const auto& command = some({Opcode::program, Opcode::conv_array});
  const auto record = draws_.below(command.tiles.size()), at = draws_.below(draws_.chance(0.9) ? 48 : 64);
  const std::uint64_t address = command.descriptor.table_memory + record * mapping::tile_record_bytes + at;
  auto& byte = memory_.bytes[address - memory_.address];
  byte = draws_.chance(0.5) ? static_cast<std::uint8_t>(byte ^ 1u << draws_.below(8)) : draws_.byte();
  return fmt::format("byte {} of tile record {} of the command at {} is {}", at, record, command.address,
                     byte);
}

std::string Builder::spoil_parameters() {
  auto& command = some({Opcode::load_parameters});
  auto& d = command.descriptor;
  if (draws_.chance(0.4)) {
    const int change = draws_.range(-9, 9);
    d.table_entries = static_cast<std::uint32_t>(std::max(1, static_cast<int>(d.table_entries) + change));
    write(command);
    return fmt::format("the parameter block at {} is {} bytes longer", d.table_memory, change);
  }
  const auto at = draws_.below(draws_.chance(0.5) ? 8 : d.table_entries);
  const auto value = draws_.byte();
  memory_.bytes[d.table_memory + at - memory_.address] = value;
  return fmt::format("byte {} of the parameter block at {} is {}", at, d.table_memory, value);
}

std::string Builder::spoil_address() {
  auto& command = some({});
  auto& d = command.descriptor;
  const std::vector<std::uint64_t> places{
      target_.memory_bytes - draws_.below(64), target_.memory_bytes + draws_.below(4096),
      (std::uint64_t{1} << 32) + draws_.below(1u << 20), ~std::uint64_t{0} - draws_.below(5000)};
  const auto place = draws_.of(places);
  std::vector<std::pair<const char*, std::uint64_t*>> fields;
  if ((d.flags & mapping::flag_input_from_memory) != 0) fields.emplace_back("in_memory", &d.in_memory);
  if ((d.flags & mapping::flag_output_to_memory) != 0) fields.emplace_back("out_memory", &d.out_memory);
  for (auto& tile : command.tiles)
    if (d.opcode == Opcode::program) {
      fields.emplace_back("cells_memory", &tile.cells_memory);
      if (tile.bias_memory != 0) fields.emplace_back("bias_memory", &tile.bias_memory);
    }
  const auto table = d.table_memory;
  if (table != 0) fields.emplace_back("table_memory", &d.table_memory);
  fields.emplace_back("PROGRAM", &program_address_);
  const auto& [name, field] = draws_.of(fields);
  *field = place;
  if (field == &d.table_memory) {
    put(command.address, mapping::encode(d));
  } else {
    write(command);
  }
  return fmt::format("{} of the command at {} is {}", name, command.address, place);
}

std::string Builder::spoil_count() {
  auto& command = some({Opcode::program, Opcode::conv_array});
  auto& d = command.descriptor;
  const auto most = static_cast<std::uint32_t>(g_.macros * g_.column_pairs);
  const std::vector<std::uint32_t> counts{
      0, most + 1, most, ~std::uint32_t{0}, d.table_entries + 1, d.table_entries - 1};
  d.table_entries = draws_.of(counts);
  put(command.address, mapping::encode(d));
  return fmt::format("the command at {} names {} tiles", command.address, d.table_entries);
}

std::string Builder::spoil_slot() {
  auto& command = some({Opcode::conv_digital, Opcode::head});
  command.descriptor.slot =
      static_cast<std::uint32_t>(draws_.chance(0.5) ? draws_.below(6) : 1000 + draws_.below(1u << 31));
  write(command);
  return fmt::format("the command at {} reads slot {}", command.address, command.descriptor.slot);
}

std::string Builder::spoil_number() {
  auto& command = some({Opcode::conv_array});
  auto& tile = some_tile(command);
  const auto number = tile.tile;
  // Uses another tile of the program, or one that does not exist.
  tile.tile = draws_.chance(0.5) ? some_tile(some({Opcode::program})).tile : number ^ 1u << draws_.below(32);
  write(command);
  return fmt::format("the command at {} names tile {} instead of {}", command.address, tile.tile, number);
}

std::string Builder::spoil_biases() {
  auto& command = some({Opcode::program});
  auto& tile = some_tile(command);
  if (tile.bias_memory == 0) throw Unlucky{};
  if (g_.bias == BiasPlacement::digital && draws_.chance(0.5)) {
    memory_.bytes[tile.bias_memory - memory_.address] ^= 1;
    return fmt::format("first bias of tile {} changed", tile.tile);
  }
  tile.bias_memory = 0;
  write(command);
  return fmt::format("tile {} has no biases", tile.tile);
}

/// Replaces a conv_array by programming other tiles over its own, so that the next command that needs them
/// fails.
std::string Builder::evict() {
  auto& command = some({Opcode::program});
  auto& tile = some_tile(command);
  const auto& victim = some_tile(some({Opcode::conv_array}));
  tile.macro = victim.macro;
  if (draws_.chance(0.5)) tile.tile = victim.tile;
  const auto pairs = g_.column_pairs - static_cast<std::size_t>(ceil_div(tile.columns, 2));
  tile.first_pair = half(static_cast<int>(std::min<std::size_t>(victim.first_pair + draws_.below(2), pairs)));
  write(command);
  return fmt::format("the command at {} programs tile {} near tile {}", command.address, tile.tile,
                     victim.tile);
}

void Builder::spoil(RandomCase& out) {
  switch (draws_.below(12)) {
    case 0:
    case 1:
    case 2:
      out.flaw = spoil_descriptor();
      return;
    case 3:
    case 4:
      out.flaw = spoil_tile();
      return;
    case 5:
      out.flaw = spoil_parameters();
      return;
    case 6:
      out.flaw = spoil_address();
      return;
    case 7:
      out.flaw = spoil_count();
      return;
    case 8:
      out.flaw = spoil_slot();
      return;
    case 9:
      out.flaw = spoil_number();
      return;
    case 10:
      out.flaw = spoil_biases();
      return;
    default:
      out.flaw = evict();
  }
}

}  // namespace irc::tb::random
