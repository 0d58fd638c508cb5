// SPDX-License-Identifier: Apache-2.0
// Each protocol error at the pins of the digital unit is reported once. Correct use reports nothing.
#include <algorithm>
#include <cstddef>
#include <functional>
#include "support/catch.h"

#include "digital_pin_bench.h"
#include "support/simulation_guard.h"

using namespace irc;
using sc_core::sc_time;
using tb::block_of;
using tb::rows_seen;
using tb::SmallBench;
using tb::Stem;

namespace {

constexpr const char* slip = "irc/cosim/digital";

/// Runs `body` and returns the number of reported protocol errors.
std::size_t slips_of(const std::function<void(SmallBench&, const Stem&)>& body) {
  tb::SimulationGuard guard;
  guard.allow(slip);
  const Stem stem;
  SmallBench bench("bench");
  guard.stimulus("hand", [&] {
    stem.begin(bench);
    CHECK(guard.count(slip) == 0);
    body(bench, stem);
  });
  guard.run(sc_time(1, sc_core::SC_MS));
  return guard.count(slip);
}

}  // namespace

TEST_CASE("slip: a row is over before its input rows were pushed") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const std::size_t bits = rows_seen(stem.d, 0) * stem.d.in_width * 24u;
          for (std::size_t at = 0; at < bits - 1; at += 64) {
            bench.push(stem.in, at, std::min<std::size_t>(64, bits - 1 - at));
            bench.edge();
          }
          bench.run_row(0, 2);
        }) == 1);
}

TEST_CASE("no slip: the last bit comes with the row's last cycle") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const std::size_t bits = rows_seen(stem.d, 0) * stem.d.in_width * 24u;
          for (std::size_t at = 0; at < bits - 1; at += 64) {
            bench.push(stem.in, at, std::min<std::size_t>(64, bits - 1 - at));
            bench.edge();
          }
          bench.row_start.write(true);
          bench.edge();
          bench.push(stem.in, bits - 1, 1);
          bench.row_done.write(true);
          bench.edge();
        }) == 0);
}

TEST_CASE("slip: more input than the map has") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.push(stem.in, 0, 1);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: more bits than the pins have") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          bench.push(stem.in, 0, 64);
          bench.in_bits.write(65);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: more parameters than the command says") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          const auto load = stem.program.setup[0].descriptor;
          const auto block = block_of(stem.program, load);
          CHECK(bench.load(load, block));
          bench.push_block(block.first(1));
        }) == 1);
}

TEST_CASE("slip: parameters without their command") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          bench.push_block(block_of(stem.program, stem.program.setup[0].descriptor).first(16));
        }) == 1);
}

TEST_CASE("slip: work for a layer that is not good") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          auto d = stem.d;
          d.slot = 9;
          bench.set_command(d);
          bench.push(stem.in, 0, 8);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row that the layer does not have") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row.write(stem.d.out_height);
          bench.row_start.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row started before the last one was done") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row_start.write(true);
          bench.edge();
          bench.row.write(1);
          bench.row_start.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row done that never started") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.row_done.write(true);
          bench.edge();
        }) == 1);
}

TEST_CASE("slip: a row asked for that the layer does not have, idle just behind the last is none") {
  CHECK(slips_of([](auto& bench, const Stem& stem) {
          stem.push_all(bench, 64);
          bench.run_row(0, 1);
          bench.out_row.write(stem.d.out_height);
          bench.beat_row.write(stem.d.out_height);
          bench.edge();
          bench.edge();
          bench.out_row.write(stem.d.out_height + 1u);
          bench.edge();
          bench.edge();  // a row that stays the same is not reported again
          bench.beat_row.write(stem.d.out_height + 5u);
          bench.edge();
        }) == 2);
}
