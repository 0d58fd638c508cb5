// SPDX-License-Identifier: Apache-2.0
// Each protocol error of the RTL is reported once, with macro, time, the error and the expectation. Correct
// use reports nothing.
#include <functional>
#include "support/catch.h"

#include "macro_pin_bench.h"
#include "support/simulation_guard.h"

using namespace irc;
using Catch::Matchers::ContainsSubstring;
using sc_core::sc_time;

namespace {

using Bench = tb::PinBench<4, 1>;

struct SlipBench {
  tb::MacroTile tile;
  Bench& pins;
  /// A correct operation up to its end.
  void operate(array::RowRange rows = {0, 20}) {
    begin(rows);
    pins.sense_step(0, 2, 4, false);
    pins.sense_step(0, 6, 2, false);
    pins.stop(0);
  }
  /// Drives and settles rows 4 and 5.
  void begin(array::RowRange rows = {0, 20}, std::uint64_t words = 0x30) {
    pins.set_operation(0, {words}, rows, 7, 0);
    pins.drive_and_settle(0);
  }
};

/// The reports while macro 0, which has a tile of 20 rows on lines [2, 8), is driven by `use`.
std::vector<std::string> slips_of(const std::function<void(SlipBench&)>& use,
                                  const std::vector<std::string>& overrides = {}) {
  auto c = tb::macro_cases()[2];
  c.overrides = {"timing.t_wl_s=2e-9", "timing.t_bl_s=2e-9", "timing.t_sa_s=2e-9"};
  c.overrides.insert(c.overrides.end(), overrides.begin(), overrides.end());
  const auto config = tb::macro_config(c, 3);
  tb::SimulationGuard simulation;
  simulation.allow("irc/cosim/macro");
  Bench pins(config);
  simulation.stimulus("pins", [&] {
    SlipBench bench{tb::random_tile(config, 20, 2, 6, 1), pins};
    pins.reset();
    pins.program_tile(0, bench.tile);
    use(bench);
    pins.next();
  });
  simulation.run(sc_time(1, sc_core::SC_MS));
  std::vector<std::string> messages;
  for (const auto& report : simulation.reports()) {
    CHECK_THAT(report.message, ContainsSubstring("macro 0 at ") && ContainsSubstring("s: "));
    messages.push_back(report.message);
  }
  return messages;
}

/// The single protocol error that is reported.
std::string slip_of(const std::function<void(SlipBench&)>& use,
                    const std::vector<std::string>& overrides = {}) {
  const auto messages = slips_of(use, overrides);
  CHECK(messages.size() == 1);
  return messages.empty() ? "" : messages.front();
}

}  // namespace

TEST_CASE("sound use reports no slip") {
  CHECK(slips_of([](SlipBench& b) {
          b.operate();
          b.operate({4, 8});
          b.pins.next();
          b.pins.program_tile(0, b.tile);
          b.operate();
        }).empty());
}

TEST_CASE("slip: sense without drive") {
  CHECK_THAT(
      slip_of([](SlipBench& b) {
        b.operate();
        b.pins.next();
        CHECK(b.pins.sense_step(0, 2, 4, false) == std::vector<std::int32_t>(4, 0));
        b.pins.stop(0);
      }),
      ContainsSubstring("sense is high, but no word lines were driven; expected drive and settle first"));
}

TEST_CASE("slip: settle without drive") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.settle.write(1);
               b.pins.cycles(2);
               b.pins.settle.write(0);
             }),
             ContainsSubstring("settle is high, but no word lines were driven"));
}

TEST_CASE("slip: sense right after drive") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.set_operation(0, {0x30}, {0, 20}, 7, 0);
               b.pins.drive.write(1);
               b.pins.cycles(2);
               b.pins.drive.write(0);
               b.pins.sense_step(0, 2, 4, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("expected settle between them"));
}

TEST_CASE("slip: two phases at once") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.drive.write(1), b.pins.settle.write(1);
               b.pins.next();
               b.pins.drive.write(0), b.pins.settle.write(0);
             }),
             ContainsSubstring("2 of drive, settle and sense are high, expected at most one"));
}

TEST_CASE("slip: lines outside any programmed tile") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense_step(0, 9, 2, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("lines [9, 11) found, expected outputs of a programmed tile"));
}

TEST_CASE("slip: word line driven outside the enabled rows") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin({5, 20});
               b.pins.sense_step(0, 2, 4, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("word line 4 is driven, expected none outside the enabled rows [5, 20)"));
}

TEST_CASE("slip: rows beyond the tile") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin({0, 21});
               b.pins.sense_step(0, 2, 4, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("rows [0, 21) found, expected rows within the tile's 20"));
}

TEST_CASE("slip: word lines change") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.set_operation(0, {0x10}, {0, 20}, 7, 0);
               b.pins.sense_step(0, 2, 4, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("the word lines have changed since drive began"));
}

TEST_CASE("slip: levels never sampled") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.operate();
             }),
             ContainsSubstring("the operation before was never sensed"));
}

TEST_CASE("slip: the rest of a tile's lines never sampled") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense_step(0, 2, 4, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("sense is over after 4 lines, expected the tile's 6"));
}

TEST_CASE("slip: a line twice") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense_step(0, 2, 4, false);
               b.pins.sense_step(0, 5, 3, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("line 5 is sensed, expected line 6"));
}

TEST_CASE("slip: a pause between settle and sense") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.next();
               b.pins.stop(0);
             }),
             ContainsSubstring("no phase follows settle"));
}

TEST_CASE("slip: phases too short") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.set_operation(0, {0x30}, {0, 20}, 7, 0);
               b.pins.drive.write(1);
               b.pins.next();
               b.pins.drive.write(0), b.pins.settle.write(1);
               b.pins.cycles(2);
               b.pins.settle.write(0);
               b.pins.sense_step(0, 2, 4, false);
               b.pins.sense_step(0, 6, 2, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("drive lasted 1 cycles, expected 2"));
}

TEST_CASE("slip: a mux step too short") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense.write(1), b.pins.write16(b.pins.line, 0, 2), b.pins.write16(b.pins.lines, 0, 4);
               b.pins.next();
               b.pins.sense_step(0, 6, 2, false);
               b.pins.stop(0);
             }),
             ContainsSubstring("a mux step lasted 1 cycles, expected 2"));
}

TEST_CASE("slip: bias sources that are not there") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense_step(0, 2, 4, true);
               b.pins.stop(0);
             }),
             ContainsSubstring("bias sources are on, expected off"));
}

TEST_CASE("slip: a tile begun before the one before was complete") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.set_row(0, b.tile, 0);
               b.pins.next();
               b.pins.program.write(0);
               b.pins.cycles(4);
               b.pins.program_tile(0, b.tile);
             }),
             ContainsSubstring("row 0 of a new tile found, expected row 1"));
}

TEST_CASE("slip: rows programmed too fast") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.set_row(0, b.tile, 0);
               b.pins.next();
               for (std::size_t r = 1; r < 20; ++r) {
                 b.pins.set_row(0, b.tile, r);
                 b.pins.next();
                 b.pins.program.write(0);
                 b.pins.cycles(4);
               }
             }),
             ContainsSubstring("row 1 overlaps the one before it, expected it 4 cycles later"));
}

TEST_CASE("slip: an operation while cells are programmed") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.program_tile(0, b.tile);
               b.pins.set_row(0, b.tile, 0);
               b.pins.next();
               b.pins.program.write(0);
               b.pins.cycles(4);
               b.pins.set_operation(0, {0x30}, {0, 20}, 7, 0);
               b.pins.drive.write(1);
               b.pins.next();
               b.pins.drive.write(0);
               b.pins.reset();
             }),
             ContainsSubstring("driven between the rows of a tile"));
}

TEST_CASE("slip: programming during an operation") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.pins.set_operation(0, {0x30}, {0, 20}, 7, 0);
               b.pins.drive.write(1), b.pins.set_row(0, b.tile, 0);
               b.pins.next();
               b.pins.drive.write(0), b.pins.program.write(0);
               b.pins.reset();
             }),
             ContainsSubstring("programming starts while an operation is under way"));
}

TEST_CASE("slip: bias lanes with a gap") {
  CHECK_THAT(slip_of(
                 [](SlipBench& b) {
                   b.pins.bias_we.write(1), b.pins.bias_lanes.write(5);
                   b.pins.next();
                   b.pins.bias_we.write(0);
                 },
                 {"array.bias=source"}),
             ContainsSubstring("bias lanes with a gap"));
}

TEST_CASE("slip: biases of lines that do not exist") {
  CHECK_THAT(slip_of(
                 [](SlipBench& b) {
                   b.pins.bias_we.write(1), b.pins.bias_lanes.write(3), b.pins.bias_line.write(11);
                   b.pins.next();
                   b.pins.bias_we.write(0);
                 },
                 {"array.bias=source"}),
             ContainsSubstring("biases of lines [11, 13) found, expected lines below 12"));
}

TEST_CASE("slip: the simulation ends in an operation") {
  CHECK_THAT(slip_of([](SlipBench& b) {
               b.begin();
               b.pins.sense.write(1), b.pins.write16(b.pins.line, 0, 2), b.pins.write16(b.pins.lines, 0, 4);
               b.pins.next();
             }),
             ContainsSubstring("sense is over after 4 lines"));
}
