// SPDX-License-Identifier: Apache-2.0
// Pins driven cycle by cycle must give the same readouts as bursts through the TLM modules.
#include <tlm_utils/simple_initiator_socket.h>
#include "support/catch.h"

#include "irc/model/at_initiator.h"
#include "irc/model/rram_array.h"
#include "irc/model/sense_amplifiers.h"
#include "macro_pin_bench.h"
#include "support/simulation_guard.h"

using namespace irc;
using sc_core::sc_time;

namespace {

constexpr std::uint64_t chip = 5, first_read = 3000;
constexpr std::size_t vectors = 6;

/// Array and amplifiers of one macro behind the sockets of the accelerator.
struct BurstMacro : sc_core::sc_module {
  BurstMacro(sc_core::sc_module_name name, const model::AcceleratorConfig& accelerator, std::size_t macro)
      : sc_module(name),
        config(accelerator),
        array("array", config, macro),
        amplifiers("amplifiers", config, macro) {
    socket.bind(array.target_socket);
    array.sense_socket.bind(amplifiers.target_socket);
    if (config.sense.trim.enabled) amplifiers.calibrate(macro::trim_common_units * config.unit_current_a);
  }

  void send(model::MacroBurst& burst, void* data, std::size_t bytes) {
    tlm::tlm_generic_payload payload;
    model::set_access(payload, tlm::TLM_WRITE_COMMAND, burst.tile.tile, data, bytes);
    payload.set_extension(&burst);
    sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    payload.clear_extension<model::MacroBurst>();
    REQUIRE(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
  }

  /// Readouts [group][vector][output].
  std::vector<std::int32_t> readouts(const tb::MacroTile& tile, std::vector<std::uint64_t> lines) {
    model::MacroBurst burst;
    burst.tile.tile = 9;
    burst.tile.rows = static_cast<std::uint32_t>(tile.extent.rows);
    burst.tile.first_pair = static_cast<std::uint16_t>(tile.extent.first_column / 2);
    burst.tile.columns = static_cast<std::uint16_t>(tile.extent.columns);
    burst.tile.outputs = static_cast<std::uint16_t>(tile.bias.size());
    burst.kind = model::MacroBurst::Kind::program;
    auto cells = tile.cells;
    send(burst, cells.data(), cells.size());
    burst.kind = model::MacroBurst::Kind::evaluate;
    burst.vectors = vectors;
    burst.first_read = first_read;
    burst.phases.groups = tb::row_groups(config, tile.extent.rows).size();
    if (config.geometry.bias == mapping::BiasPlacement::source) burst.bias = &tile.bias;
    send(burst, lines.data(), lines.size() * 8);
    if (config.multi_bit()) return burst.levels;
    const std::size_t outputs = tile.bias.size();
    std::vector<std::int32_t> out(burst.phases.groups * vectors * outputs);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::int32_t>((burst.decisions[i / outputs] >> (i % outputs)) & 1);
    return out;
  }

  model::AcceleratorConfig config;
  tlm_utils::simple_initiator_socket<BurstMacro> socket{"socket"};
  model::RramArray array;
  model::SenseAmplifiers amplifiers;
};

template <typename Bench>
std::vector<std::int32_t> pin_readouts(Bench& bench, unsigned m, const tb::MacroTile& tile,
                                       const std::vector<std::uint64_t>& lines) {
  const auto& config = bench.config;
  const auto groups = tb::row_groups(config, tile.extent.rows);
  const std::size_t outputs = tile.bias.size(), amplifiers = config.geometry.amplifiers;
  const std::size_t first = tile.extent.first_column / (config.reference_scheme() ? 1 : 2);
  const bool source = config.geometry.bias == mapping::BiasPlacement::source;
  bench.program_tile(m, tile);
  if (source) bench.load_bias(m, first, tile.bias);
  std::vector<std::int32_t> out(groups.size() * vectors * outputs);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto* words = lines.data() + v * words_for(tile.extent.rows);
      bench.set_operation(m, tb::lines_of_group(words, tile.extent.rows, groups[g]), groups[g],
                          first_read + v, g);
      bench.drive_and_settle(m);
      for (std::size_t o = 0; o < outputs; o += amplifiers) {
        const std::size_t count = std::min(amplifiers, outputs - o);
        const auto step = bench.sense_step(m, first + o, count, source && g == 0);
        for (std::size_t i = 0; i < count; ++i)
          out[(g * vectors + v) * outputs + o + i] = step[(first + o + i) % amplifiers];
      }
      bench.stop(m);
      if (v % 2 == 0) bench.next();  // so there are operations with and without a pause between them
    }
  bench.next();
  return out;
}

template <unsigned Amplifiers, unsigned LevelBits>
void compare(std::size_t number) {
  const auto& c = tb::macro_cases()[number];
  INFO(c.name);
  const auto config = tb::macro_config(c, chip);
  tb::SimulationGuard simulation;
  tb::PinBench<Amplifiers, LevelBits> bench(config);
  BurstMacro bursts("bursts", config, 1);
  bench.dut.trim();
  simulation.stimulus("pins", [&] {
    bench.reset();
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      const auto tile = tb::random_tile(config, 91 - seed, 3, 7, seed);
      const auto lines = tb::random_word_lines(tile.extent.rows, vectors, seed);
      const auto expected = bursts.readouts(tile, lines);
      CHECK(pin_readouts(bench, 1, tile, lines) == expected);
      CHECK(static_cast<std::size_t>(std::count(expected.begin(), expected.end(), expected.front())) <
            expected.size());
    }
  });
  simulation.run(sc_time(1, sc_core::SC_MS));
}

}  // namespace

TEST_CASE("pins give the bits of bursts: one row group") {
  compare<12, 1>(0);
}
TEST_CASE("pins give the bits of bursts: several row groups") {
  compare<4, 1>(1);
}
TEST_CASE("pins give the bits of bursts: column mux") {
  compare<4, 1>(2);
}
TEST_CASE("pins give the bits of bursts: source bias") {
  compare<4, 1>(3);
}
TEST_CASE("pins give the bits of bursts: reference scheme") {
  compare<4, 1>(4);
}
TEST_CASE("pins give the levels of bursts: multi-bit") {
  compare<4, 5>(5);
}

TEST_CASE("macros work side by side, and reset leaves their cells") {
  const auto config = tb::macro_config(tb::macro_cases()[0], chip);
  tb::SimulationGuard simulation;
  tb::PinBench<12, 1> bench(config);
  BurstMacro first("first", config, 0), second("second", config, 1);
  bench.dut.trim();
  simulation.stimulus("pins", [&] {
    bench.reset();
    const tb::MacroTile tiles[] = {tb::random_tile(config, 50, 0, 12, 1),
                                   tb::random_tile(config, 60, 2, 9, 2)};
    const std::vector<std::uint64_t> lines[] = {tb::random_word_lines(50, vectors, 3),
                                                tb::random_word_lines(60, vectors, 4)};
    const auto expected_0 = first.readouts(tiles[0], lines[0]),
               expected_1 = second.readouts(tiles[1], lines[1]);
    bench.program_tile(0, tiles[0]);
    bench.program_tile(1, tiles[1]);
    bench.reset();
    for (std::size_t v = 0; v < vectors; ++v) {
      for (unsigned m = 0; m < 2; ++m) {
        const std::size_t rows = tiles[m].extent.rows;
        bench.set_operation(m, tb::lines_of_group(lines[m].data() + v * words_for(rows), rows, {0, rows}),
                            {0, rows}, first_read + v, 0);
        bench.write16(bench.line, m, m == 0 ? 0 : 2), bench.write16(bench.lines, m, m == 0 ? 12 : 9);
        sc_core::wait(sc_core::SC_ZERO_TIME);
      }
      bench.drive.write(3);
      bench.cycles(config.timing.drive_cycles);
      bench.drive.write(0), bench.settle.write(3);
      bench.cycles(config.timing.settle_cycles);
      bench.settle.write(0), bench.sense.write(3);
      bench.cycles(config.timing.amplifier_cycles);
      const std::uint32_t level = bench.level.read();
      for (std::size_t o = 0; o < 12; ++o)
        CHECK((level >> o & 1) == static_cast<unsigned>(expected_0[v * 12 + o]));
      for (std::size_t o = 0; o < 9; ++o)
        CHECK((level >> (12 + (2 + o) % 12) & 1) == static_cast<unsigned>(expected_1[v * 9 + o]));
      bench.sense.write(0);
    }
    bench.next();
  });
  simulation.run(sc_time(1, sc_core::SC_MS));
}

TEST_CASE("ports of another size than the configuration are refused") {
  const auto config = tb::macro_config(tb::macro_cases()[0], chip);  // 12 amplifiers
  CHECK_THROWS_AS((tb::PinBench<4, 1>(config)), InputError);
}
