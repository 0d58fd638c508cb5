// SPDX-License-Identifier: Apache-2.0
// Programs changed after they were compiled, and what the driver says when the accelerator runs them.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
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
#include "support/simulation_guard.h"

namespace irc::tb {

/// What is done to a correct program.
using Spoil = std::function<void(mapping::Program&)>;

/// Sets up one correct platform for each of `spoils`, all in one simulation, lets it change the program
/// compiled for `geometry`, and returns the drivers' messages.
inline std::vector<std::string> faults_of(const std::vector<Spoil>& spoils, const platform::RunConfig& config,
                                          const mapping::Geometry& geometry, const network::Graph& graph) {
  SimulationGuard guard;
  std::vector<mapping::Program> programs(spoils.size(),
                                         mapping::compile(graph, geometry, config.activations));
  std::vector<std::string> messages(spoils.size());
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    spoils[i](programs[i]);
    platforms.push_back(std::make_unique<platform::Platform>(
        "bench_" + std::to_string(i), config, programs[i], 1,
        [&, i](platform::Platform&, model::HostDriver& driver) {
          try {
            driver.setup();
            driver.detect(network::test::random_picture(graph.nodes.front().shape, 1), 0);
          } catch (const model::HostError& error) {
            messages[i] = error.what();
          }
        },
        true));
  }
  platform::simulate(platforms);
  CHECK(guard.reports().empty());
  return messages;
}

/// The message for one program of a small detector.
inline std::string fault_of(const Spoil& spoil) {
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  return faults_of({spoil}, config, config.geometry, small_detector(5)).front();
}

/// The bytes of the image program's first descriptor with an opcode.
inline std::uint8_t* descriptor(mapping::Program& program, mapping::Opcode opcode) {
  for (std::size_t i = 0; i < program.picture.size(); ++i) {
    if (program.picture[i].descriptor.opcode != opcode) continue;
    for (auto& segment : program.segments)
      if (segment.address == program.picture_program_address)
        return segment.bytes.data() + i * mapping::descriptor_bytes;
  }
  FAIL("no such command in the program");
  return nullptr;
}

/// Changes the descriptor in memory of the first command in the image program with this opcode.
inline void rewrite(mapping::Program& program, mapping::Opcode opcode,
                    const std::function<void(mapping::Descriptor&)>& change) {
  auto* bytes = descriptor(program, opcode);
  mapping::Descriptor d;
  const std::span<const std::uint8_t, mapping::descriptor_bytes> view(bytes, mapping::descriptor_bytes);
  REQUIRE(mapping::decode(view, d) == mapping::CommandError::none);
  change(d);
  const auto encoded = mapping::encode(d);
  std::memcpy(bytes, encoded.data(), encoded.size());
}

/// Changes the first tile record in memory of the first command in `commands` with this opcode.
inline void rewrite_record(mapping::Program& program, const std::vector<mapping::CommandInfo>& commands,
                           mapping::Opcode opcode, const std::function<void(mapping::TileRecord&)>& change) {
  for (const auto& command : commands) {
    if (command.descriptor.opcode != opcode) continue;
    auto record = command.tiles.front();
    change(record);
    const auto encoded = mapping::encode(record);
    for (auto& segment : program.segments)
      if (segment.address == command.descriptor.table_memory)
        std::copy(encoded.begin(), encoded.end(), segment.bytes.begin());
    return;
  }
  FAIL("no such command in the program");
}

/// Changes a tile record that a run reads.
inline void rewrite_tile(mapping::Program& program, const std::function<void(mapping::TileRecord&)>& change) {
  rewrite_record(program, program.picture, mapping::Opcode::conv_array, change);
}

/// Changes a tile record that the setup programs.
inline void rewrite_programmed_tile(mapping::Program& program,
                                    const std::function<void(mapping::TileRecord&)>& change) {
  rewrite_record(program, program.setup, mapping::Opcode::program, change);
}

}  // namespace irc::tb
