// SPDX-License-Identifier: Apache-2.0
// Random configurations: what must hold for all of them, whatever they are.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/energy/energy_ledger.h"
#include "irc/network/reference.h"
#include "irc/platform/bit_comparison.h"
#include "irc/platform/metering.h"
#include "irc/platform/platform.h"
#include "random_graph.h"
#include "support/simulation_guard.h"

using namespace irc;
using network::test::Draw;

namespace {

using Overrides = std::vector<std::string>;

constexpr std::uint32_t pictures = 2;

template <typename T>
const T& one_of(Draw& draw, const std::vector<T>& values) {
  return values[static_cast<std::size_t>(draw.between(0, static_cast<int>(values.size()) - 1))];
}

/// Keys at random. Not all of them go together; those that do not are refused, and the next draw is taken.
Overrides random_overrides(Draw& draw) {
  const auto number = [&](const std::string& key, const std::vector<int>& values) {
    return key + "=" + std::to_string(one_of(draw, values));
  };
  const auto word = [&](const std::string& key, const std::vector<std::string>& values) {
    return key + "=\"" + one_of(draw, values) + "\"";
  };
  const int pairs = one_of<int>(draw, {8, 12, 24, 64});
  Overrides overrides = {
      number("array.macros", {1, 2, 3, 8}),
      number("array.rows", {70, 128, 300, 2048}),
      "array.column_pairs=" + std::to_string(pairs),
      "array.amplifiers=" + std::to_string(pairs / one_of<int>(draw, {1, 1, 2, 4})),
      number("array.rows_per_operation", {0, 0, 16, 37, 64}),
      word("array.mapping", {"ternary", "ternary", "binary_differential"}),
      word("array.bias", {"array", "source", "digital"}),
      "array.bias_rows=32",
      number("timing.input_bus_bits", {32, 100, 256}),
      number("timing.output_bus_bits", {8, 33, 128}),
      number("timing.interrupt_cycles", {1, 2, 17}),
      "timing.t_clk_s=" + one_of<std::string>(draw, {"1e-9", "2e-9", "0.7e-9"}),
      word("timing.activations", {"on_chip", "streamed"}),
      number("memory.latency_cycles", {1, 7, 20}),
      number("memory.bus_bytes", {4, 16, 24}),
      number("memory.hop_cycles", {0, 1, 5}),
      number("digital.macs_per_cycle", {64, 1024}),
      "run.evaluator=\"ideal\"",
  };
  if (draw.between(0, 2) == 0) {
    overrides.push_back("sense.kind=\"multi_bit\"");
    overrides.push_back(number("sense.bits", {2, 4}));
  }
  return overrides;
}

struct Random {
  network::Graph graph;
  std::string preset;
  Overrides overrides;
  mapping::Program program;
};

/// The next random detector and configuration that go together.
Random random_case(Draw& draw) {
  network::test::RandomOptions options;
  options.height = 10;
  options.width = 13;
  options.blocks = 3;
  options.max_channels = 18;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    Random random;
    random.overrides = random_overrides(draw);
    random.preset = draw.between(0, 1) == 0 ? "ideal.toml" : "robust.toml";
    options.binary_share = std::count(random.overrides.begin(), random.overrides.end(),
                                      "array.mapping=\"binary_differential\"") != 0
                               ? 1.0
                               : 0.3;
    random.graph =
        network::test::random_detector(static_cast<std::uint64_t>(draw.between(0, 1 << 20)), options);
    try {
      const auto config = platform::load_config(random.preset, random.overrides);
      random.program = mapping::compile(random.graph, config.geometry, config.activations);
      return random;
    } catch (const InputError&) {
      // These keys do not go together.
    }
  }
  FAIL("no configuration of 1000 was accepted");
  return {};
}

/// One platform that runs the pictures of a case, and what it measured.
class Measured {
 public:
  Measured(const std::string& name, const Random& random, Overrides more)
      : random_(random),
        config_(config(random, std::move(more))),
        total_(platform::energy_parameters(config_)) {
    for (std::uint32_t i = 0; i < pictures; ++i) each_.emplace_back(platform::energy_parameters(config_));
    platform_ = std::make_unique<platform::Platform>(
        name, config_, random.program, 7,
        [this](platform::Platform& self, model::HostDriver& driver) { run(self, driver); }, true);
    comparison_ = std::make_unique<platform::BitComparison>(random.graph, random.program, *platform_);
    platform_->accelerator().events.subscribe([this](const Event& event) {
      if (picture_ == pictures) return;
      total_.on_event(event);
      each_[picture_].on_event(event);
    });
  }

  std::unique_ptr<platform::Platform> take() { return std::move(platform_); }

  std::uint64_t closed_form() const {
    std::uint64_t sum = 0;
    for (const auto& command : random_.program.picture)
      sum += mapping::closed_form_cycles(config_.timing, config_.geometry, command);
    return sum;
  }
  void check_energies() const {
    double sum = 0, of_pictures = 0;
    for (const auto component : energy::components()) {
      INFO(energy::name(component));
      const double found = total_.total_j(component);
      CHECK(std::isfinite(found));
      CHECK(found >= 0);
      double of_layers = 0;
      for (std::uint32_t layer = 0; layer < random_.graph.nodes.size(); ++layer) {
        CHECK(total_.joules(layer, component) >= 0);
        of_layers += total_.joules(layer, component);
      }
      CHECK(of_layers == Approx(found).epsilon(1e-9));
      sum += found;
    }
    for (const auto& one : each_) {
      CHECK(one.total_j() > 0);
      of_pictures += one.total_j();
    }
    CHECK(sum == Approx(total_.total_j()).epsilon(1e-9));
    CHECK(of_pictures == Approx(total_.total_j()).epsilon(1e-9));
  }

  const platform::RunConfig& config() const { return config_; }
  std::vector<DenseMap<float>> heads;
  std::vector<std::uint64_t> cycles, errors;
  std::vector<sc_core::sc_time> times;  ///< after setup and after each picture
  double joules = 0;

 private:
  static platform::RunConfig config(const Random& random, Overrides more) {
    auto overrides = random.overrides;
    overrides.insert(overrides.end(), more.begin(), more.end());
    return platform::load_config(random.preset, overrides);
  }
  void run(platform::Platform& self, model::HostDriver& driver) {
    driver.setup();
    times.push_back(self.host().now());
    for (std::uint32_t i = 0; i < pictures; ++i) {
      const auto picture = network::test::random_picture(random_.graph.nodes.front().shape, i + 1);
      comparison_->begin(picture);
      picture_ = i;
      heads.push_back(driver.detect(picture, i));
      picture_ = pictures;
      comparison_->end();
      cycles.push_back(driver.last_cycles());
      times.push_back(self.host().now());
      errors.push_back(comparison_->errors());
    }
    joules = total_.total_j();
  }

  const Random& random_;
  platform::RunConfig config_;
  energy::EnergyLedger total_;
  std::vector<energy::EnergyLedger> each_;
  std::uint32_t picture_ = pictures;
  std::unique_ptr<platform::Platform> platform_;
  std::unique_ptr<platform::BitComparison> comparison_;
};

std::string in_words(const Random& random) {
  std::string text = random.preset;
  for (const auto& override : random.overrides) text += " --set " + override;
  return text;
}

void check_random_configurations(std::uint64_t seed, int count) {
  tb::SimulationGuard guard;
  Draw draw(seed);
  std::vector<std::unique_ptr<Random>> randoms;
  std::vector<std::vector<std::unique_ptr<Measured>>> measured;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  const std::vector<Overrides> variants = {
      {"timing.mode=\"at\"", "timing.burst_vectors=1024"},
      {"timing.mode=\"lt\"", "timing.burst_vectors=1024"},
      {"timing.mode=\"at\"", "timing.burst_vectors=" + std::to_string(draw.between(1, 40))},
      {"timing.mode=\"lt\"", "timing.burst_vectors=" + std::to_string(draw.between(1, 40))},
  };
  for (int i = 0; i < count; ++i) {
    randoms.push_back(std::make_unique<Random>(random_case(draw)));
    auto& group = measured.emplace_back();
    for (const auto& variant : variants) {
      group.push_back(std::make_unique<Measured>("p" + std::to_string(i) + "_" + std::to_string(group.size()),
                                                 *randoms.back(), variant));
      platforms.push_back(group.back()->take());
    }
  }
  platform::simulate(platforms);
  for (std::size_t i = 0; i < randoms.size(); ++i) {
    INFO(in_words(*randoms[i]));
    const auto& first = *measured[i].front();
    for (std::size_t v = 0; v < variants.size(); ++v) {
      INFO(variants[v][0] << " " << variants[v][1]);
      const auto& one = *measured[i][v];
      REQUIRE(one.heads.size() == pictures);
      CHECK(one.heads == first.heads);
      CHECK(one.errors == first.errors);
      CHECK(one.cycles == std::vector<std::uint64_t>(pictures, one.closed_form()));
      CHECK(one.times == first.times);
      CHECK(one.joules == Approx(first.joules).epsilon(1e-9));
      one.check_energies();
    }
  }
  CHECK(guard.reports().empty());
}

}  // namespace

#ifdef IRC_LONG
TEST_CASE("long: random configurations by the hundred agree in LT, AT and closed form") {
  check_random_configurations(2026, 2000);
}
#else
TEST_CASE(
    "random configurations: LT, AT and closed form agree, bits do not depend on bursts, energies add up") {
  check_random_configurations(15, 100);
}
#endif
