// SPDX-License-Identifier: Apache-2.0
// Tests that the accelerator refuses wrong programs: their descriptors, tables and tile records.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include "support/catch.h"

#include "bench.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/model/host_driver.h"
#include "irc/network/graph.h"
#include "irc/platform/config.h"
#include "irc/platform/platform.h"
#include "random_graph.h"
#include "spoiled_program.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::CommandError;
using tb::descriptor;
using tb::fault_of;
using tb::faults_of;
using tb::rewrite;
using tb::rewrite_programmed_tile;
using tb::rewrite_tile;
using tb::Spoil;

namespace {

/// A detector that uses every opcode.
network::Graph every_opcode() {
  network::test::RandomOptions options;
  options.height = options.width = 12;
  options.odd_geometry = false;
  network::test::GraphBuilder build(3, options);
  const auto stem = build.conv(0, 10, network::WeightKind::int8, true);
  const auto pool = build.pool(stem, {2, 2});
  const auto small = build.conv(pool, 6, network::WeightKind::ternary, true);
  const auto up = build.upsample(small, build.shape(stem).height / build.shape(small).height);
  build.conv(build.concat(stem, up), options.classes + 4, network::WeightKind::int8, false);
  return build.finished();
}

}  // namespace

TEST_CASE("a sound program has no fault") {
  CHECK(fault_of([](mapping::Program&) {}).empty());
}

TEST_CASE("a descriptor without magic number is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[1] ^= 0xff; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_magic)));
}

TEST_CASE("an unknown descriptor version is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[0] = 77; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_version)));
}

TEST_CASE("an unknown opcode is refused") {
  const auto message =
      fault_of([](mapping::Program& p) { descriptor(p, mapping::Opcode::conv_array)[4] = 99; });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_opcode)));
}

TEST_CASE("an output size that does not follow from the input is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { ++d.out_height; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_shape)));
}

TEST_CASE("a map outside the activation buffer is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) { d.out_buffer = 0xfffffff0u; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_buffer)));
}

TEST_CASE("a map of absurd size is refused before anything is allocated") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array, [](mapping::Descriptor& d) {
      const auto out = [](int in, int before, int after, int kernel, int stride) {
        return static_cast<std::uint16_t>((in + before + after - kernel) / stride + 1);
      };
      d.in_height = d.in_width = 0xfff0;
      d.out_height = out(d.in_height, d.pad_top, d.pad_bottom, d.kernel_h, d.stride_h);
      d.out_width = out(d.in_width, d.pad_left, d.pad_right, d.kernel_w, d.stride_w);
    });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_buffer)));
}

TEST_CASE("a table outside memory is a bus error") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_array,
            [](mapping::Descriptor& d) { d.table_memory = std::uint64_t{1} << 60; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bus_error)));
}

TEST_CASE("an empty parameter slot is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    rewrite(p, mapping::Opcode::conv_digital, [](mapping::Descriptor& d) { d.slot = 1000; });
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_parameters)));
}

TEST_CASE("a tile that was never programmed is refused") {
  const auto message = fault_of([](mapping::Program& p) {
    for (auto& segment : p.segments)
      for (const auto& command : p.picture)
        if (command.descriptor.opcode == mapping::Opcode::conv_array &&
            segment.address == command.descriptor.table_memory)
          segment.bytes[0] = 200;  // the tile's number
  });
  CHECK_THAT(message, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}

TEST_CASE("a malformed descriptor of any opcode is refused") {
  using mapping::Descriptor;
  using mapping::Opcode;
  struct Case {
    const char* name;
    Opcode opcode;
    std::function<void(Descriptor&)> spoil;
    CommandError error;
  };
  const auto more_inputs = [](Descriptor& d) { d.inputs = 3, d.in_channels[1] = d.in_channels[2] = 1; };
  const auto as_picture = [](Descriptor& d) { d.flags |= mapping::flag_picture_input; };
  const auto far_input = [](Descriptor& d) { d.in_buffer[0] = 0xffffff00u; };
  const auto shape = CommandError::bad_shape;
  const std::vector<Case> cases = {
      {"array, two inputs", Opcode::conv_array, more_inputs, shape},
      {"array, picture", Opcode::conv_array, as_picture, shape},
      {"array, input map", Opcode::conv_array, far_input, CommandError::bad_buffer},
      {"array, no tiles", Opcode::conv_array, [](auto& d) { d.table_entries = 0; }, CommandError::bad_tile},
      {"array, many tiles", Opcode::conv_array, [](auto& d) { d.table_entries = 0xffffffffu; },
       CommandError::bad_tile},
      {"array, fewer channels", Opcode::conv_array, [](auto& d) { d.in_channels[0] -= 1; },
       CommandError::bad_tile},
      {"digital, two inputs", Opcode::conv_digital, more_inputs, shape},
      {"digital, picture that is not streamed", Opcode::conv_digital,
       [](auto& d) { d.flags = static_cast<std::uint8_t>(d.flags & ~mapping::flag_input_from_memory); },
       shape},
      {"digital, other channels", Opcode::conv_digital, [](auto& d) { d.in_channels[0] += 1; },
       CommandError::bad_parameters},
      {"digital, picture outside memory", Opcode::conv_digital,
       [](auto& d) { d.in_memory = std::uint64_t{1} << 50; }, CommandError::bus_error},
      {"head, two inputs", Opcode::head, more_inputs, shape},
      {"head, picture", Opcode::head, as_picture, shape},
      {"head, kept to itself", Opcode::head,
       [](auto& d) { d.flags = static_cast<std::uint8_t>(d.flags & ~mapping::flag_output_to_memory); },
       shape},
      {"head, other channels", Opcode::head, [](auto& d) { d.out_channels += 1; },
       CommandError::bad_parameters},
      {"head, input map", Opcode::head, far_input, CommandError::bad_buffer},
      {"pool, two inputs", Opcode::max_pool, more_inputs, shape},
      {"pool, oblong", Opcode::max_pool, [](auto& d) { d.kernel_w = 3, d.out_width = 5; }, shape},
      {"pool, oblong stride", Opcode::max_pool, [](auto& d) { d.stride_w = 1, d.out_width = 11; }, shape},
      {"pool, pads", Opcode::max_pool, [](auto& d) { d.pad_top = d.pad_bottom = 1, d.out_height = 7; },
       shape},
      {"pool, output map", Opcode::max_pool, [](auto& d) { d.out_buffer = 0xffffff00u; },
       CommandError::bad_buffer},
      {"upsample, two inputs", Opcode::upsample, more_inputs, shape},
      {"upsample, oblong", Opcode::upsample,
       [](auto& d) { d.kernel_w = 3, d.out_width = static_cast<std::uint16_t>(3 * d.in_width); }, shape},
      {"upsample, pads", Opcode::upsample, [](auto& d) { d.pad_left = 1; }, shape},
      {"upsample, input map", Opcode::upsample, far_input, CommandError::bad_buffer},
      {"concat, five inputs", Opcode::concat, [](auto& d) { d.inputs = 5; }, shape},
      {"concat, one input less", Opcode::concat, [](auto& d) { d.inputs = 1; }, shape},
      {"concat, second map", Opcode::concat, [](auto& d) { d.in_buffer[1] = 0xffffff00u; },
       CommandError::bad_buffer},
  };
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  std::vector<Spoil> spoils = {[](auto&) {}};
  for (const auto& c : cases) spoils.push_back([&c](auto& program) { rewrite(program, c.opcode, c.spoil); });
  const auto messages = faults_of(spoils, config, config.geometry, every_opcode());
  CHECK(messages[0].empty());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].name);
    CHECK_THAT(messages[i + 1], Catch::Matchers::ContainsSubstring(mapping::text(cases[i].error)));
  }
}

TEST_CASE("a malformed tile record is refused, programmed or run") {
  using Record = mapping::TileRecord;
  const std::vector<std::pair<const char*, std::function<void(Record&)>>> cases = {
      {"one column an output", [](Record& r) { r.columns = r.outputs; }},
      {"a column short", [](Record& r) { r.columns -= 1; }},
      {"no outputs", [](Record& r) { r.outputs = 0; }},
      {"more outputs than columns", [](Record& r) { r.outputs = 0xffff; }},
      {"no rows", [](Record& r) { r.rows = 0; }},
      {"more rows than the macro", [](Record& r) { r.rows = 4096; }},
      {"rows that wrap around", [](Record& r) { r.row_begin = 0xffffffffu; }},
      {"rows beyond the layer", [](Record& r) { r.row_begin = r.weight_rows + 64; }},
      {"an absurd layer", [](Record& r) { r.weight_rows = 0xffffffffu; }},
      {"no such macro", [](Record& r) { r.macro = 0xffff; }},
      {"columns beyond the macro", [](Record& r) { r.first_pair = 128; }},
      {"columns that wrap around", [](Record& r) { r.first_pair = 0xffff; }},
      {"no row pieces", [](Record& r) { r.row_pieces = 0; }},
      {"4 GiB of cells", [](Record& r) { r.cells_bytes = 0xffffffffu; }},
      {"a byte of cells too many", [](Record& r) { r.cells_bytes += 1; }},
      {"no cells", [](Record& r) { r.cells_bytes = 0; }},
  };
  std::vector<Spoil> spoils = {[](auto& program) {
    rewrite_tile(program, [](Record& r) { r.first_pair = static_cast<std::uint16_t>(r.first_pair + 64); });
  }};
  for (const auto& named : cases) {
    const auto& spoil = named.second;
    spoils.push_back([&](auto& program) { rewrite_tile(program, spoil); });
    spoils.push_back([&](auto& program) { rewrite_programmed_tile(program, spoil); });
  }
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  const auto messages = faults_of(spoils, config, config.geometry, tb::small_detector(5));
  CHECK_THAT(messages[0], Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
  for (std::size_t i = 1; i < messages.size(); ++i) {
    INFO(cases[(i - 1) / 2].first << (i % 2 == 1 ? ", run" : ", programmed"));
    CHECK_THAT(messages[i], Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
  }
}

TEST_CASE("biases go with the cells they came with") {
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"source\""});
  const auto graph = tb::small_detector(5);
  const auto geometry = config.geometry;
  // The second setup programs the same cells without biases. The biases of the first must not remain.
  tb::SimulationGuard guard;
  auto program = mapping::compile(graph, geometry, config.activations);
  std::string first, second;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  const auto picture = network::test::random_picture(graph.nodes.front().shape, 1);
  platforms.push_back(std::make_unique<platform::Platform>(
      "bench", config, program, 1,
      [&](platform::Platform&, model::HostDriver& driver) {
        const auto outcome = [&] {
          try {
            driver.setup();
            driver.detect(picture, 0);
          } catch (const model::HostError& error) {
            return std::string(error.what());
          }
          return std::string();
        };
        first = outcome();
        rewrite_programmed_tile(program, [](mapping::TileRecord& r) { r.bias_memory = 0; });
        second = outcome();
      },
      true));
  platform::simulate(platforms);
  CHECK(first.empty());
  CHECK_THAT(second, Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}

TEST_CASE("a digital bias that a one-bit decision would drop is refused") {
  const auto config =
      platform::load_config("ideal.toml", {"array.bias=\"digital\"", "array.rows_per_operation=2048"});
  auto levels = config.geometry;
  levels.one_bit_readout = false;  // as compiled for another accelerator
  const auto messages = faults_of({[](mapping::Program&) {}}, config, levels, tb::small_detector(5));
  CHECK_THAT(messages.front(), Catch::Matchers::ContainsSubstring(mapping::text(CommandError::bad_tile)));
}
