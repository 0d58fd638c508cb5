// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/platform/platform.h"
#include "irc/platform/validate.h"

namespace irc::platform {

namespace {

/// An array layer between a stem and a head, with the accelerator that runs it.
struct LatencySetup {
  const char* name;
  int in_channels, out_channels, kernel, stride, height, width;
  std::vector<std::string> overrides;
};

// Each case varies one thing: row groups, column multiplexing, macros, reprogramming, buses, bursts or
// streaming.
std::vector<LatencySetup> setups() {
  return {
      {"1x1, one operation", 16, 16, 1, 1, 6, 8, {}},
      {"3x3, one operation", 16, 16, 3, 1, 6, 8, {}},
      {"3x3 stride 2", 16, 16, 3, 2, 8, 8, {}},
      {"3x3, LOAD bound", 32, 16, 3, 1, 4, 6, {"timing.input_bus_bits=16"}},
      {"3x3, STORE bound", 8, 64, 3, 1, 4, 6, {"timing.output_bus_bits=2"}},
      {"3 row groups", 16, 16, 3, 1, 4, 6, {"array.rows_per_operation=60"}},
      {"9 row groups", 16, 16, 3, 1, 4, 6, {"array.rows_per_operation=18"}},
      {"row groups do not divide", 16, 16, 3, 1, 4, 6, {"array.rows_per_operation=50"}},
      {"mux 2", 16, 32, 3, 1, 4, 6, {"array.column_pairs=32", "array.amplifiers=16"}},
      {"mux 8", 16, 32, 3, 1, 4, 6, {"array.column_pairs=32", "array.amplifiers=4"}},
      {"mux 4 and 3 row groups",
       16,
       32,
       3,
       1,
       4,
       6,
       {"array.column_pairs=32", "array.amplifiers=8", "array.rows_per_operation=60"}},
      {"2 macros side by side",
       16,
       32,
       3,
       1,
       4,
       6,
       {"array.column_pairs=16", "array.amplifiers=16", "array.macros=2"}},
      {"3 tiles on 3 macros, unequal",
       8,
       40,
       3,
       1,
       4,
       6,
       {"array.column_pairs=16", "array.amplifiers=16", "array.macros=3"}},
      {"rows split over 2 macros", 32, 16, 3, 1, 4, 6, {"array.rows=192", "array.macros=2"}},
      {"rows split, STORE of partial sums",
       32,
       16,
       3,
       1,
       4,
       6,
       {"array.rows=192", "array.macros=2", "timing.output_bus_bits=32"}},
      {"reprogramming, 1 small macro",
       16,
       48,
       3,
       1,
       4,
       6,
       {"array.column_pairs=16", "array.amplifiers=16", "array.macros=1"}},
      {"reprogramming, 2 macros",
       16,
       80,
       3,
       1,
       4,
       6,
       {"array.column_pairs=16", "array.amplifiers=16", "array.macros=2"}},
      {"slow amplifier", 16, 16, 3, 1, 4, 6, {"timing.t_sa_s=7.5e-9"}},
      {"slow word lines and bit lines", 16, 16, 3, 1, 4, 6, {"timing.t_wl_s=3.2e-9", "timing.t_bl_s=9.1e-9"}},
      {"streamed maps", 16, 16, 3, 1, 6, 8, {"timing.activations=\"streamed\""}},
      {"streamed, slow memory",
       16,
       16,
       3,
       1,
       6,
       8,
       {"timing.activations=\"streamed\"", "memory.latency_cycles=90", "memory.bus_bytes=2"}},
      {"streamed, rows across beats of 12 bytes",
       16,
       16,
       3,
       1,
       6,
       7,
       {"timing.activations=\"streamed\"", "memory.bus_bytes=12"}},
      {"streamed, bus wider than a descriptor's place",
       16,
       16,
       3,
       1,
       6,
       7,
       {"timing.activations=\"streamed\"", "memory.bus_bytes=128"}},
      {"streamed, 2 macros, mux 2",
       16,
       32,
       3,
       1,
       6,
       8,
       {"timing.activations=\"streamed\"", "array.column_pairs=16", "array.amplifiers=8", "array.macros=2"}},
      {"bursts of 1", 16, 16, 3, 1, 4, 6, {"timing.burst_vectors=1"}},
      {"bursts of 4", 16, 16, 3, 1, 4, 6, {"timing.burst_vectors=4"}},
      {"5x5, narrow buses", 8, 24, 5, 1, 6, 6, {"timing.input_bus_bits=24", "timing.output_bus_bits=5"}},
      {"1-pixel map", 16, 16, 3, 1, 1, 1, {}},
  };
}

int draw(const CounterRandom& random, std::uint64_t& index, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1), index++));
}

network::Conv conv(int in, int out, int kernel, int stride, network::WeightKind kind, std::uint64_t& index) {
  const CounterRandom random(11, Stream::test);
  const bool ternary = kind == network::WeightKind::ternary;
  network::Conv c;
  c.kernel_h = c.kernel_w = kernel;
  c.stride_h = c.stride_w = stride;
  c.pad_top = c.pad_left = c.pad_bottom = c.pad_right = kernel / 2;
  c.in_channels = in;
  c.out_channels = out;
  c.kind = kind;
  for (std::size_t i = 0; i < c.rows() * static_cast<std::size_t>(out); ++i)
    c.weights.push_back(
        static_cast<std::int8_t>(ternary ? draw(random, index, -1, 1) : draw(random, index, -90, 90)));
  for (int o = 0; o < out; ++o) c.bias.push_back(draw(random, index, -4, 4));
  return c;
}

network::Graph case_graph(const LatencySetup& s) {
  std::uint64_t index = 0;
  network::Graph graph;
  graph.name = s.name;
  graph.detector.classes = {"thing"};
  graph.detector.stride = s.stride;
  graph.nodes.push_back({"picture", network::Input{}, {}, {3, s.height, s.width}, false});
  graph.nodes.push_back(
      {"stem", conv(3, s.in_channels, 3, 1, network::WeightKind::int8, index), {0}, {}, false});
  graph.nodes.push_back(
      {"hidden",
       conv(s.in_channels, s.out_channels, s.kernel, s.stride, network::WeightKind::ternary, index),
       {1},
       {},
       false});
  auto head = conv(s.out_channels, 5, 1, 1, network::WeightKind::int8, index);
  head.step = false;
  head.scale.assign(5, 0.01f);
  head.offset.assign(5, 0.0f);
  graph.nodes.push_back({"head", head, {2}, {}, false});
  network::finish(graph);
  return graph;
}

struct Bench {
  LatencyCase result;
  RunConfig config;
  mapping::Program program;
  std::vector<std::uint64_t> measured;  ///< cycles of every command, in order
};

void compare(Bench& bench) {
  std::vector<const mapping::CommandInfo*> commands;
  for (const auto& c : bench.program.setup) commands.push_back(&c);
  for (const auto& c : bench.program.picture) commands.push_back(&c);
  if (commands.size() != bench.measured.size())
    throw InternalError("case '" + bench.result.name + "' ran " + std::to_string(bench.measured.size()) +
                        " commands, expected " + std::to_string(commands.size()));
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto expected =
        mapping::closed_form_cycles(bench.config.timing, bench.config.geometry, *commands[i]);
    ++bench.result.commands;
    // Setup is compared as well but left out of the sums, because milliseconds of programming would hide the
    // layers.
    if (i >= bench.program.setup.size()) {
      bench.result.cycles += bench.measured[i];
      bench.result.closed_form_cycles += expected;
    }
    bench.result.mismatches += expected != bench.measured[i];
  }
}

}  // namespace

std::vector<LatencyCase> validate_latency() {
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<std::unique_ptr<Platform>> platforms;
  for (const auto& setup : setups()) {
    const auto graph = case_graph(setup);
    for (const char* timing : {"at", "lt"}) {
      auto bench = std::make_unique<Bench>();
      auto overrides = setup.overrides;
      overrides.insert(overrides.begin(), "array.bias=\"array\"");  // bias rows take part in the cycles
      overrides.push_back(std::string("timing.mode=\"") + timing + "\"");
      bench->result.name = setup.name;
      bench->result.timing = timing;
      bench->config = load_config("ideal.toml", overrides);
      bench->program = mapping::compile(graph, bench->config.geometry, bench->config.activations);
      auto* b = bench.get();
      const Picture picture(graph.nodes.front().shape);
      platforms.push_back(std::make_unique<Platform>("case_" + std::to_string(benches.size()), b->config,
                                                     b->program, chip_seed(1, 0),
                                                     [picture](Platform&, model::HostDriver& driver) {
                                                       driver.setup();
                                                       driver.detect(picture, 0);
                                                     }));
      platforms.back()->accelerator().events.subscribe([b](const Event& event) {
        if (event.kind == EventKind::layer) b->measured.push_back(event.cycles);
      });
      benches.push_back(std::move(bench));
    }
  }
  simulate(platforms);
  std::vector<LatencyCase> results;
  for (const auto& bench : benches) {
    compare(*bench);
    results.push_back(bench->result);
  }
  return results;
}

nlohmann::json to_json(const std::vector<LatencyCase>& cases) {
  auto list = nlohmann::json::array();
  for (const auto& c : cases)
    list.push_back({{"name", c.name},
                    {"timing", c.timing},
                    {"commands", c.commands},
                    {"cycles", c.cycles},
                    {"closed_form_cycles", c.closed_form_cycles},
                    {"mismatches", c.mismatches},
                    {"passed", c.passed()}});
  return {{"cases", list}};
}

std::string to_text(const std::vector<LatencyCase>& cases) {
  std::string out = fmt::format("{:<46} {:<6} {:>8} {:>9} {:>11}  {}\n", "case", "timing", "commands",
                                "cycles", "closed form", "");
  for (const auto& c : cases)
    out += fmt::format("{:<46} {:<6} {:>8} {:>9} {:>11}  {}\n", c.name, c.timing, c.commands, c.cycles,
                       c.closed_form_cycles, c.passed() ? "ok" : "FAILED");
  return out;
}

}  // namespace irc::platform
