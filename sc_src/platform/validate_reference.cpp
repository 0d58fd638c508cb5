// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/platform.h"
#include "irc/platform/resources.h"
#include "irc/platform/validate.h"
#include "irc/platform/workload.h"
#include "irc/scene/scene.h"

namespace irc::platform {

namespace {

/// One platform, with everything that must live as long as the simulation.
struct Bench {
  ReferenceCase result;
  RunConfig config;
  const network::Graph* graph = nullptr;
  mapping::Program program;
  std::unique_ptr<BitComparison> comparison;
};

std::vector<std::string> shipped_detectors() {
  std::vector<std::string> names;
  for (const auto& name : embedded_names())
    if (name.ends_with(".onnx")) names.push_back(name);
  if (names.empty()) throw InputError("this build has no shipped detector; name a network file");
  return names;
}

RunConfig case_config(const ReferenceCase& c) {
  return load_config(
      "ideal.toml",
      {"timing.mode=\"" + c.timing + "\"", "timing.burst_vectors=" + std::to_string(c.burst),
       "timing.activations=\"" + c.activations + "\"", "array.macros=" + std::to_string(c.macros),
       // The array needs bias cells to test them. Detectors with batch normalisation need more of them than a
       // design would provide.
       "array.bias=\"array\"", "array.bias_rows=512"});
}

std::vector<ReferenceCase> cases_of(const std::string& detector) {
  std::vector<ReferenceCase> cases;
  for (const char* timing : {"lt", "at"})
    for (const std::uint32_t burst : {1u, 7u, 64u})
      for (std::uint64_t macros = 1; macros <= 4; ++macros) {
        ReferenceCase c;
        c.detector = detector;
        c.timing = timing;
        c.activations = (macros + burst) % 2 == 0 ? "on_chip" : "streamed";
        c.burst = burst;
        c.macros = macros;
        cases.push_back(c);
      }
  return cases;
}

void run_picture(Bench& bench, model::HostDriver& driver, std::uint64_t seed) {
  driver.setup();
  scene::SceneOptions options;
  options.width = bench.graph->nodes.front().shape.width;
  options.height = bench.graph->nodes.front().shape.height;
  const auto picture = scene::generate_scene(seed, 0, options).pixels;
  bench.comparison->begin(picture);
  const auto head = driver.detect(picture, 0);
  bench.comparison->end();
  const auto& expected = bench.comparison->expected_head();
  for (std::size_t i = 0; i < head.values.size(); ++i)
    bench.result.head_errors += head.values[i] != expected.values[i];
}

}  // namespace

std::vector<ReferenceCase> validate_reference(const std::vector<std::string>& detectors, std::uint64_t seed) {
  const auto names = detectors.empty() ? shipped_detectors() : detectors;
  std::vector<std::unique_ptr<network::Graph>> graphs;
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<std::unique_ptr<Platform>> platforms;
  for (const auto& name : names) {
    graphs.push_back(std::make_unique<network::Graph>(load_detector(name)));
    for (const auto& c : cases_of(name)) {
      auto bench = std::make_unique<Bench>();
      bench->result = c;
      bench->graph = graphs.back().get();
      bench->config = case_config(c);
      bench->program = mapping::compile(*bench->graph, bench->config.geometry, bench->config.activations);
      auto* b = bench.get();
      platforms.push_back(std::make_unique<Platform>(
          "case_" + std::to_string(benches.size()), b->config, b->program, chip_seed(seed, 0),
          [b, seed](Platform&, model::HostDriver& driver) { run_picture(*b, driver, seed); }));
      b->comparison = std::make_unique<BitComparison>(*b->graph, b->program, *platforms.back());
      benches.push_back(std::move(bench));
    }
  }
  simulate(platforms);
  std::vector<ReferenceCase> results;
  for (const auto& bench : benches) {
    bench->result.bit_errors = bench->comparison->errors();
    bench->result.bits = bench->comparison->bits();
    results.push_back(bench->result);
  }
  return results;
}

nlohmann::json to_json(const std::vector<ReferenceCase>& cases) {
  auto list = nlohmann::json::array();
  for (const auto& c : cases)
    list.push_back({{"detector", c.detector},
                    {"timing", c.timing},
                    {"activations", c.activations},
                    {"burst", c.burst},
                    {"macros", c.macros},
                    {"bit_errors", c.bit_errors},
                    {"bits", c.bits},
                    {"head_errors", c.head_errors},
                    {"passed", c.passed()}});
  return {{"cases", list}};
}

std::string to_text(const std::vector<ReferenceCase>& cases) {
  std::string out = fmt::format("{:<28} {:<6} {:<9} {:>5} {:>6} {:>10} {:>10} {:>6}  {}\n", "detector",
                                "timing", "maps", "burst", "macros", "bit errors", "bits", "head", "");
  for (const auto& c : cases)
    out += fmt::format("{:<28} {:<6} {:<9} {:>5} {:>6} {:>10} {:>10} {:>6}  {}\n", c.detector, c.timing,
                       c.activations, c.burst, c.macros, c.bit_errors, c.bits, c.head_errors,
                       c.passed() ? "ok" : "FAILED");
  return out;
}

}  // namespace irc::platform
