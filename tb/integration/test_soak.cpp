// SPDX-License-Identifier: Apache-2.0
// Picture after picture in one process: memory and file descriptors stay as they are.
#include <malloc.h>

#include <filesystem>
#include <iterator>
#include "support/catch.h"

#include "irc/network/reference.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/metering.h"
#include "irc/platform/platform.h"
#include "random_graph.h"
#include "support/simulation_guard.h"

using namespace irc;

namespace {

struct Used {
  double heap_bytes = 0;  ///< what malloc has handed out; 0 where a sanitizer replaces malloc
  std::ptrdiff_t descriptors = 0;
};

Used used() {
  const auto info = ::mallinfo2();
  const std::filesystem::directory_iterator open("/proc/self/fd");
  return {static_cast<double>(info.uordblks + info.hblkhd), std::distance(begin(open), end(open))};
}

/// Runs pictures in LT and in AT side by side, with everything that a run has: comparison, meter, noise and a
/// new chip every 100 pictures. Returns the use after `warm_up` pictures and at the end.
std::vector<Used> soak(std::uint32_t warm_up, std::uint32_t pictures) {
  tb::SimulationGuard guard;
  network::test::RandomOptions options;
  options.height = 8;
  options.width = 8;
  options.blocks = 2;
  options.max_channels = 12;
  const auto graph = network::test::random_detector(3, options);
  std::vector<Used> uses;
  std::vector<platform::RunConfig> configs;
  for (const char* mode : {"at", "lt"})
    configs.push_back(platform::load_config(
        "robust.toml", {std::string("timing.mode=\"") + mode + "\"", "run.evaluator=\"ideal\""}));
  const auto program = mapping::compile(graph, configs[0].geometry, configs[0].activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  std::vector<std::unique_ptr<platform::BitComparison>> comparisons(configs.size());
  std::vector<std::unique_ptr<platform::Meter>> meters;
  for (std::size_t p = 0; p < configs.size(); ++p) {
    meters.push_back(std::make_unique<platform::Meter>(configs[p], graph));
    platforms.push_back(std::make_unique<platform::Platform>(
        "platform_" + std::to_string(p), configs[p], program, 1,
        [&, p](platform::Platform& self, model::HostDriver& driver) {
          driver.load();
          for (std::uint32_t i = 0; i < pictures; ++i) {
            if (i % 100 == 0) {
              self.accelerator().change_chip(i);
              driver.program_weights();
            }
            const auto picture = network::test::random_picture(graph.nodes.front().shape, i % 7);
            comparisons[p]->begin(picture);
            driver.detect(picture, i);
            comparisons[p]->end();
            meters[p]->add_picture(driver.last_cycles());
            if (p == 0 && (i + 1 == warm_up || i + 1 == pictures)) uses.push_back(used());
          }
        }));
    comparisons[p] = std::make_unique<platform::BitComparison>(graph, program, *platforms.back());
    platforms.back()->accelerator().events.subscribe(
        [&meter = *meters[p]](const Event& event) { meter.on_event(event); });
  }
  uses.reserve(2);
  platform::simulate(platforms);
  CHECK(guard.reports().empty());
  return uses;
}

void check_bounded(std::uint32_t warm_up, std::uint32_t pictures) {
  const auto uses = soak(warm_up, pictures);
  REQUIRE(uses.size() == 2);
  CHECK(uses[0].descriptors == uses[1].descriptors);
  // A list that kept a few numbers per picture, in either platform, would exceed this. A chip with more or
  // fewer faulty cells changes the heap by some 20 kB.
  const double per_picture = (uses[1].heap_bytes - uses[0].heap_bytes) / (pictures - warm_up);
  INFO(uses[0].heap_bytes << " bytes after " << warm_up << " pictures, " << uses[1].heap_bytes << " after "
                          << pictures);
  CHECK(per_picture < 16);
}

}  // namespace

#ifdef IRC_LONG
TEST_CASE("long: memory and file descriptors do not grow over 10000 pictures") {
  check_bounded(1000, 10000);
}
#else
TEST_CASE("memory and file descriptors do not grow from picture to picture") {
  check_bounded(1000, 4000);
}
#endif
