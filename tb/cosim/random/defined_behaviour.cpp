// SPDX-License-Identifier: Apache-2.0
#include "defined_behaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "irc/mapping/fields.h"

namespace irc::tb {

using mapping::CommandInfo;
using mapping::Descriptor;
using mapping::Opcode;
using mapping::TileRecord;

namespace {

std::string name_of(Opcode opcode) {
  for (const auto& [name, value] : mapping::opcode_names)
    if (value == opcode) return std::string(name);
  return fmt::format("opcode {}", static_cast<unsigned>(opcode));
}

std::string in_words(std::uint64_t address, const Descriptor& d) {
  std::string text = fmt::format("{}: {} layer {}", address, name_of(d.opcode), d.layer);
  for (const auto& [name, flag] : mapping::flag_names)
    if ((d.flags & flag) != 0) text += fmt::format(" {}", name);
  if (d.opcode == Opcode::program || d.opcode == Opcode::load_parameters)
    return text + fmt::format(", {} entries at {}, slot {}", d.table_entries, d.table_memory, d.slot);
  text += fmt::format(", {} x {} x", d.in_height, d.in_width);
  for (std::size_t i = 0; i < std::min<std::size_t>(d.inputs, mapping::max_inputs); ++i)
    text += fmt::format(" {} (word {})", d.in_channels[i], d.in_buffer[i]);
  text += fmt::format(" to {} x {} x {} (word {})", d.out_height, d.out_width, d.out_channels, d.out_buffer);
  text += fmt::format(", kernel {} x {}, stride {} x {}, pads {} {} {} {}", d.kernel_h, d.kernel_w,
                      d.stride_h, d.stride_w, d.pad_top, d.pad_left, d.pad_bottom, d.pad_right);
  text += fmt::format(", memory {} to {}", d.in_memory, d.out_memory);
  if (d.opcode == Opcode::conv_array)
    text += fmt::format(", {} tiles at {}", d.table_entries, d.table_memory);
  if (d.opcode == Opcode::conv_digital || d.opcode == Opcode::head) text += fmt::format(", slot {}", d.slot);
  return text;
}

std::string in_words(const TileRecord& t) {
  return fmt::format(
      "  tile {}: macro {} pair {}, rows {} + {} of {}, outputs {} + {}, {} columns, {} row pieces, "
      "{} bytes of cells at {}, biases at {}",
      t.tile, t.macro, t.first_pair, t.row_begin, t.rows, t.weight_rows, t.output_begin, t.outputs, t.columns,
      t.row_pieces, t.cells_bytes, t.cells_memory, t.bias_memory);
}

}  // namespace

bool DefinedBehaviour::check(std::uint64_t program_address, std::uint64_t most_cycles,
                             std::vector<std::string>& words) {
  words.clear();
  known_.clear();
  cycles_ = 0;
  for (std::uint64_t i = 0; i < 64; ++i) {
    const auto verdict = command(program_address + i * mapping::descriptor_bytes, words);
    if (verdict == Verdict::undefined || cycles_ > most_cycles) return false;
    if (verdict == Verdict::ends) return true;
  }
  return false;
}

/// Memory beyond its end gives a bus error. Bytes outside the case are undefined.
DefinedBehaviour::Verdict DefinedBehaviour::readable(std::uint64_t address, std::uint64_t bytes) const {
  if (address > target_.memory_bytes || bytes > target_.memory_bytes - address) return Verdict::ends;
  const std::uint64_t end = memory_.address + memory_.bytes.size();
  return address >= memory_.address && address + bytes <= end ? Verdict::goes_on : Verdict::undefined;
}

DefinedBehaviour::Verdict DefinedBehaviour::command(std::uint64_t address, std::vector<std::string>& words) {
  if (const auto there = readable(address, mapping::descriptor_bytes); there != Verdict::goes_on)
    return there;
  const auto bytes = std::span<const std::uint8_t>(memory_.bytes)
                         .subspan(address - memory_.address)
                         .first<mapping::descriptor_bytes>();
  CommandInfo command;
  command.address = address;
  auto& d = command.descriptor;
  const auto error = mapping::decode(bytes, d);
  words.push_back(in_words(address, d));
  if (error != mapping::CommandError::none) return Verdict::ends;
  auto verdict = Verdict::goes_on;
  if (d.opcode == Opcode::load_parameters) {
    verdict = parameters(d);
  } else {
    if (d.opcode == Opcode::program || d.opcode == Opcode::conv_array) verdict = tiles(command, words);
    if (verdict == Verdict::goes_on) verdict = d.opcode == Opcode::program ? cells(command) : layer(command);
  }
  if (verdict == Verdict::undefined) return verdict;
  if (verdict == Verdict::goes_on)
    cycles_ += mapping::closed_form_cycles(target_.timing, target_.geometry, command);
  return (d.flags & mapping::flag_end) != 0 ? Verdict::ends : verdict;
}

DefinedBehaviour::Verdict DefinedBehaviour::parameters(const Descriptor& d) const {
  if (d.table_entries > mapping::max_parameter_bytes) return Verdict::ends;
  // Bytes of a failing transaction take their cycles as well.
  return d.table_entries > (1u << 15) ? Verdict::undefined : readable(d.table_memory, d.table_entries);
}

bool DefinedBehaviour::legal(const TileRecord& t) const {
  const auto& g = target_.geometry;
  const std::size_t bias_rows = g.bias == mapping::BiasPlacement::array ? g.bias_rows : 0;
  return t.macro < g.macros && t.rows > 0 && t.rows <= g.rows && t.row_pieces > 0 && t.outputs > 0 &&
         t.weight_rows <= g.rows * g.macros &&
         std::uint64_t{t.row_begin} + t.rows <= std::uint64_t{t.weight_rows} + bias_rows &&
         t.columns == mapping::tile_columns(t.outputs, g) &&
         2u * t.first_pair + t.columns <= 2 * g.column_pairs &&
         t.cells_bytes == (std::uint64_t{t.rows} * t.columns + 7) / 8;
}

DefinedBehaviour::Verdict DefinedBehaviour::tiles(CommandInfo& command,
                                                  std::vector<std::string>& words) const {
  const auto& d = command.descriptor;
  const auto& g = target_.geometry;
  if (d.table_entries == 0 || d.table_entries > g.macros * g.column_pairs) return Verdict::ends;
  const std::uint64_t bytes = std::uint64_t{d.table_entries} * mapping::tile_record_bytes;
  if (const auto there = readable(d.table_memory, bytes); there != Verdict::goes_on) return there;
  bool good = true;
  for (std::uint32_t i = 0; i < d.table_entries; ++i) {
    const std::uint64_t at = d.table_memory - memory_.address + i * mapping::tile_record_bytes;
    command.tiles.push_back(mapping::decode(
        std::span<const std::uint8_t>(memory_.bytes).subspan(at).first<mapping::tile_record_bytes>()));
    words.push_back(in_words(command.tiles.back()));
    good = good && legal(command.tiles.back());
  }
  return good ? Verdict::goes_on : Verdict::ends;
}

DefinedBehaviour::Verdict DefinedBehaviour::cells(const CommandInfo& command) const {
  for (const auto& tile : command.tiles) {
    auto there = readable(tile.cells_memory, tile.cells_bytes);
    if (there == Verdict::goes_on && tile.bias_memory != 0)
      there = readable(tile.bias_memory, std::uint64_t{tile.outputs} * 4);
    if (there != Verdict::goes_on) return there;
  }
  return Verdict::goes_on;
}

/// Checks that tiles that share outputs are row pieces, and that either all of them are there or none.
DefinedBehaviour::Verdict DefinedBehaviour::layer_tiles(const CommandInfo& command) const {
  const auto& d = command.descriptor;
  const auto& tiles = command.tiles;
  for (const auto& t : tiles)
    if (t.output_begin + t.outputs > d.out_channels ||
        t.weight_rows != std::uint32_t{d.kernel_h} * d.kernel_w * d.in_channels[0])
      return Verdict::ends;
  for (const auto& t : tiles) {
    const auto piece = [&](const TileRecord& other) { return other.output_begin == t.output_begin; };
    const auto first = [&](const TileRecord& other) { return piece(other) && other.row_begin == 0; };
    if (std::count_if(tiles.begin(), tiles.end(), piece) != t.row_pieces ||
        std::none_of(tiles.begin(), tiles.end(), first))
      return Verdict::undefined;
  }
  for (std::size_t i = 0; i < tiles.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto &a = tiles[i], &b = tiles[j];
      if (a.output_begin >= b.output_begin + b.outputs || b.output_begin >= a.output_begin + a.outputs)
        continue;
      const bool same = a.output_begin == b.output_begin && a.outputs == b.outputs;
      const bool apart = a.row_begin + a.rows <= b.row_begin || b.row_begin + b.rows <= a.row_begin;
      if (!same || !apart || a.row_pieces == 1 || a.row_pieces != b.row_pieces) return Verdict::undefined;
    }
  return Verdict::goes_on;
}

bool DefinedBehaviour::covers_output(const CommandInfo& command) const {
  std::vector<bool> covered(command.descriptor.out_channels, false);
  for (const auto& t : command.tiles) std::fill_n(covered.begin() + t.output_begin, t.outputs, true);
  return std::find(covered.begin(), covered.end(), false) == covered.end();
}

DefinedBehaviour::Map DefinedBehaviour::map_of(std::uint32_t first, std::uint16_t height, std::uint16_t width,
                                               std::uint16_t channels) const {
  return {first, mapping::map_buffer_words(std::uint64_t{height} * width, channels), height, width, channels};
}

bool DefinedBehaviour::defined(const Map& map) const {
  return std::find(known_.begin(), known_.end(), map) != known_.end();
}

DefinedBehaviour::Verdict DefinedBehaviour::maps(const CommandInfo& command,
                                                 std::vector<Map>& written) const {
  const auto& d = command.descriptor;
  const bool picture = (d.flags & mapping::flag_picture_input) != 0;
  const bool streamed = (d.flags & mapping::flag_input_from_memory) != 0;
  const auto out = map_of(d.out_buffer, d.out_height, d.out_width, d.out_channels);
  const bool has_output = d.opcode != Opcode::head;
  std::vector<Map> inputs;
  for (std::size_t i = 0; i < d.inputs && !picture; ++i)
    inputs.push_back(map_of(d.in_buffer[i], d.in_height, d.in_width, d.in_channels[i]));
  if (std::any_of(inputs.begin(), inputs.end(), [&](const Map& map) { return !fits(map); }))
    return Verdict::ends;
  if (has_output && !fits(out)) return Verdict::ends;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool arrives = streamed && i == 0;
    if (!arrives && !defined(inputs[i])) return Verdict::undefined;
    if (has_output && inputs[i].overlaps(out)) return Verdict::undefined;
    // A map that streams in over another input of the same command changes that input while it is used.
    if (i > 0 && streamed && inputs[i].overlaps(inputs[0])) return Verdict::undefined;
  }
  if (d.opcode == Opcode::conv_array && !covers_output(command) && !defined(out)) return Verdict::undefined;
  if (streamed && !picture) written.push_back(inputs[0]);
  if (has_output) written.push_back(out);
  return Verdict::goes_on;
}

DefinedBehaviour::Verdict DefinedBehaviour::streams(const Descriptor& d) const {
  const bool picture = (d.flags & mapping::flag_picture_input) != 0;
  if ((d.flags & mapping::flag_input_from_memory) != 0) {
    const std::uint64_t row = picture ? std::uint64_t{d.in_width} * d.in_channels[0]
                                      : mapping::map_row_bytes(d.in_width, d.in_channels[0]);
    if (const auto there = readable(d.in_memory, row * d.in_height); there != Verdict::goes_on) return there;
  }
  if ((d.flags & mapping::flag_output_to_memory) == 0) return Verdict::goes_on;
  const std::uint64_t row = d.opcode == Opcode::head ? std::uint64_t{4} * d.out_width * d.out_channels
                                                     : mapping::map_row_bytes(d.out_width, d.out_channels);
  const std::uint64_t bytes = row * d.out_height;
  if (d.out_memory > target_.memory_bytes || bytes > target_.memory_bytes - d.out_memory) {
    // Rows before the end of memory are written, so it matters whether they lie outside the case.
    const bool behind =
        d.out_memory >= memory_.address + memory_.bytes.size() && d.out_memory + bytes > d.out_memory;
    return behind ? Verdict::ends : Verdict::undefined;
  }
  const bool allowed = std::any_of(outputs_.begin(), outputs_.end(), [&](const Range& range) {
    return d.out_memory >= range.begin && d.out_memory + bytes <= range.end;
  });
  return allowed ? Verdict::goes_on : Verdict::undefined;
}

DefinedBehaviour::Verdict DefinedBehaviour::layer(const CommandInfo& command) {
  const auto& d = command.descriptor;
  if (d.opcode == Opcode::conv_array)
    if (const auto verdict = layer_tiles(command); verdict != Verdict::goes_on) return verdict;
  const std::uint64_t values = std::uint64_t{d.in_height} * d.in_width * d.in_channels[0] +
                               std::uint64_t{d.out_height} * d.out_width * d.out_channels;
  std::vector<Map> written;
  if (const auto verdict = maps(command, written); verdict != Verdict::goes_on) return verdict;
  if (values > (1u << 17)) return Verdict::undefined;
  if (const auto verdict = streams(d); verdict != Verdict::goes_on) return verdict;
  for (const auto& map : written) std::erase_if(known_, [&](const Map& old) { return old.overlaps(map); });
  known_.insert(known_.end(), written.begin(), written.end());
  return Verdict::goes_on;
}

}  // namespace irc::tb
