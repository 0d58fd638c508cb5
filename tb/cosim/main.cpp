// SPDX-License-Identifier: Apache-2.0
// RTL controller, analog model and TLM model in one simulation (docs/cosim.md).
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "cosim_bench.h"
#include "difference.h"
#include "directed_program.h"
#include "irc/core/error.h"
#include "irc/mapping/compiler.h"
#include "irc/platform/platform.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"
#include "model_wave.h"
#include "rtl_buffer.h"
#include "wave.h"

namespace {

using namespace irc;

struct Arguments {
  std::string detector;
  std::uint64_t seed = 1;
  double back_pressure = 0;
  bool alone = false;
  tb::WaveOptions wave;
  std::string model_wave;          ///< of the same cycles
  std::string wave_on_difference;  ///< prefix of both, around a difference
  tb::CommandLine command_line;
};

using tb::buffer_word;

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
    if (!bench.lock_step.difference()) sc_core::sc_stop();  // else the bench does, some cycles later
  });
  tb::ModelWave model_wave(bench.model(), arguments.model_wave, arguments.wave);
  tb::Wave wave(bench.rtl, arguments.wave);
  const auto start = std::chrono::steady_clock::now();
  try {
    sc_core::sc_start();
  } catch (...) {
    failure = std::current_exception();  // a difference that was found before says more
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  bench.lock_step.finish();
  model_wave.finish();
  if (bench.lock_step.difference()) {
    tb::report_difference(bench, arguments.command_line);
    if (!arguments.wave_on_difference.empty())
      tb::write_waves(*bench.lock_step.difference(), arguments.wave_on_difference, arguments.command_line);
    return 1;
  }
  if (failure) std::rethrow_exception(failure);
  for (const auto& [stream, count] : bench.lock_step.agreed())
    fmt::print("{:<12} {:>10} agree\n", stream, count);
  if (!arguments.alone) fmt::print("{:<12} {:>10} agree\n", "maps", bench.maps_compared());
  fmt::print("{} cycles in {:.2f} s: {:.0f} cycles/s\n", bench.cycles(), wall.count(),
             static_cast<double>(bench.cycles()) / wall.count());
  return 0;
}

int run_picture(const Arguments& arguments) {
  const auto config = platform::load_config(IRC_COSIM_CONFIG, {});
  const auto graph =
      platform::load_detector(arguments.detector.empty() ? config.run.model : arguments.detector);
  const auto program = mapping::compile(graph, config.geometry, config.activations);
  tb::CosimBench bench("bench", config, platform::chip_seed(arguments.seed, 0), bench_options(arguments));
  bench.buffer_word = [&](std::size_t word) { return buffer_word(bench.rtl, word); };
  scene::SceneOptions scene;
  scene.width = graph.nodes.front().shape.width;
  scene.height = graph.nodes.front().shape.height;
  const auto picture = scene::generate_scene(arguments.seed, 0, scene).pixels;
  return simulate(bench, arguments, [&] {
    model::HostDriver driver(bench, program, tb::CosimBench::memory_base, tb::CosimBench::csr_base);
    driver.setup();
    const auto setup_cycles = driver.last_cycles();
    const auto head = driver.detect(picture, 0);
    std::uint64_t checksum = 0;
    for (const float value : head.values) checksum = checksum * 31 + std::bit_cast<std::uint32_t>(value);
    fmt::print("setup {} cycles, picture {} cycles, head {:016x}\n", setup_cycles, driver.last_cycles(),
               checksum);
  });
}

int run_directed(const Arguments& arguments) {
  const auto config = platform::load_config(IRC_COSIM_CONFIG, {});
  auto options = bench_options(arguments);
  options.memory_bytes = std::uint64_t{1} << 20;
  options.silence_cycles = 20'000;
  tb::CosimBench bench("bench", config, platform::chip_seed(arguments.seed, 0), options);
  bench.buffer_word = [&](std::size_t word) { return buffer_word(bench.rtl, word); };
  const auto program = tb::directed_program(config.geometry, options.memory_bytes);
  return simulate(bench, arguments, [&] {
    tb::run_directed(bench, program, tb::CosimBench::memory_base, tb::CosimBench::csr_base);
  });
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  Arguments arguments;
  CLI::App app("RTL controller and TLM model in lock-step");
  app.require_subcommand(1);
  auto* picture = app.add_subcommand("picture", "a detector's weights and one picture");
  picture->add_option("--detector", arguments.detector, "network (default: the configuration's)");
  auto* directed = app.add_subcommand("directed", "short programs that use every part of the controller");
  for (auto* command : {picture, directed}) {
    command->add_option("--seed", arguments.seed, "names chip, picture and stalls");
    command->add_option("--back-pressure", arguments.back_pressure,
                        "chance of a stall per cycle and AXI channel");
    command->add_flag("--alone", arguments.alone, "without the TLM model beside it");
    command->add_option("--wave", arguments.wave.path, "VCD file of the RTL");
    command->add_option("--from", arguments.wave.from_cycle, "first cycle of the VCD file");
    command->add_option("--to", arguments.wave.to_cycle, "last cycle of the VCD file");
    command->add_option("--model-wave", arguments.model_wave, "VCD file of the model, same cycles");
    command->add_option("--wave-on-difference", arguments.wave_on_difference,
                        "at a difference, run again and write PREFIX.rtl.vcd and PREFIX.model.vcd around it");
  }
  try {
    app.parse(argc, argv);
    arguments.command_line = {argv, argv + argc};
    return directed->parsed() ? run_directed(arguments) : run_picture(arguments);
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
