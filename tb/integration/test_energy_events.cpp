// SPDX-License-Identifier: Apache-2.0
// Checks what whole platforms report to the energy ledger: weights, pooling, the cells' states, and that
// nothing is lost.
#include <memory>
#include "support/catch.h"

#include "bench.h"
#include "irc/energy/energy_ledger.h"
#include "irc/platform/metering.h"
#include "support/simulation_guard.h"

using namespace irc;
using irc::tb::Bench;

namespace {

/// A platform whose events after setup go to a ledger.
struct Metered {
  Metered(const std::string& name, const network::Graph& graph, const std::string& preset,
          std::vector<std::string> overrides)
      : bench(name, graph, preset, std::move(overrides)),
        ledger(platform::energy_parameters(bench.config())),
        platform(bench.take()) {
    platform->accelerator().events.subscribe([this](const Event& event) {
      ledger.on_event(event);
      if (event.kind == EventKind::macro_operation) {
        ++operations;
        states_fit = states_fit && event.hrs_current_a >= 0 && event.off_current_a >= 0 &&
                     event.hrs_current_a + event.off_current_a <= event.array_current_a;
      }
    });
  }
  Bench bench;
  energy::EnergyLedger ledger;
  std::unique_ptr<platform::Platform> platform;
  std::size_t operations = 0;
  bool states_fit = true;
};

void simulate(std::vector<std::unique_ptr<Metered>>& all) {
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (auto& one : all) platforms.push_back(std::move(one->platform));
  platform::simulate(platforms);
}

std::uint64_t weight_bits(network::WeightKind kind) {
  return kind == network::WeightKind::real ? 32 : kind == network::WeightKind::int8 ? 8 : 0;
}

}  // namespace

TEST_CASE("weights read by the digital unit, pooled bits and weights loaded are booked") {
  tb::SimulationGuard guard;
  std::vector<network::Graph> graphs;
  std::vector<std::unique_ptr<Metered>> all;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    graphs.push_back(tb::small_detector(seed));
    all.push_back(std::make_unique<Metered>("bench_" + std::to_string(seed), graphs.back(), "ideal.toml",
                                            std::vector<std::string>{}));
  }
  simulate(all);
  std::size_t pools = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::uint64_t loaded = 0, cells = 0;
    for (network::NodeId node = 0; node < graphs[i].nodes.size(); ++node) {
      const auto& n = graphs[i].nodes[node];
      const auto work = all[i]->ledger.activity(static_cast<std::uint32_t>(node));
      std::uint64_t read = 0, pooled = 0;
      if (const auto* conv = std::get_if<network::Conv>(&n.op))
        read = weight_bits(conv->kind) * conv->rows() * static_cast<std::uint64_t>(conv->out_channels) *
               static_cast<std::uint64_t>(n.shape.height);
      if (const auto* pool = std::get_if<network::MaxPool>(&n.op)) {
        pooled = n.shape.size() * static_cast<std::uint64_t>(pool->kernel * pool->kernel);
        ++pools;
      }
      CHECK(work.weight_bits_read == read);
      CHECK(work.pool_bits == pooled);
      loaded += work.weight_bits_written;
      cells += work.cells;
    }
    // Each cell is one bit; parameters and biases are added.
    CHECK(loaded > cells);
  }
  CHECK(pools > 0);
}

TEST_CASE("the cells' energy by state adds up and does not see the transport") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(1);
  std::vector<std::unique_ptr<Metered>> all;
  for (const auto& more : {std::vector<std::string>{}, {"timing.burst_vectors=5"}, {"timing.mode=\"lt\""}})
    all.push_back(
        std::make_unique<Metered>("bench_" + std::to_string(all.size()), graph, "robust.toml", more));
  all.push_back(std::make_unique<Metered>("grouped", graph, "robust.toml",
                                          std::vector<std::string>{"array.rows_per_operation=20"}));
  simulate(all);
  const auto first = all[0]->ledger.array_split();
  for (const auto& one : all) {
    INFO(one->bench.config().geometry.rows_per_operation);
    CHECK(one->operations > 0);
    CHECK(one->states_fit);
    const auto split = one->ledger.array_split();
    CHECK(split.lrs_j > split.hrs_j);
    CHECK(split.hrs_j > split.off_j);
    CHECK(split.off_j > 0);
    CHECK(split.lrs_j + split.hrs_j + split.off_j ==
          Approx(one->ledger.total_j(energy::Component::array)).epsilon(1e-12));
    double sum_j = 0;
    for (const auto& [layer, joules] : one->ledger.by_layer())
      for (const double component_j : joules) sum_j += component_j;
    CHECK(one->ledger.total_j() == Approx(sum_j).epsilon(1e-12));
  }
  const auto near = [&](const Metered& other, double epsilon) {
    const auto split = other.ledger.array_split();
    CHECK(split.lrs_j == Approx(first.lrs_j).epsilon(epsilon));
    CHECK(split.hrs_j == Approx(first.hrs_j).epsilon(epsilon));
    CHECK(split.off_j == Approx(first.off_j).epsilon(epsilon));
  };
  // The energy of a burst is divided among its vectors, so its length affects the division but not the total.
  near(*all[1], 0.005);
  near(*all[2], 1e-9);
}
