// SPDX-License-Identifier: Apache-2.0
#include "irc/mapping/compiler.h"

#include <algorithm>
#include <limits>
#include <map>

#include "irc/core/error.h"

namespace irc::mapping {
namespace {

using network::Conv;
using network::Node;
using network::NodeId;

/// First-fit allocation of buffer words over the lifetimes of the maps.
class BufferAllocator {
 public:
  std::uint32_t allocate(std::uint64_t words) {
    std::uint64_t at = 0;
    for (const auto& [begin, end] : used_) {
      if (begin - at >= words) break;
      at = end;
    }
    used_[at] = at + words;
    peak_ = std::max(peak_, at + words);
    if (peak_ > std::numeric_limits<std::uint32_t>::max())
      throw InputError("the network's maps need more activation buffer than a command can address");
    return static_cast<std::uint32_t>(at);
  }
  void release(std::uint32_t begin) { used_.erase(begin); }
  std::uint64_t peak() const { return peak_; }

 private:
  std::map<std::uint64_t, std::uint64_t> used_;
  std::uint64_t peak_ = 0;
};

class MemoryLayout {
 public:
  std::uint64_t reserve(std::uint64_t bytes) {
    const std::uint64_t at = next_;
    next_ = (next_ + bytes + 63) / 64 * 64;
    return at;
  }
  std::uint64_t size() const { return next_; }

 private:
  std::uint64_t next_ = 0;
};

class Compiler {
 public:
  Compiler(const network::Graph& graph, const Geometry& geometry, Activations activations)
      : graph_(graph), geometry_(geometry), streamed_(activations == Activations::streamed) {}

  Program run() {
    program_.placement = place(graph_, geometry_);
    program_.array_layers = array_layers(graph_);
    program_.picture_shape = graph_.nodes.front().shape;
    program_.head_shape = graph_.nodes.back().shape;
    check_values(graph_.nodes.front());
    check_values(graph_.nodes.back());
    program_.picture_bytes = program_.picture_shape.size();
    program_.picture_address = memory_.reserve(program_.picture_bytes);
    program_.head_bytes = program_.head_shape.size() * 4;
    program_.head_address = memory_.reserve(program_.head_bytes);
    find_last_uses();
    store_tiles();
    const bool resident = program_.placement.rounds <= 1;
    if (resident && !program_.placement.tiles.empty()) emit_program_round(0, program_.setup);
    for (NodeId id = 1; id < graph_.nodes.size(); ++id) emit_node(id, resident);
    finish();
    return std::move(program_);
  }

 private:
  const Node& node(NodeId id) const { return graph_.nodes[id]; }

  void find_last_uses() {
    last_use_.assign(graph_.nodes.size(), 0);
    for (NodeId id = 0; id < graph_.nodes.size(); ++id)
      for (const auto in : node(id).inputs) last_use_[in] = id;
  }

  /// Writes the cells (and external biases) of every tile to memory and fills in the tile records.
  void store_tiles() {
    const auto& placement = program_.placement;
    for (std::size_t t = 0; t < placement.tiles.size(); ++t) {
      const auto& tile = placement.tiles[t];
      const auto& conv = std::get<Conv>(node(tile.node).op);
      TileRecord record;
      record.tile = static_cast<std::uint32_t>(t);
      record.macro = static_cast<std::uint16_t>(tile.macro);
      record.first_pair = static_cast<std::uint16_t>(tile.first_pair);
      record.row_begin = static_cast<std::uint32_t>(tile.row_begin);
      record.rows = static_cast<std::uint32_t>(tile.rows);
      record.weight_rows = static_cast<std::uint32_t>(conv.rows());
      record.output_begin = static_cast<std::uint16_t>(tile.output_begin);
      record.outputs = static_cast<std::uint16_t>(tile.outputs);
      record.columns = static_cast<std::uint16_t>(tile.columns);
      const std::size_t layer_rows = conv.rows() + bias_rows_of(conv, geometry_);
      record.row_pieces = static_cast<std::uint16_t>((layer_rows + geometry_.rows - 1) / geometry_.rows);
      auto cells = tile_cells(conv, tile, geometry_);
      record.cells_bytes = static_cast<std::uint32_t>(cells.size());
      record.cells_memory = store(std::move(cells));
      if (geometry_.bias != BiasPlacement::array) record.bias_memory = store(bias_bytes(conv, tile));
      records_.push_back(record);
    }
  }

  static std::vector<std::uint8_t> bias_bytes(const Conv& conv, const Tile& tile) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t o = 0; o < tile.outputs; ++o) {
      const auto value = static_cast<std::uint32_t>(conv.bias[tile.output_begin + o]);
      for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return bytes;
  }

  std::uint64_t store(std::vector<std::uint8_t> bytes) {
    const auto address = memory_.reserve(bytes.size());
    program_.segments.push_back({address, std::move(bytes)});
    return address;
  }

  std::uint64_t store_table(const std::vector<TileRecord>& tiles) {
    std::vector<std::uint8_t> bytes;
    for (const auto& tile : tiles) {
      const auto record = encode(tile);
      bytes.insert(bytes.end(), record.begin(), record.end());
    }
    return store(std::move(bytes));
  }

  void emit_program_round(std::size_t round, std::vector<CommandInfo>& commands) {
    CommandInfo command;
    command.name = "program round " + std::to_string(round);
    command.descriptor.opcode = Opcode::program;
    command.descriptor.flags = flag_interrupt;
    for (const auto& pass : program_.placement.passes) {
      if (pass.round != round) continue;
      if (command.tiles.empty()) command.node = pass.node;
      for (const auto t : pass.tiles) command.tiles.push_back(records_[t]);
    }
    command.descriptor.layer = static_cast<std::uint16_t>(command.node);
    command.descriptor.table_memory = store_table(command.tiles);
    command.descriptor.table_entries = static_cast<std::uint32_t>(command.tiles.size());
    commands.push_back(std::move(command));
  }

  void emit_node(NodeId id, bool resident) {
    const auto& n = node(id);
    Descriptor d;
    d.layer = static_cast<std::uint16_t>(id);
    d.flags = flag_interrupt;
    set_inputs(n, d);
    set_output(id, d);
    if (const auto* conv = std::get_if<Conv>(&n.op)) {
      emit_conv(id, *conv, d, resident);
    } else if (const auto* pool = std::get_if<network::MaxPool>(&n.op)) {
      d.opcode = Opcode::max_pool;
      d.kernel_h = d.kernel_w = byte(pool->kernel, n, "pooling window");
      d.stride_h = d.stride_w = byte(pool->stride, n, "pooling stride");
      push(id, d);
    } else if (const auto* up = std::get_if<network::Upsample>(&n.op)) {
      d.opcode = Opcode::upsample;
      d.kernel_h = d.kernel_w = byte(up->factor, n, "upsampling factor");
      push(id, d);
    } else {
      d.opcode = Opcode::concat;
      push(id, d);
    }
    for (NodeId in = 1; in < id; ++in)
      if (last_use_[in] == id && node(in).binary) buffer_.release(buffer_of_.at(in));
  }

  void set_inputs(const Node& n, Descriptor& d) const {
    if (n.inputs.size() > max_inputs)
      throw InputError("layer '" + n.name + "' joins " + std::to_string(n.inputs.size()) +
                       " maps, a command takes at most " + std::to_string(max_inputs));
    d.inputs = static_cast<std::uint8_t>(n.inputs.size());
    const auto& first = node(n.inputs.front());
    d.in_height = half(first.shape.height, n);
    d.in_width = half(first.shape.width, n);
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      const auto& in = node(n.inputs[i]);
      d.in_channels[i] = half(in.shape.channels, n);
      if (in.binary) d.in_buffer[i] = buffer_of_.at(n.inputs[i]);
    }
    if (n.inputs.front() == 0) {
      d.flags |= flag_picture_input | flag_input_from_memory;
      d.in_memory = program_.picture_address;
    }
  }

  void set_output(NodeId id, Descriptor& d) {
    const auto& n = node(id);
    d.out_height = half(n.shape.height, n);
    d.out_width = half(n.shape.width, n);
    d.out_channels = half(n.shape.channels, n);
    if (!n.binary) {
      d.flags |= flag_output_to_memory;
      d.out_memory = program_.head_address;
      return;
    }
    buffer_of_[id] =
        buffer_.allocate(map_buffer_words(n.shape.pixels(), static_cast<std::uint64_t>(n.shape.channels)));
    d.out_buffer = buffer_of_[id];
    if (streamed_) {
      const auto height = static_cast<std::uint64_t>(n.shape.height);
      memory_of_[id] = memory_.reserve(height * map_row_bytes(static_cast<std::uint64_t>(n.shape.width),
                                                              static_cast<std::uint64_t>(n.shape.channels)));
      d.flags |= flag_output_to_memory;
      d.out_memory = memory_of_[id];
    }
  }

  void emit_conv(NodeId id, const Conv& conv, Descriptor d, bool resident) {
    const auto& n = node(id);
    d.kernel_h = byte(conv.kernel_h, n, "kernel height");
    d.kernel_w = byte(conv.kernel_w, n, "kernel width");
    d.stride_h = byte(conv.stride_h, n, "stride");
    d.stride_w = byte(conv.stride_w, n, "stride");
    d.pad_top = byte(conv.pad_top, n, "padding");
    d.pad_left = byte(conv.pad_left, n, "padding");
    d.pad_bottom = byte(conv.pad_bottom, n, "padding");
    d.pad_right = byte(conv.pad_right, n, "padding");
    if (streamed_ && node(n.inputs.front()).binary) {
      d.flags |= flag_input_from_memory;
      d.in_memory = memory_of_.at(n.inputs.front());
    }
    if (passes_of(id).empty()) {
      emit_digital(id, conv, d);
      return;
    }
    d.opcode = Opcode::conv_array;
    const auto passes = passes_of(id);
    for (std::size_t i = 0; i < passes.size(); ++i) {
      const auto& pass = *passes[i];
      if (!resident && (!programmed_ || pass.round != round_)) {
        emit_program_round(pass.round, program_.picture);
        programmed_ = true;
        round_ = pass.round;
      }
      CommandInfo command{id, passes.size() > 1 ? n.name + " pass " + std::to_string(i) : n.name, d, {}};
      for (const auto t : pass.tiles) command.tiles.push_back(records_[t]);
      command.descriptor.table_memory = store_table(command.tiles);
      command.descriptor.table_entries = static_cast<std::uint32_t>(command.tiles.size());
      program_.picture.push_back(std::move(command));
    }
  }

  void emit_digital(NodeId id, const Conv& conv, Descriptor d) {
    Descriptor load;
    load.opcode = Opcode::load_parameters;
    load.layer = d.layer;
    load.flags = flag_interrupt;
    load.slot = slots_;
    auto block = encode_parameters(conv);
    if (block.size() > max_parameter_bytes)
      throw InputError("layer '" + node(id).name + "': its weights take " + std::to_string(block.size()) +
                       " bytes, the digital unit takes at most " + std::to_string(max_parameter_bytes));
    load.table_entries = static_cast<std::uint32_t>(block.size());
    load.table_memory = store(std::move(block));
    program_.setup.push_back({id, "parameters of " + node(id).name, load, {}});
    d.opcode = conv.step ? Opcode::conv_digital : Opcode::head;
    d.slot = slots_++;
    push(id, d);
  }

  std::vector<const Pass*> passes_of(NodeId id) const {
    std::vector<const Pass*> out;
    for (const auto& pass : program_.placement.passes)
      if (pass.node == id && !pass.tiles.empty()) out.push_back(&pass);
    return out;
  }

  void push(NodeId id, const Descriptor& d) { program_.picture.push_back({id, node(id).name, d, {}}); }

  std::uint64_t store_commands(std::vector<CommandInfo>& commands) {
    if (commands.empty()) return 0;
    commands.back().descriptor.flags |= flag_end;
    std::vector<std::uint8_t> bytes;
    for (const auto& command : commands) {
      const auto encoded = encode(command.descriptor);
      bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    }
    const std::uint64_t address = store(std::move(bytes));
    for (std::size_t i = 0; i < commands.size(); ++i) commands[i].address = address + i * descriptor_bytes;
    return address;
  }

  void finish() {
    program_.buffer_words = buffer_.peak();
    if (program_.buffer_words * 64 > geometry_.buffer_bits)
      throw InputError("the network's maps need " + std::to_string(program_.buffer_words * 64) +
                       " bits of activation buffer at once, buffer.size_bits is " +
                       std::to_string(geometry_.buffer_bits));
    program_.setup_address = store_commands(program_.setup);
    program_.picture_program_address = store_commands(program_.picture);
    program_.memory_bytes = memory_.size();
  }

  static void check_values(const Node& n) {
    const std::uint64_t values = n.shape.size();
    if (values > max_map_values)
      throw InputError("'" + n.name + "': " + std::to_string(n.shape.width) + " x " +
                       std::to_string(n.shape.height) + " x " + std::to_string(n.shape.channels) +
                       " values, expected at most " + std::to_string(max_map_values));
  }
  static std::uint16_t half(int value, const Node& n) {
    if (value < 0 || value > std::numeric_limits<std::uint16_t>::max())
      throw InputError("layer '" + n.name + "': size " + std::to_string(value) +
                       " does not fit a command's 16 bits");
    return static_cast<std::uint16_t>(value);
  }
  static std::uint8_t byte(int value, const Node& n, const char* what) {
    if (value < 0 || value > std::numeric_limits<std::uint8_t>::max())
      throw InputError("layer '" + n.name + "': " + what + " " + std::to_string(value) +
                       " does not fit a command's 8 bits");
    return static_cast<std::uint8_t>(value);
  }

  const network::Graph& graph_;
  const Geometry& geometry_;
  bool streamed_;
  Program program_;
  MemoryLayout memory_;
  BufferAllocator buffer_;
  std::vector<NodeId> last_use_;
  std::vector<TileRecord> records_;
  std::map<NodeId, std::uint32_t> buffer_of_;
  std::map<NodeId, std::uint64_t> memory_of_;
  std::uint32_t slots_ = 0;
  bool programmed_ = false;
  std::size_t round_ = 0;
};

}  // namespace

Program compile(const network::Graph& graph, const Geometry& geometry, Activations activations) {
  if (graph.nodes.size() < 2) throw InputError("network '" + graph.name + "' has no layers");
  if (graph.nodes.size() > std::numeric_limits<std::uint16_t>::max())
    throw InputError("network '" + graph.name + "' has " + std::to_string(graph.nodes.size()) +
                     " nodes, expected at most 65535");
  return Compiler(graph, geometry, activations).run();
}

}  // namespace irc::mapping
