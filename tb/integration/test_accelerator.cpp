// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include "support/catch.h"

#include "bench.h"
#include "irc/core/error.h"
#include "irc/energy/energy_ledger.h"
#include "irc/platform/metering.h"
#include "support/simulation_guard.h"

using namespace irc;
using irc::tb::Bench;

namespace {

using Overrides = std::vector<std::string>;

/// Runs all benches in one simulation. A kernel warning or a protocol violation fails the test.
void run(std::vector<std::unique_ptr<Bench>>& benches) {
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  for (auto& bench : benches) platforms.push_back(bench->take());
  platform::simulate(platforms);
  sc_core::sc_stop();  // the protocol checkers then look for transactions that are not over
}

struct Variant {
  const char* name;
  Overrides overrides;
};

const std::vector<Variant> ideal_variants = {
    {"default", {}},
    {"lt", {"timing.mode=\"lt\""}},
    {"bursts of 1", {"timing.burst_vectors=1"}},
    {"bursts of 5", {"timing.burst_vectors=5"}},
    {"bursts of 37, lt", {"timing.burst_vectors=37", "timing.mode=\"lt\""}},
    {"streamed", {"timing.activations=\"streamed\""}},
    {"streamed lt", {"timing.activations=\"streamed\"", "timing.mode=\"lt\""}},
    {"one macro", {"array.macros=1"}},
    {"mux", {"array.amplifiers=8"}},
    {"small macros", {"array.macros=2", "array.column_pairs=8", "array.amplifiers=8"}},
    {"small macros, streamed",
     {"array.macros=2", "array.column_pairs=8", "array.amplifiers=8", "timing.activations=\"streamed\""}},
    {"bias from the source", {"array.bias=\"source\""}},
    {"exact evaluator", {"run.evaluator=\"exact\""}},
};

}  // namespace

TEST_CASE("with every nonideality off, all bits are the reference's, whatever the platform") {
  tb::SimulationGuard guard;
  std::vector<std::unique_ptr<Bench>> benches;
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    for (const auto& variant : ideal_variants)
      benches.push_back(std::make_unique<Bench>("bench_" + std::to_string(benches.size()),
                                                tb::small_detector(seed), "ideal.toml", variant.overrides,
                                                2));
  run(benches);
  for (std::size_t i = 0; i < benches.size(); ++i) {
    const auto& bench = *benches[i];
    INFO(ideal_variants[i % ideal_variants.size()].name << ", detector " << i / ideal_variants.size() + 1);
    CHECK(bench.bits().bits() > 0);
    CHECK(bench.bits().errors() == 0);
    CHECK(bench.heads == bench.expected_heads);
    CHECK(bench.heads.size() == 2);
    CHECK(bench.interrupts >= 1);
  }
  CHECK(guard.reports().empty());
}

TEST_CASE("binary weights in any mapping give the reference's bits when nothing disturbs") {
  tb::SimulationGuard guard;
  const std::vector<Variant> variants = {
      {"differential", {"array.mapping=\"binary_differential\""}},
      {"reference, bias from the source", {"array.mapping=\"binary_reference\"", "array.bias=\"source\""}},
      {"reference, lt, mux",
       {"array.mapping=\"binary_reference\"", "array.bias=\"source\"", "timing.mode=\"lt\"",
        "array.amplifiers=4"}},
      // Levels are as fine as the sums and wide enough for them, so reading out in parts loses nothing.
      {"differential, parts of 4 rows, digital bias",
       {"array.mapping=\"binary_differential\"", "array.bias=\"digital\"", "array.rows_per_operation=4",
        "sense.kind=\"multi_bit\"", "sense.bits=4"}},
      {"reference, parts of 4 rows, digital bias",
       {"array.mapping=\"binary_reference\"", "array.bias=\"digital\"", "array.rows_per_operation=4",
        "sense.kind=\"multi_bit\"", "sense.bits=4"}},
  };
  network::test::RandomOptions options;
  options.height = 12;
  options.width = 16;
  options.max_channels = 20;
  options.binary_share = 1.0;
  std::vector<std::unique_ptr<Bench>> benches;
  for (std::uint64_t seed = 21; seed <= 23; ++seed)
    for (const auto& variant : variants)
      benches.push_back(std::make_unique<Bench>("bench_" + std::to_string(benches.size()),
                                                network::test::random_detector(seed, options), "ideal.toml",
                                                variant.overrides));
  run(benches);
  for (std::size_t i = 0; i < benches.size(); ++i) {
    INFO(variants[i % variants.size()].name);
    CHECK(benches[i]->bits().bits() > 0);
    CHECK(benches[i]->bits().errors() == 0);
    CHECK(benches[i]->heads == benches[i]->expected_heads);
  }
}

TEST_CASE("partial sums read out too coarsely lose bits") {
  tb::SimulationGuard guard;
  std::vector<std::unique_ptr<Bench>> benches;
  benches.push_back(std::make_unique<Bench>("votes", tb::small_detector(2), "ideal.toml",
                                            Overrides{"array.rows_per_operation=16"}));
  run(benches);
  CHECK(benches[0]->bits().errors() > 0);
}

TEST_CASE("with nonidealities on, bits depend on the chip, not on transport, bursts or macros' timing") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(4);
  const Overrides hard = {"run.evaluator=\"ideal\"", "sense.offset_sigma_a=2e-6"};
  const auto with = [&](Overrides more) {
    more.insert(more.begin(), hard.begin(), hard.end());
    return more;
  };
  std::vector<std::unique_ptr<Bench>> benches;
  benches.push_back(std::make_unique<Bench>("at", graph, "robust.toml", with({}), 2));
  benches.push_back(std::make_unique<Bench>("lt", graph, "robust.toml", with({"timing.mode=\"lt\""}), 2));
  benches.push_back(
      std::make_unique<Bench>("burst1", graph, "robust.toml", with({"timing.burst_vectors=1"}), 2));
  benches.push_back(std::make_unique<Bench>("streamed", graph, "robust.toml",
                                            with({"timing.activations=\"streamed\""}), 2));
  benches.push_back(std::make_unique<Bench>("other", graph, "robust.toml", with({}), 2, 99));
  for (const char* burst : {"timing.burst_vectors=1", "timing.burst_vectors=1024"})
    benches.push_back(std::make_unique<Bench>(std::string("parts") + (benches.size() == 5 ? "1" : "1024"),
                                              graph, "robust.toml",
                                              with({"array.rows=20", "array.bias_rows=8", burst}), 2));
  run(benches);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(benches[i]->heads == benches[0]->heads);
    CHECK(benches[i]->bits().errors() == benches[0]->bits().errors());
  }
  CHECK(benches[0]->bits().errors() > 0);
  CHECK(benches[4]->heads != benches[0]->heads);
  CHECK(benches[0]->cycles == benches[1]->cycles);
  CHECK(benches[0]->cycles == benches[2]->cycles);
  CHECK(benches[5]->heads == benches[6]->heads);
  CHECK(benches[5]->cycles == benches[6]->cycles);
  CHECK(benches[5]->sums == benches[6]->sums);
  CHECK(benches[5]->sums.vectors > benches[0]->sums.vectors);  // the layers are split into parts
  // One burst per vector and bursts over many rows do the same work.
  CHECK(benches[2]->bursts == benches[2]->sums.vectors);
  CHECK(benches[0]->bursts < benches[2]->bursts / 20);
  for (std::size_t i = 1; i < 4; ++i) CHECK(benches[i]->sums == benches[0]->sums);
}

TEST_CASE("every programming of a cell has draws of its own, under whatever tile") {
  tb::SimulationGuard guard;
  Bench bench("bench", tb::small_detector(2), "robust.toml",
              {"run.evaluator=\"ideal\"", "array.macros=1", "array.column_pairs=24", "array.amplifiers=24"},
              3);
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  platforms.push_back(bench.take());
  const auto& accelerator = platforms.front()->accelerator();
  std::set<std::pair<std::size_t, std::uint64_t>> named;  // bit line, programming
  std::map<std::size_t, std::set<std::uint32_t>> tiles;   // that were on a bit line
  platforms.front()->accelerator().events.subscribe([&](const Event& event) {
    if (event.kind != EventKind::program) return;
    const auto* tile = accelerator.array(event.macro).tile(event.tile);
    REQUIRE(tile != nullptr);
    for (std::size_t c = 0; c < tile->geometry().columns; ++c) {
      CHECK(named.insert({tile->place().origin_column + c, tile->place().programming_count}).second);
      tiles[tile->place().origin_column + c].insert(event.tile);
    }
  });
  platform::simulate(platforms);
  CHECK(tiles[0].size() > 1);
}

namespace {

/// Two hidden layers of equal size whose decisions depend on noise only.
network::Graph twin_layers() {
  network::test::RandomOptions options;
  options.height = options.width = 7;  // too small for strides
  options.odd_geometry = false;
  network::test::GraphBuilder build(1, options);
  auto at = build.conv(0, 8, network::WeightKind::int8, true);
  const auto square = [&](network::NodeId in) {
    network::NodeId out = build.conv(in, 8, network::WeightKind::ternary, true);
    REQUIRE(build.shape(out) == build.shape(in));
    return out;
  };
  at = square(square(at));
  build.conv(at, options.classes + 4, network::WeightKind::int8, false);
  return build.finished();
}

}  // namespace

TEST_CASE("tiles that share amplifiers or cells do not share decision noise") {
  tb::SimulationGuard guard;
  const std::vector<Variant> variants = {
      {"mux", {"array.column_pairs=16"}},
      {"cells programmed in turn", {"array.column_pairs=8"}},
      {"cells programmed in turn, lt", {"array.column_pairs=8", "timing.mode=\"lt\""}},
  };
  const auto graph = twin_layers();
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  // Programming also ends with its layer's number, so the last copy of a map counts.
  std::vector<std::map<network::NodeId, std::vector<std::uint64_t>>> maps(variants.size());
  for (std::size_t i = 0; i < variants.size(); ++i) {
    Overrides overrides = {"nonidealities.sense_noise=true", "sense.noise_sigma_a=1e-2", "array.macros=1",
                           "array.amplifiers=8"};
    overrides.insert(overrides.end(), variants[i].overrides.begin(), variants[i].overrides.end());
    benches.push_back(std::make_unique<Bench>(variants[i].name, graph, "ideal.toml", overrides));
    platforms.push_back(benches.back()->take());
    auto* platform = platforms.back().get();
    platform->accelerator().events.subscribe([&, i, platform](const Event& event) {
      if (event.kind != EventKind::layer) return;
      for (const auto& command : benches[i]->program().picture) {
        if (command.node != event.layer || command.descriptor.opcode != mapping::Opcode::conv_array) continue;
        std::vector<std::uint64_t> words(graph.nodes[command.node].shape.pixels());
        platform->peek_buffer(command.descriptor.out_buffer, words);
        maps[i][command.node] = words;
      }
    });
  }
  platform::simulate(platforms);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO(variants[i].name);
    REQUIRE(maps[i].size() == 2);
    const auto& first = maps[i].begin()->second;
    const auto& second = maps[i].rbegin()->second;
    const double bits = 8.0 * static_cast<double>(first.size());
    double agree = 0;
    for (std::size_t p = 0; p < first.size(); ++p) agree += 8 - std::popcount(first[p] ^ second[p]);
    CHECK(agree == Approx(0.5 * bits).margin(5 * 0.5 * std::sqrt(bits)));
  }
  CHECK(maps[1] == maps[2]);
}

namespace {

/// What the ledger should have counted for an array layer of one image, computed from its tiles alone.
energy::Activity counted(const platform::RunConfig& config, const mapping::Program& program,
                         const network::Graph& graph, network::NodeId node) {
  const auto& shape = graph.nodes[node].shape;
  energy::Activity work;
  for (const auto& tile : program.placement.tiles) {
    if (tile.node != node) continue;
    const std::uint64_t per_operation =
        config.geometry.rows_per_operation == 0 ? tile.rows : config.geometry.rows_per_operation;
    const std::uint64_t readouts = (tile.rows + per_operation - 1) / per_operation;
    const std::uint64_t outputs = shape.pixels() * tile.outputs;
    const bool first = tile.row_begin == 0;
    const auto pieces = std::count_if(
        program.placement.tiles.begin(), program.placement.tiles.end(),
        [&](const auto& other) { return other.node == node && other.output_begin == tile.output_begin; });
    work.adds += outputs * (readouts - (first ? 1 : 0));
    if (first && config.geometry.bias == mapping::BiasPlacement::digital) work.adds += outputs;
    work.bits_read += shape.pixels() * tile.rows;
    if (first) work.bits_written += outputs;
    if (pieces > 1) work.bits_written += outputs * config.timing.partial_sum_bits;
    if (!first) work.bits_read += outputs * config.timing.partial_sum_bits;
  }
  return work;
}

/// Bits of the image that the stem reads: for every output row the input rows under its kernel.
std::uint64_t stem_bits_read(const network::Graph& graph) {
  const auto& conv = std::get<network::Conv>(graph.nodes[1].op);
  const auto& in = graph.nodes[0].shape;
  std::uint64_t rows = 0;
  for (int y = 0; y < graph.nodes[1].shape.height; ++y)
    for (int k = 0; k < conv.kernel_h; ++k) {
      const int row = y * conv.stride_h - conv.pad_top + k;
      rows += row >= 0 && row < in.height;
    }
  return rows * static_cast<std::uint64_t>(in.width * in.channels) * 8;
}

}  // namespace

TEST_CASE("adds, partial sums, input reads and trimming are booked") {
  tb::SimulationGuard guard;
  const auto graph = tb::small_detector(1);
  const std::vector<Variant> variants = {
      {"one operation", {}},
      {"row groups", {"array.rows_per_operation=20"}},
      {"row pieces", {"array.rows=70"}},
      {"row pieces in row groups, lt",
       {"array.rows=70", "array.rows_per_operation=20", "timing.mode=\"lt\""}},
      {"digital bias", {"array.bias=\"digital\"", "sense.kind=\"multi_bit\"", "sense.bits=4"}},
  };
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<std::unique_ptr<platform::Platform>> platforms;
  std::vector<std::unique_ptr<energy::EnergyLedger>> ledgers;
  for (const auto& variant : variants) {
    auto overrides = variant.overrides;
    overrides.push_back("sense.trim=true");
    benches.push_back(
        std::make_unique<Bench>("bench_" + std::to_string(benches.size()), graph, "ideal.toml", overrides));
    ledgers.push_back(
        std::make_unique<energy::EnergyLedger>(platform::energy_parameters(benches.back()->config())));
    platforms.push_back(benches.back()->take());
    // Data that the DMA reads are also written to on-chip memories. They are left out here.
    platforms.back()->accelerator().events.subscribe([ledger = ledgers.back().get()](const Event& event) {
      if (event.kind != EventKind::dma_read) ledger->on_event(event);
    });
    // Before the simulation runs, the ledger contains nothing but this.
    const auto spent = platforms.back()->accelerator().calibrate(1e-5).decisions;
    const auto& card = benches.back()->config().card;
    CHECK(spent > 0);
    CHECK(ledgers.back()->total_j() ==
          Approx(static_cast<double>(spent) * (card.sense.e_decision_j + card.energy.trim_store_j)));
    CHECK(ledgers.back()->total_j() == ledgers.back()->total_j(energy::Component::sense));
  }
  platform::simulate(platforms);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO(variants[i].name);
    std::uint64_t adds = 0;
    for (network::NodeId node = 0; node < graph.nodes.size(); ++node) {
      const auto expected = counted(benches[i]->config(), benches[i]->program(), graph, node);
      if (expected.bits_read == 0) continue;
      const auto found = ledgers[i]->activity(static_cast<std::uint32_t>(node));
      CHECK(found.adds == expected.adds);
      CHECK(found.bits_read == expected.bits_read);
      CHECK(found.bits_written == expected.bits_written);
      adds += found.adds;
    }
    CHECK((adds == 0) == (i == 0));
    CHECK(ledgers[i]->activity(1).bits_read == stem_bits_read(graph));
  }
}

TEST_CASE("every command ends in an interrupt and in the closed form's number of cycles") {
  tb::SimulationGuard guard;
  std::vector<std::unique_ptr<Bench>> benches;
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    benches.push_back(
        std::make_unique<Bench>("a" + std::to_string(seed), tb::small_detector(seed), "ideal.toml",
                                Overrides{"array.rows_per_operation=64", "array.amplifiers=4"}));
    benches.push_back(std::make_unique<Bench>("b" + std::to_string(seed), tb::small_detector(seed),
                                              "ideal.toml",
                                              Overrides{"timing.activations=\"streamed\"", "array.macros=2",
                                                        "array.column_pairs=8", "array.amplifiers=2"}));
  }
  run(benches);
  for (const auto& bench : benches) {
    std::uint64_t expected = 0;
    for (const auto& command : bench->program().picture)
      expected += mapping::closed_form_cycles(bench->config().timing, bench->config().geometry, command);
    CHECK(bench->cycles[0] == expected);
    // Level interrupts that come together are served together, so there may be fewer than commands.
    CHECK(bench->interrupts <= bench->program().picture.size() + bench->program().setup.size());
    CHECK(bench->interrupts > 0);
  }
}
