// SPDX-License-Identifier: Apache-2.0
// Simulates RTL controller, analog model and TLM model together (docs/cosim.md).
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "cosim_bench.h"
#include "difference.h"
#include "directed_program.h"
#include "firmware_host.h"
#include "irc/core/error.h"
#include "irc/mapping/compiler.h"
#include "irc/platform/platform.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"
#include "model_wave.h"
#include "random_run.h"
#include "rtl_buffer.h"
#include "run_platform.h"
#include "wave.h"

namespace {

using namespace irc;

struct Arguments {
  std::string program;  ///< path of this program
  std::string detector;
  std::uint64_t seed = 1;
  double back_pressure = 0;
  bool alone = false;
  bool firmware = false;                 ///< whether the bare-metal driver runs the programs
  std::uint64_t cases = 100, first = 0;  ///< numbers of random programs
  double back_pressure_max = 0.7;
  bool show = false;
  std::uint64_t wrong_level_from = 0, wrong_wait_from = 0;
  tb::WaveOptions wave;
  std::string model_wave;          ///< waveform of the model, for the same cycles
  std::string wave_on_difference;  ///< prefix of both waveforms around a difference
  tb::CommandLine command_line;
};

using tb::buffer_word;

tb::CosimOptions bench_options(const Arguments& arguments) {
  tb::CosimOptions options;
  options.lock_step = !arguments.alone;
  options.back_pressure = {arguments.back_pressure, arguments.seed};
  options.wrong_level_from = arguments.wrong_level_from;
  options.wrong_wait_from = arguments.wrong_wait_from;
  return options;
}

/// Runs the kernel until `job` is over and prints what was compared. Returns the exit code.
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
    if (!bench.lock_step.difference()) sc_core::sc_stop();  // otherwise the bench stops, some cycles later
  });
  tb::ModelWave model_wave(bench.model(), arguments.model_wave, arguments.wave);
  tb::Wave wave(bench.rtl, arguments.wave);
  const auto start = std::chrono::steady_clock::now();
  try {
    sc_core::sc_start();
  } catch (...) {
    failure = std::current_exception();  // a difference that was found before is more informative
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

/// Prints for people what ran when a difference occurred, and how to run it alone.
void print_case(const tb::RandomCase& random_case, const Arguments& arguments) {
  fmt::print("seed {}, case {}, program at {}, picture {}, back-pressure {}{}\n", random_case.seed,
             random_case.number, random_case.program_address, random_case.picture, random_case.back_pressure,
             random_case.register_traffic ? ", register traffic" : "");
  if (!random_case.flaw.empty()) fmt::print("flaw: {}\n", random_case.flaw);
  for (const auto& line : random_case.words) fmt::print("{}\n", line);
  fmt::print("alone: {} random --seed {} --first {} --cases 1 --back-pressure-max {}\n", arguments.program,
             random_case.seed, random_case.number, arguments.back_pressure_max);
}

tb::RandomTarget random_target(const platform::RunConfig& config, const Arguments& arguments) {
  tb::RandomTarget target;
  target.geometry = config.geometry;
  target.timing = config.timing;
  target.memory_bytes = std::uint64_t{2} << 20;
  target.back_pressure_max = arguments.back_pressure_max;
  return target;
}

int run_random(const Arguments& arguments) {
  const auto config = platform::load_config(IRC_COSIM_CONFIG, {});
  const auto target = random_target(config, arguments);
  tb::RandomCase now;
  if (arguments.show) {
    for (std::uint64_t i = arguments.first; i < arguments.first + arguments.cases; ++i)
      print_case(tb::random_case(target, arguments.seed, i), arguments);
    return 0;
  }
  auto options = bench_options(arguments);
  options.memory_bytes = target.memory_bytes;
  tb::CosimBench bench("bench", config, platform::chip_seed(arguments.seed, 0), options);
  bench.buffer_word = [&](std::size_t word) { return buffer_word(bench.rtl, word); };
  tb::RandomRun run(bench);
  int result = 70;
  try {
    result = simulate(bench, arguments, [&] {
      for (std::uint64_t i = arguments.first;
           i < arguments.first + arguments.cases && !bench.lock_step.difference(); ++i) {
        now = tb::random_case(target, arguments.seed, i);
        run.run(now);
      }
    });
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
  }
  if (result != 0) print_case(now, arguments);
  fmt::print("{} cases, {} of them parted by a bus error in a layer's rows\n", run.cases(), run.reunions());
  for (const auto& [error, count] : run.errors())
    fmt::print("  {:>6} {}\n", count, mapping::text(static_cast<mapping::CommandError>(error)));
  return result;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  Arguments arguments;
  CLI::App app("RTL controller and TLM model in lock-step");
  app.require_subcommand(1);
  auto* picture = app.add_subcommand("picture", "a detector's weights and one picture");
  picture->add_option("--detector", arguments.detector, "network (default: the configuration's)");
  picture->add_flag("--firmware", arguments.firmware, "programs are run by the bare-metal driver in C");
  auto* in_platform =
      app.add_subcommand("platform", "the same behind TLM sockets, in the accelerator's place");
  in_platform->add_option("--detector", arguments.detector, "network (default: the configuration's)");
  in_platform->add_option("--seed", arguments.seed, "names chip and picture");
  auto* random = app.add_subcommand("random", "random programs, sound ones and others");
  random->add_option("--cases", arguments.cases, "how many");
  random->add_option("--first", arguments.first, "number of the first");
  random->add_option("--back-pressure-max", arguments.back_pressure_max,
                     "most chance of a stall; a third of the cases has none");
  random->add_flag("--show", arguments.show, "only says what the programs are");
  // These options show that the comparison can fail.
  random->add_option("--wrong-level-from", arguments.wrong_level_from)->group("");
  random->add_option("--wrong-wait-from", arguments.wrong_wait_from)->group("");
  auto* directed = app.add_subcommand("directed", "short programs that use every part of the controller");
  for (auto* command : {picture, directed}) {
    command->add_option("--back-pressure", arguments.back_pressure,
                        "chance of a stall per cycle and AXI channel");
    command->add_flag("--alone", arguments.alone, "without the TLM model beside it");
  }
  for (auto* command : {picture, directed, random}) {
    command->add_option("--seed", arguments.seed, "names chip, picture and stalls");
    command->add_option("--wave", arguments.wave.path, "VCD file of the RTL");
    command->add_option("--from", arguments.wave.from_cycle, "first cycle of the VCD file");
    command->add_option("--to", arguments.wave.to_cycle, "last cycle of the VCD file");
    command->add_option("--model-wave", arguments.model_wave, "VCD file of the model, same cycles");
    command->add_option("--wave-on-difference", arguments.wave_on_difference,
                        "at a difference, run again and write PREFIX.rtl.vcd and PREFIX.model.vcd around it");
  }
  try {
    app.parse(argc, argv);
    arguments.program = argv[0];
    arguments.command_line = {argv, argv + argc};
    if (in_platform->parsed()) return tb::run_platform(arguments.detector, arguments.seed);
    if (random->parsed()) return run_random(arguments);
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
