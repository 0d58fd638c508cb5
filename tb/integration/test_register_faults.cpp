// SPDX-License-Identifier: Apache-2.0
// Tests what the registers say after a program that failed, and which accesses they refuse.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>
#include "support/catch.h"

#include "bench.h"
#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"
#include "irc/mapping/descriptor.h"
#include "irc/mapping/timing.h"
#include "irc/model/host_dma.h"
#include "irc/model/host_driver.h"
#include "irc/model/registers.h"
#include "irc/network/reference.h"
#include "irc/platform/config.h"
#include "irc/platform/platform.h"
#include "random_graph.h"
#include "support/simulation_guard.h"

using namespace irc;
using mapping::CommandError;
namespace csr = irc::model::csr;

namespace {

/// A failing program at `address`, in this transport, with slow interrupts; `cycles` receives CYCLES.
struct FailedRun {
  std::uint64_t address;
  const char* mode;
  std::uint32_t cycles = 0;
  CommandError error = CommandError::none;
};

void run_failing(model::HostDma& bus, FailedRun& run) {
  const auto write = [&](std::uint64_t offset, std::uint32_t value) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    bus.write(platform::csr_base + offset, bytes);
  };
  const auto read = [&](std::uint64_t offset) {
    std::uint8_t bytes[4];
    bus.read(platform::csr_base + offset, bytes);
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
  };
  write(csr::program_low, static_cast<std::uint32_t>(run.address));
  write(csr::program_high, static_cast<std::uint32_t>(run.address >> 32));
  write(csr::irq_enable, csr::irq_program);
  write(csr::doorbell, csr::doorbell_run);
  bus.wait_interrupt();
  CHECK(read(csr::status) == csr::status_error);
  run.cycles = read(csr::cycles_low);
  run.error = static_cast<CommandError>(read(csr::error));
}

}  // namespace

TEST_CASE("a program that fails reports as late as one that succeeds, and counts those cycles") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(6);
  const std::uint64_t zeros = 0x1000008, nowhere = std::uint64_t{1} << 36;
  std::vector<FailedRun> runs = {{zeros, "at"}, {zeros, "lt"}, {nowhere, "at"}, {nowhere, "lt"}};
  std::vector<platform::RunConfig> configs;
  for (const auto& run : runs)
    configs.push_back(platform::load_config(
        "ideal.toml", {"array.bias=\"array\"", std::string("timing.mode=\"") + run.mode + "\"",
                       "timing.interrupt_cycles=7"}));
  const auto program = mapping::compile(graph, configs[0].geometry, configs[0].activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (std::size_t i = 0; i < runs.size(); ++i)
    platforms.push_back(std::make_unique<platform::Platform>(
        "bench_" + std::to_string(i), configs[i], program, 1,
        [&, i](platform::Platform& self, model::HostDriver&) {
          run_failing(const_cast<model::HostDma&>(self.host()), runs[i]);
        },
        true));
  platform::simulate(platforms);
  const auto& timing = configs[0].timing;
  for (const auto& run : runs) {
    INFO(run.mode << " at " << run.address);
    CHECK(run.error == (run.address == zeros ? CommandError::bad_magic : CommandError::bus_error));
    // 128 bytes from address 8 are 9 beats. An address without a window is answered as soon as the
    // interconnect has noticed.
    const auto fetch =
        run.address == zeros ? mapping::dma_cycles(timing, zeros, 128) : std::uint64_t{timing.hop_cycles};
    CHECK(run.cycles == fetch + 7);
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("registers refuse what they must, and an error does not hang the device") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(6);
  const auto config = platform::load_config("ideal.toml", {"array.bias=\"array\""});
  const auto program = mapping::compile(graph, config.geometry, config.activations);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  DenseMap<float> head;
  int refused = 0;
  platforms.push_back(std::make_unique<platform::Platform>(
      "bench", config, program, 1,
      [&](platform::Platform& self, model::HostDriver& driver) {
        auto& bus = const_cast<model::HostDma&>(self.host());
        const auto refuses = [&](std::uint64_t offset, std::size_t length, bool write) {
          std::vector<std::uint8_t> bytes(length, 0);
          try {
            if (write) {
              bus.write(platform::csr_base + offset, bytes);
            } else {
              bus.read(platform::csr_base + offset, bytes);
            }
          } catch (const model::HostError&) {
            ++refused;
            return;
          }
          FAIL_CHECK("offset " << offset << ", " << length << " bytes, write " << write);
        };
        refuses(csr::id, 4, true);             // read-only
        refuses(csr::error, 4, true);          // read-only
        refuses(0x200, 4, false);              // no register
        refuses(csr::id + 2, 4, false);        // not aligned, so no register either
        refuses(csr::id, 2, false);            // not a word
        refuses(csr::status, 8, false);        // not a word
        refuses(csr::window_bytes, 4, false);  // beyond the window
        // The program does not exist: a memory of zeros has no magic number.
        const std::uint8_t low[4] = {0, 0, 0, 1}, one[4] = {1, 0, 0, 0};
        bus.write(platform::csr_base + csr::program_low, low);
        bus.write(platform::csr_base + csr::irq_enable, one);
        bus.write(platform::csr_base + csr::doorbell, one);
        sc_core::wait(sc_core::sc_time(10, sc_core::SC_US));
        std::uint8_t status[4], error[4];
        bus.read(platform::csr_base + csr::status, status);
        bus.read(platform::csr_base + csr::error, error);
        CHECK(status[0] == csr::status_error);
        CHECK(error[0] == static_cast<std::uint8_t>(CommandError::bad_magic));
        bus.write(platform::csr_base + csr::control, one);
        // The same device continues to work.
        driver.setup();
        head = driver.detect(network::test::random_picture(graph.nodes.front().shape, 3), 0);
      },
      true));
  platform::simulate(platforms);
  CHECK(refused == 7);
  CHECK(head ==
        network::Reference(graph).run(network::test::random_picture(graph.nodes.front().shape, 3)).head);
  CHECK(guard.reports().empty());
}
