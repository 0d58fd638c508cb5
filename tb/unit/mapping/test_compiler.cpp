// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/mapping/compiler.h"
#include "layers.h"

using namespace irc::mapping;
using Catch::Matchers::ContainsSubstring;
using irc::network::Graph;
using irc::network::NodeId;
namespace mt = irc::mapping::test;

namespace {

/// Memory as the host would write it.
class Memory {
 public:
  explicit Memory(const Program& program) : bytes_(program.memory_bytes) {
    for (const auto& segment : program.segments)
      std::copy(segment.bytes.begin(), segment.bytes.end(),
                bytes_.begin() + static_cast<std::ptrdiff_t>(segment.address));
  }
  std::span<const std::uint8_t> at(std::uint64_t address, std::uint64_t bytes) const {
    REQUIRE(address + bytes <= bytes_.size());
    return std::span(bytes_).subspan(address, bytes);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

struct Region {
  std::uint64_t begin = 0, bytes = 0;
};

void check_disjoint(std::vector<Region> regions, std::uint64_t end) {
  std::sort(regions.begin(), regions.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::uint64_t free = 0;
  for (const auto& r : regions) {
    REQUIRE(r.bytes > 0);
    REQUIRE(r.begin % 64 == 0);
    REQUIRE(r.begin >= free);
    free = r.begin + r.bytes;
  }
  REQUIRE(free <= end);
}

/// Checks segments, image, head and streamed maps.
void check_memory(const Graph& graph, const Program& program, bool streamed) {
  std::vector<Region> regions = {{program.picture_address, program.picture_bytes},
                                 {program.head_address, program.head_bytes}};
  for (const auto& segment : program.segments) regions.push_back({segment.address, segment.bytes.size()});
  std::map<NodeId, std::uint64_t> written;
  for (const auto& command : program.picture) {
    const auto& d = command.descriptor;
    if ((d.flags & flag_output_to_memory) != 0 && d.opcode != Opcode::head)
      written[command.node] = d.out_memory;
  }
  for (const auto& [node, address] : written) {
    const auto& s = graph.nodes[node].shape;
    regions.push_back({address, static_cast<std::uint64_t>(s.height * s.width * ((s.channels + 7) / 8))});
  }
  if (!streamed) REQUIRE(written.empty());
  check_disjoint(regions, program.memory_bytes);
}

/// Checks that the bytes in memory agree with the report.
void check_stored(const Graph& graph, const Geometry& g, const Program& program) {
  const Memory memory(program);
  const auto check_list = [&](const std::vector<CommandInfo>& commands, std::uint64_t address) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const auto& command = commands[i];
      Descriptor d;
      const auto bytes =
          memory.at(address + i * descriptor_bytes, descriptor_bytes).first<descriptor_bytes>();
      REQUIRE(decode(bytes, d) == CommandError::none);
      REQUIRE(d == command.descriptor);
      REQUIRE(d.layer == command.node);
      REQUIRE((d.flags & flag_interrupt) != 0);
      REQUIRE(((d.flags & flag_end) != 0) == (i + 1 == commands.size()));
      const bool array = d.opcode == Opcode::program || d.opcode == Opcode::conv_array;
      REQUIRE(command.tiles.size() == (array ? d.table_entries : 0));
      for (std::size_t t = 0; t < command.tiles.size(); ++t)
        REQUIRE(decode(memory.at(d.table_memory + t * tile_record_bytes, tile_record_bytes)
                           .first<tile_record_bytes>()) == command.tiles[t]);
      for (const auto& tile : command.tiles) {
        const auto& placed = program.placement.tiles.at(tile.tile);
        const auto& conv = mt::conv_of(graph, placed.node);
        const auto cells = memory.at(tile.cells_memory, tile.cells_bytes);
        REQUIRE(std::vector(cells.begin(), cells.end()) == tile_cells(conv, placed, g));
        REQUIRE(tile.weight_rows == conv.rows());
        REQUIRE((tile.bias_memory == 0) == (g.bias == BiasPlacement::array));
        for (std::size_t o = 0; tile.bias_memory != 0 && o < tile.outputs; ++o) {
          const auto raw = memory.at(tile.bias_memory + 4 * o, 4);
          const auto value =
              static_cast<std::int32_t>(std::uint32_t{raw[0]} | std::uint32_t{raw[1]} << 8 |
                                        std::uint32_t{raw[2]} << 16 | std::uint32_t{raw[3]} << 24);
          REQUIRE(value == conv.bias[tile.output_begin + o]);
        }
      }
    }
  };
  check_list(program.setup, program.setup_address);
  check_list(program.picture, program.picture_program_address);
}

/// Follows the contents of the macros. A tile that runs must have been programmed and not overwritten since.
void check_residency(const Graph& graph, const Program& program) {
  std::map<std::pair<std::uint16_t, int>, std::uint32_t> held;  // macro, pair -> tile
  const auto pairs = [](const TileRecord& tile) { return (tile.columns + 1) / 2; };
  std::map<NodeId, std::size_t> cells_run;
  // The image program runs twice, because the second image starts with what the first one has left.
  for (const auto* commands : {&program.setup, &program.picture, &program.picture})
    for (const auto& command : *commands)
      for (const auto& tile : command.tiles)
        for (int p = 0; p < pairs(tile); ++p) {
          const std::pair key(tile.macro, tile.first_pair + p);
          if (command.descriptor.opcode == Opcode::program) {
            held[key] = tile.tile;
          } else {
            REQUIRE(held.count(key) == 1);
            REQUIRE(held[key] == tile.tile);
            if (p == 0) cells_run[command.node] += std::size_t{tile.rows} * tile.outputs;
          }
        }
  for (const auto id : mt::array_layers(graph)) {
    const auto& conv = mt::conv_of(graph, id);
    REQUIRE(cells_run[id] >= 2 * conv.rows() * static_cast<std::size_t>(conv.out_channels));
  }
}

std::uint64_t words_of(const irc::Shape& s) {
  return static_cast<std::uint64_t>(s.height * s.width * ((s.channels + 63) / 64));
}

/// Checks that maps needed at the same time do not overlap and that inputs are read where they were written.
void check_buffers(const Graph& graph, const Program& program, bool streamed) {
  std::map<NodeId, Descriptor> by_node;
  for (const auto& command : program.picture)
    if (command.descriptor.opcode != Opcode::program) by_node[command.node] = command.descriptor;
  std::map<NodeId, NodeId> last_use;
  std::uint64_t peak = 0;
  for (NodeId id = 1; id < graph.nodes.size(); ++id) {
    const auto& node = graph.nodes[id];
    REQUIRE(by_node.count(id) == 1);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto in = node.inputs[i];
      last_use[in] = id;
      REQUIRE(by_node[id].in_channels[i] == graph.nodes[in].shape.channels);
      if (in == 0) {
        REQUIRE((by_node[id].flags & flag_picture_input) != 0);
        REQUIRE(by_node[id].in_memory == program.picture_address);
        continue;
      }
      REQUIRE(by_node[id].in_buffer[i] == by_node[in].out_buffer);
      const bool conv = std::holds_alternative<irc::network::Conv>(node.op);
      REQUIRE(((by_node[id].flags & flag_input_from_memory) != 0) == (streamed && conv));
      if (streamed && conv) REQUIRE(by_node[id].in_memory == by_node[in].out_memory);
    }
    if (node.binary) peak = std::max(peak, by_node[id].out_buffer + words_of(node.shape));
    const bool to_memory = streamed || id + 1 == graph.nodes.size();
    REQUIRE(((by_node[id].flags & flag_output_to_memory) != 0) == to_memory);
  }
  REQUIRE(program.buffer_words == peak);
  for (NodeId a = 1; a < graph.nodes.size(); ++a)
    for (NodeId b = a + 1; b < graph.nodes.size() && b <= last_use[a]; ++b) {
      if (!graph.nodes[a].binary || !graph.nodes[b].binary) continue;
      CAPTURE(a, b);
      const auto begin_a = by_node[a].out_buffer, begin_b = by_node[b].out_buffer;
      REQUIRE((begin_a + words_of(graph.nodes[a].shape) <= begin_b ||
               begin_b + words_of(graph.nodes[b].shape) <= begin_a));
    }
}

void check_digital(const Graph& graph, const Program& program) {
  const Memory memory(program);
  std::set<std::uint32_t> slots;
  std::map<NodeId, std::uint32_t> slot_of;
  for (const auto& command : program.setup) {
    if (command.descriptor.opcode != Opcode::load_parameters) continue;
    const auto& d = command.descriptor;
    REQUIRE(slots.insert(d.slot).second);
    slot_of[command.node] = d.slot;
    irc::network::Conv conv;
    REQUIRE(decode_parameters(memory.at(d.table_memory, d.table_entries), conv));
    REQUIRE(conv.weights == mt::conv_of(graph, command.node).weights);
    REQUIRE(conv.real_weights == mt::conv_of(graph, command.node).real_weights);
  }
  std::size_t used = 0;
  for (const auto& command : program.picture) {
    const auto opcode = command.descriptor.opcode;
    if (opcode != Opcode::conv_digital && opcode != Opcode::head) continue;
    REQUIRE(slot_of.count(command.node) == 1);
    REQUIRE(command.descriptor.slot == slot_of[command.node]);
    ++used;
  }
  REQUIRE(used == slots.size());
}

}  // namespace

TEST_CASE("programs of random detectors") {
  int reprogrammed = 0, resident = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    mt::Draw draw(seed + 300);
    auto g = mt::plain_geometry(static_cast<std::size_t>(draw.between(3, 6)),
                                static_cast<std::size_t>(draw.between(180, 400)),
                                static_cast<std::size_t>(draw.between(8, 60)));
    g.bias = static_cast<BiasPlacement>(draw.between(0, 2));
    mt::RandomOptions options;
    options.blocks = draw.between(1, 7);
    options.real_stem = draw.between(0, 1) != 0;
    options.real_head = draw.between(0, 1) != 0;
    const auto graph = irc::network::test::random_detector(seed, options);
    for (const auto activations : {Activations::on_chip, Activations::streamed}) {
      CAPTURE(seed, static_cast<int>(activations));
      const bool streamed = activations == Activations::streamed;
      const auto program = compile(graph, g, activations);
      check_memory(graph, program, streamed);
      check_stored(graph, g, program);
      check_residency(graph, program);
      check_buffers(graph, program, streamed);
      check_digital(graph, program);
      const auto& head = program.picture.back();
      CHECK(head.descriptor.opcode == Opcode::head);
      CHECK(head.descriptor.out_memory == program.head_address);
      CHECK(program.head_bytes == graph.nodes.back().shape.size() * 4);
      CHECK(program.picture_bytes == 24 * 32 * 3);
      const bool in_setup = !program.setup.empty() && program.setup[0].descriptor.opcode == Opcode::program;
      const bool in_picture = program.picture[0].descriptor.opcode == Opcode::program ||
                              program.picture[1].descriptor.opcode == Opcode::program;
      CHECK(in_setup == (program.placement.rounds == 1));
      if (in_setup) CHECK_FALSE(in_picture);
      ++(in_setup ? resident : reprogrammed);
    }
  }
  CHECK(resident > 10);
  CHECK(reprogrammed > 10);
}

TEST_CASE("a buffer one bit too small is refused") {
  const auto graph = mt::chain(4, {10, 70, 3});
  auto g = mt::plain_geometry(4, 700, 80);
  // Maps of 6 x 6 pixels with 10 channels (one word per pixel) and 70 channels (two words) exist at once.
  const auto program = compile(graph, g, Activations::on_chip);
  CHECK(program.buffer_words >= 36 * 3);
  g.buffer_bits = program.buffer_words * 64;
  CHECK_NOTHROW(compile(graph, g, Activations::on_chip));
  --g.buffer_bits;
  CHECK_THROWS_AS(compile(graph, g, Activations::on_chip), irc::InputError);
  CHECK_THROWS_WITH(compile(graph, g, Activations::on_chip),
                    ContainsSubstring(std::to_string(program.buffer_words * 64)) &&
                        ContainsSubstring("buffer.size_bits") &&
                        ContainsSubstring(std::to_string(g.buffer_bits)));
}

TEST_CASE("a gap is used if the map fits, not if it lacks one word") {
  for (const bool fits : {true, false}) {
    auto graph = mt::chain(4, {4, 4});
    // Node 1 is free when node 3 is compiled. Node 2 lies behind it and is still read.
    graph.nodes[1].shape = {4, 1, 24};
    graph.nodes[2].shape = {4, 1, 10};
    graph.nodes[3].shape = {4, 1, fits ? 24 : 25};
    const auto program = compile(graph, mt::plain_geometry(4, 36, 8), Activations::on_chip);
    std::map<NodeId, std::uint32_t> at;
    for (const auto& command : program.picture) at[command.node] = command.descriptor.out_buffer;
    CHECK(at[1] == 0);
    CHECK(at[2] == 24);
    CHECK(at[3] == (fits ? 0 : 34));
  }
}

TEST_CASE("a command joins four maps, not five") {
  mt::RandomOptions options;
  options.odd_geometry = false;
  mt::GraphBuilder build(1, options);
  const auto stem = build.conv(0, 4, irc::network::WeightKind::int8, true);
  const auto join = build.concat(stem, stem);
  build.conv(join, options.classes + 4, irc::network::WeightKind::int8, false);
  auto graph = build.finished();
  CHECK_NOTHROW(compile(graph, {}, Activations::on_chip));
  graph.nodes[join].inputs = {stem, stem, stem, stem};
  graph.nodes[join].shape.channels = 16;
  CHECK_NOTHROW(compile(graph, {}, Activations::on_chip));
  graph.nodes[join].inputs.push_back(stem);
  graph.nodes[join].shape.channels = 20;
  CHECK_THROWS_AS(compile(graph, {}, Activations::on_chip), irc::InputError);
  CHECK_THROWS_WITH(compile(graph, {}, Activations::on_chip),
                    ContainsSubstring("'" + graph.nodes[join].name + "'") &&
                        ContainsSubstring("joins 5 maps") && ContainsSubstring("at most 4"));
}

TEST_CASE("sizes that no command can hold are refused") {
  auto graph = mt::chain(4, {10});
  auto& conv = std::get<irc::network::Conv>(graph.nodes[1].op);
  conv.kernel_h = 256;
  CHECK_THROWS_WITH(
      compile(graph, {}, Activations::on_chip),
      ContainsSubstring("'" + graph.nodes[1].name + "'") && ContainsSubstring("kernel height 256"));
  graph = mt::chain(4, {10});
  graph.nodes[1].shape.width = 65536;
  CHECK_THROWS_WITH(compile(graph, {}, Activations::on_chip), ContainsSubstring("size 65536"));
  graph.nodes.resize(1);
  CHECK_THROWS_WITH(compile(graph, {}, Activations::on_chip), ContainsSubstring("has no layers"));
  graph.nodes.resize(70000);
  CHECK_THROWS_WITH(compile(graph, {}, Activations::on_chip), ContainsSubstring("70000 nodes"));
}

TEST_CASE("what no command can ask for is refused when compiled, by name") {
  const auto detector = [](int side, int channels) {
    mt::RandomOptions options;
    options.odd_geometry = false;
    mt::GraphBuilder build(1, options);
    const auto stem = build.conv(0, channels, irc::network::WeightKind::int8, true);
    build.conv(stem, options.classes + 4, irc::network::WeightKind::int8, false);
    auto graph = build.finished();
    for (auto& node : graph.nodes) node.shape.height = node.shape.width = side;
    return graph;
  };
  auto g = mt::plain_geometry(1, 64, 16);
  g.buffer_bits = std::size_t{1} << 40;
  CHECK_THROWS_WITH(
      compile(detector(5000, 4), g, Activations::on_chip),
      ContainsSubstring("'image': 5000 x 5000 x 3 values") && ContainsSubstring("at most 67108864"));
  CHECK_THROWS_AS(compile(detector(5000, 4), g, Activations::on_chip), irc::InputError);
  CHECK_THROWS_WITH(compile(detector(4000, 4), g, Activations::on_chip), ContainsSubstring("head"));
  CHECK_NOTHROW(compile(detector(3000, 4), g, Activations::on_chip));
  auto heavy = detector(8, 16384);
  auto& head = std::get<irc::network::Conv>(heavy.nodes.back().op);
  head.kernel_h = head.kernel_w = 25;
  head.weights.assign(head.rows() * static_cast<std::size_t>(head.out_channels), 1);
  CHECK_THROWS_WITH(
      compile(heavy, g, Activations::on_chip),
      ContainsSubstring("'" + heavy.nodes.back().name + "'") && ContainsSubstring("at most 67108864"));
}
