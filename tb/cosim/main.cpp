// SPDX-License-Identifier: Apache-2.0
// RTL controller, analog model and TLM model in one simulation (docs/cosim.md).
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "Virc_controller___024root.h"
#include "cosim_bench.h"
#include "firmware_host.h"
#include "irc/core/error.h"
#include "irc/mapping/compiler.h"
#include "irc/platform/platform.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"
#include "run_platform.h"
#include "wave.h"

namespace {

using namespace irc;

struct Arguments {
  std::string detector;
  std::uint64_t seed = 1;
  double back_pressure = 0;
  bool alone = false;
  bool firmware = false;  ///< the bare-metal driver runs the programs
  tb::WaveOptions wave;
};

/// The Verilated controller's activation buffer.
std::uint64_t buffer_word(const Virc_controller& rtl, std::size_t word) {
  return rtl.rootp->irc_controller__DOT__datapath__DOT__buffer[word];
}

tb::CosimOptions bench_options(const Arguments& arguments) {
  tb::CosimOptions options;
  options.lock_step = !arguments.alone;
  options.back_pressure = {arguments.back_pressure, arguments.seed};
  return options;
}

/// Runs the kernel until `job` is over; prints what was compared. Returns the exit code.
int simulate(tb::CosimBench& bench, const Arguments& arguments, const std::function<void()>& job) {
  std::exception_ptr failure;
  sc_core::sc_spawn([&] {
    try {
      bench.settle(8);
      job();
      bench.settle(16);
    } catch (...) {
      failure = std::current_exception();
    }
    sc_core::sc_stop();
  });
  tb::Wave wave(bench.rtl, arguments.wave);
  const auto start = std::chrono::steady_clock::now();
  sc_core::sc_start();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  bench.lock_step.finish();
  if (const auto& difference = bench.lock_step.difference()) {
    fmt::print("DIFFERENCE in {} after {} that agreed, cycle {}:\n  {}\n", difference->stream, difference->index,
               difference->cycle, difference->text);
    return 1;
  }
  if (failure) std::rethrow_exception(failure);
  for (const auto& [stream, count] : bench.lock_step.agreed()) fmt::print("{:<12} {:>10} agree\n", stream, count);
  if (!arguments.alone) fmt::print("{:<12} {:>10} agree\n", "maps", bench.maps_compared());
  fmt::print("{} cycles in {:.2f} s: {:.0f} cycles/s\n", bench.cycles(), wall.count(),
             static_cast<double>(bench.cycles()) / wall.count());
  return 0;
}

int run_picture(const Arguments& arguments) {
  const auto config = platform::load_config(IRC_COSIM_CONFIG, {});
  const auto graph = platform::load_detector(arguments.detector.empty() ? config.run.model : arguments.detector);
  const auto program = mapping::compile(graph, config.geometry, config.activations);
  tb::CosimBench bench("bench", config, platform::chip_seed(arguments.seed, 0), bench_options(arguments));
  bench.buffer_word = [&](std::size_t word) { return buffer_word(bench.rtl, word); };
  scene::SceneOptions scene;
  scene.width = graph.nodes.front().shape.width;
  scene.height = graph.nodes.front().shape.height;
  const auto picture = scene::generate_scene(arguments.seed, 0, scene).pixels;
  if (arguments.firmware)
    return simulate(bench, arguments, [&] {
      for (const auto& segment : program.segments) bench.write(segment.address, segment.bytes);
      bench.write(program.picture_address, picture.values);
      const auto device = tb::firmware_device(bench, tb::CosimBench::csr_base);
      if (irc_probe(&device) != IRC_OK) throw InternalError("the firmware's driver finds no accelerator");
      const auto setup = program.setup.empty() ? 0 : tb::run_firmware(device, program.setup_address, 0);
      const auto cycles = tb::run_firmware(device, program.picture_program_address, 0);
      fmt::print("setup {} cycles, picture {} cycles, by the firmware's driver\n", setup, cycles);
    });
  return simulate(bench, arguments, [&] {
    model::HostDriver driver(bench, program, tb::CosimBench::memory_base, tb::CosimBench::csr_base);
    driver.setup();
    const auto setup_cycles = driver.last_cycles();
    const auto head = driver.detect(picture, 0);
    std::uint64_t checksum = 0;
    for (const float value : head.values) checksum = checksum * 31 + std::bit_cast<std::uint32_t>(value);
    fmt::print("setup {} cycles, picture {} cycles, head {:016x}\n", setup_cycles, driver.last_cycles(), checksum);
  });
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  Arguments arguments;
  CLI::App app("RTL controller and TLM model in lock-step");
  app.require_subcommand(1);
  auto* picture = app.add_subcommand("picture", "a detector's weights and one picture");
  picture->add_option("--detector", arguments.detector, "network (default: the configuration's)");
  auto* in_platform = app.add_subcommand("platform", "the same behind TLM sockets, in the accelerator's place");
  in_platform->add_option("--detector", arguments.detector, "network (default: the configuration's)");
  in_platform->add_option("--seed", arguments.seed, "names chip and picture");
  for (auto* command : {picture}) {
    command->add_option("--seed", arguments.seed, "names chip, picture and stalls");
    command->add_option("--back-pressure", arguments.back_pressure, "chance of a stall per cycle and AXI channel");
    command->add_flag("--firmware", arguments.firmware, "programs are run by the bare-metal driver in C");
    command->add_flag("--alone", arguments.alone, "without the TLM model beside it");
    command->add_option("--wave", arguments.wave.path, "VCD file of the RTL");
    command->add_option("--from", arguments.wave.from_cycle, "first cycle of the VCD file");
    command->add_option("--to", arguments.wave.to_cycle, "last cycle of the VCD file");
  }
  try {
    app.parse(argc, argv);
    if (in_platform->parsed()) return tb::run_platform(arguments.detector, arguments.seed);
    return run_picture(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const InputError& error) {
    std::cerr << error.what() << '\n';
    return 3;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 70;
  }
}
