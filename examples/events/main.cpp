// SPDX-License-Identifier: Apache-2.0
// Listens to the accelerator's events and sums, for each layer, what the macros did. The ready-made platform
// of irc::platform keeps the program short; a listener works the same in a platform of one's own.
#include <cstdio>
#include <exception>
#include <map>
#include <memory>

#include "irc/mapping/compiler.h"
#include "irc/platform/platform.h"
#include "irc/platform/workload.h"

namespace {

struct LayerSums {
  std::uint64_t operations = 0;  // vectors times row groups
  std::uint64_t word_lines = 0;  // driven, over all operations
  double current_a = 0;          // of the bit lines, over all operations
};

void run() {
  const auto config = irc::platform::load_config("robust.toml", {"run.limit=1"});
  const irc::platform::Workload workload(config);
  const auto program = irc::mapping::compile(workload.graph(), config.geometry, config.activations);
  irc::detection::Letterbox letterbox;
  const auto image = workload.network_input(0, letterbox);

  std::vector<std::unique_ptr<irc::platform::Platform>> platforms;
  platforms.push_back(std::make_unique<irc::platform::Platform>(
      "platform", config, program, irc::platform::chip_seed(config.run.seed, 0),
      [&](irc::platform::Platform&, irc::model::HostDriver& driver) {
        driver.setup();
        driver.detect(image, 0);
      }));

  // Subscribe before the simulation starts.
  std::map<std::uint32_t, LayerSums> layers;
  platforms.front()->accelerator().events.subscribe([&](const irc::Event& event) {
    if (event.kind != irc::EventKind::macro_operation) return;
    auto& sums = layers[event.layer];
    sums.operations += event.vector_end - event.vector_begin;
    sums.word_lines += event.active_word_lines;
    sums.current_a += event.array_current_a;
  });
  irc::platform::simulate(platforms);

  std::printf("%-12s %10s %14s %18s\n", "layer", "operations", "mean rows on", "mean current (uA)");
  for (const auto& [layer, sums] : layers)
    std::printf("%-12s %10llu %14.1f %18.2f\n", workload.graph().nodes[layer].name.c_str(),
                static_cast<unsigned long long>(sums.operations),
                static_cast<double>(sums.word_lines) / static_cast<double>(sums.operations),
                1e6 * sums.current_a / static_cast<double>(sums.operations));
}

}  // namespace

int sc_main(int, char*[]) {
  try {
    run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
