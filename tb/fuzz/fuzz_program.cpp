// SPDX-License-Identifier: Apache-2.0
// Command programs. The first 8 bytes are the addresses of the setup program and the program for an image;
// the others lie in memory from address 0 on. The accelerator runs both programs in AT and in LT. Each ends
// with an error code or without error, never in any other way.
#include "accelerator_bench.h"
#include "irc/mapping/compiler.h"
#include "random_graph.h"

namespace irc::fuzz {

void run(Input input) {
  static AcceleratorBench at("at", "at"), lt("lt", "lt");
  static const bool ready = elaborate();
  demand(ready, "the benches are elaborated");
  Reader in(input);
  const auto setup = in.take<std::uint32_t>(), picture = in.take<std::uint32_t>();
  for (auto* bench : {&at, &lt})
    bench->prepare(in.rest(), [=] {
      for (const auto address : {setup, picture}) {
        const auto error = static_cast<mapping::CommandError>(bench->run_program(address));
        demand(mapping::text(error) != std::string_view("unknown error"), "every error has a text");
        if (error != mapping::CommandError::none) return;
      }
    });
  simulate({&at, &lt});
}

void seeds(const AddSeed& add) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    network::test::RandomOptions options;
    options.height = options.width = 6;
    options.blocks = 2;
    options.max_channels = 4;
    options.classes = 1;
    const auto graph = network::test::random_detector(seed, options);
    const auto config = small_config("at");
    const auto program =
        mapping::compile(graph, config.geometry,
                         seed % 2 == 0 ? mapping::Activations::on_chip : mapping::Activations::streamed);
    std::string bytes;
    for (const auto address : {program.setup_address, program.picture_program_address}) {
      const auto low = static_cast<std::uint32_t>(address);
      bytes.append(reinterpret_cast<const char*>(&low), 4);
    }
    std::uint64_t end = 0;
    for (const auto& segment : program.segments) end = std::max(end, segment.address + segment.bytes.size());
    demand(end <= memory_bytes, "the program fits the memory");
    std::string memory(end, '\0');
    for (const auto& segment : program.segments)
      std::copy(segment.bytes.begin(), segment.bytes.end(),
                memory.begin() + static_cast<std::ptrdiff_t>(segment.address));
    add("random_" + std::to_string(seed) + ".bin", bytes + memory);
  }
}

}  // namespace irc::fuzz
