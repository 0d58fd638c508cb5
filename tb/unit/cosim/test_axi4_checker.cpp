// SPDX-License-Identifier: Apache-2.0
// Tests every rule from both sides: a violation is recorded under its rule and no other, and the nearest
// legal behaviour is not recorded.
#include "support/catch.h"

#include "irc/cosim/axi4_checker.h"
#include "pin_bench.h"

namespace {

using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::AxiBurst;
using irc::cosim::AxiBurstType;
using irc::cosim::LaneMask;
using irc::tb::broken;

constexpr int bus = 8;

struct Bench : irc::tb::ClockBench {
  explicit Bench(bool record_only = true) : checker("checker", pins, {record_only}) {
    bind_clock(checker, *this);
  }
  Axi4Pins<bus> pins;
  Axi4Checker checker;
  irc::tb::Axi4Script<bus> script{*this, pins};
};

AxiBurst burst(unsigned beats, std::uint64_t address = 0x100, unsigned id = 0) {
  return {address, beats - 1, 3, AxiBurstType::incr, id};
}
AxiBurst burst(AxiBurstType type, unsigned beats, std::uint64_t address = 0x100, unsigned size = 3) {
  return {address, beats - 1, size, type, 0};
}

// The rules that `body` violates.
std::string after(const std::function<void(Bench&)>& body) {
  Bench bench;
  bench.run([&] { body(bench); });
  return broken(bench.checker);
}
std::string after_write(const AxiBurst& one) {
  return after([&](Bench& bench) { bench.script.write(one); });
}
std::string after_read(const AxiBurst& one) {
  return after([&](Bench& bench) { bench.script.read(one); });
}

}  // namespace

TEST_CASE("legal traffic of every kind breaks no rule") {
  Bench bench;
  bench.run([&] {
    bench.script.write(burst(1));
    bench.script.write(burst(4, 0x103));
    bench.script.write(burst(AxiBurstType::wrap, 4, 0x108, 2));
    bench.script.read(burst(256, 0));
    bench.script.read(burst(AxiBurstType::fixed, 16, 0x105, 1));
    bench.script.w(true, LaneMask(0xff));  // data before its address
    bench.script.aw(burst(1));
    CHECK(bench.checker.outstanding() == 1);
    bench.script.b(0, 2);
    bench.script.ar(burst(2, 0, 1));  // two ids, interleaved
    bench.script.ar(burst(2, 64, 2));
    bench.script.r(false, 2);
    bench.script.r(false, 1);
    bench.script.r(true, 2, 3);
    bench.script.r(true, 1);
  });
  CHECK(broken(bench.checker) == "");
  CHECK(bench.checker.completed() == 8);
  CHECK(bench.checker.outstanding() == 0);
}

TEST_CASE("valid-held: AWVALID falls before AWREADY") {
  CHECK(after([](Bench& bench) {
          bench.pins.write_aw(burst(1));
          bench.pins.awvalid.write(true);
          bench.edge();
          bench.pins.awvalid.write(false);
          bench.edge();
          bench.script.write(burst(1));
        }) == "valid-held");
}
TEST_CASE("valid-held and payload-stable: waiting unchanged is legal, ready without valid too") {
  CHECK(after([](Bench& bench) {
          bench.pins.write_aw(burst(1));
          bench.pins.awvalid.write(true);
          bench.edge(3);
          bench.script.write(burst(1));
          bench.pins.awready.write(true);
          bench.edge(2);
        }) == "");
}
TEST_CASE("payload-stable: AWADDR changes while it waits") {
  CHECK(after([](Bench& bench) {
          bench.pins.write_aw(burst(1));
          bench.pins.awvalid.write(true);
          bench.edge();
          bench.script.write(burst(1, 0x108));
        }) == "payload-stable");
}
TEST_CASE("payload-stable: WDATA changes while it waits") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1));
          const std::uint8_t ones[128] = {1};
          bench.pins.write_wdata(ones, LaneMask(1));
          bench.pins.wlast.write(true);
          bench.pins.wvalid.write(true);
          bench.edge();
          bench.script.w(true, LaneMask(1));
          bench.script.b();
        }) == "payload-stable");
}
TEST_CASE("payload-stable: WSTRB and RRESP change while they wait") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1));
          bench.pins.wlast.write(true);
          bench.pins.wvalid.write(true);
          bench.edge();
          bench.script.w(true, LaneMask(2));
          bench.script.b();
          bench.script.ar(burst(1));
          bench.pins.rlast.write(true);
          bench.pins.rvalid.write(true);
          bench.edge();
          bench.script.r(true, 0, 2);
        }) == "payload-stable payload-stable");
}
TEST_CASE("reset-valid: RVALID rises in reset") {
  CHECK(after([](Bench& bench) {
          bench.rst_n.write(false);
          bench.edge(3);
          bench.pins.rvalid.write(true);
          bench.edge(3);
          bench.pins.rvalid.write(false);
          bench.edge(1);
          bench.rst_n.write(true);
          bench.edge(2);
          bench.script.read(burst(1));
        }) == "reset-valid");
}
TEST_CASE("reset-valid: the first edge in reset may find VALID, and a transfer under way is forgotten") {
  CHECK(after([](Bench& bench) {
          bench.script.ar(burst(2));
          bench.script.r(false);
          bench.pins.rlast.write(true);
          bench.pins.rvalid.write(true);
          bench.edge();
          bench.rst_n.write(false);
          bench.edge();
          bench.pins.rvalid.write(false);
          bench.edge(2);
          bench.rst_n.write(true);
          bench.edge();
          bench.script.write(burst(1));  // its AWVALID rises at the first edge after reset
        }) == "");
}
TEST_CASE("first-valid: AWVALID rises with the end of reset") {
  CHECK(after([](Bench& bench) {
          bench.rst_n.write(false);
          bench.edge(3);
          bench.rst_n.write(true);
          bench.script.write(burst(1));
        }) == "first-valid");
}
TEST_CASE("pin-width: AWID, BRESP and RRESP with too many bits") {
  CHECK(after([](Bench& bench) {
          bench.script.write(burst(1, 0x100, 16));
          bench.script.ar(burst(1, 0, 15));
          bench.script.r(true, 15, 4);
        }) == "pin-width pin-width pin-width");  // BID is 16 too
}
TEST_CASE("pin-width: the largest values are legal") {
  CHECK(after_write(burst(1, ~std::uint64_t{7}, 15)) == "");
}

TEST_CASE("burst-type: reserved") {
  CHECK(after_read({0x100, 0, 3, AxiBurstType::reserved, 0}) == "burst-type");
}
TEST_CASE("size: wider than the bus") {
  CHECK(after_read({0x100, 0, 4, AxiBurstType::incr, 0}) == "size");
}
TEST_CASE("size: narrower than the bus is legal") {
  CHECK(after_write({0x101, 7, 0, AxiBurstType::incr, 0}) == "");
}
TEST_CASE("burst-length: FIXED of 17 beats") {
  CHECK(after_read(burst(AxiBurstType::fixed, 17)) == "burst-length");
}
TEST_CASE("burst-length: FIXED of 16 beats is legal") {
  CHECK(after_read(burst(AxiBurstType::fixed, 16)) == "");
}
TEST_CASE("wrap-length: 3 beats") {
  CHECK(after_read(burst(AxiBurstType::wrap, 3)) == "wrap-length");
}
TEST_CASE("wrap-length: 16 beats are legal") {
  CHECK(after_read(burst(AxiBurstType::wrap, 16, 0x1f8)) == "");
}
TEST_CASE("wrap-alignment: within a beat") {
  CHECK(after_read(burst(AxiBurstType::wrap, 4, 0x104)) == "wrap-alignment");
}
TEST_CASE("wrap-alignment: a multiple of a narrow beat is legal") {
  CHECK(after_read(burst(AxiBurstType::wrap, 4, 0x104, 2)) == "");
}
TEST_CASE("boundary: a write across 4 KiB") {
  CHECK(after_write(burst(2, 0xff8)) == "boundary");
}
TEST_CASE("boundary: up to 4 KiB is legal, unaligned too") {
  CHECK(after_write(burst(2, 0xff1)) == "");
}
TEST_CASE("boundary: WRAP at the end of 4 KiB is legal") {
  CHECK(after_read(burst(AxiBurstType::wrap, 4, 0xff8)) == "");
}

TEST_CASE("wlast: low in the last beat") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(2));
          bench.script.w(false);
          bench.script.w(false);
          bench.script.b();
        }) == "wlast");
}
TEST_CASE("write-beats: WLAST too early, data before their address") {
  CHECK(after([](Bench& bench) {
          bench.script.w(true);
          bench.script.aw(burst(2));
          bench.script.b();
        }) == "write-beats");
}
TEST_CASE("rlast: low in the last beat") {
  CHECK(after([](Bench& bench) {
          bench.script.ar(burst(2));
          bench.script.r(false);
          bench.script.r(false);
        }) == "rlast");
}
TEST_CASE("read-beats: RLAST too early") {
  CHECK(after([](Bench& bench) {
          bench.script.ar(burst(2));
          bench.script.r(true);
        }) == "read-beats");
}
TEST_CASE("strobes: below an unaligned start") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1, 0x103));
          bench.script.w(true, LaneMask(0xfc));
          bench.script.b();
        }) == "strobes");
}
TEST_CASE("strobes: outside the lanes of a narrow beat") {
  CHECK(after([](Bench& bench) {
          bench.script.aw({0x102, 1, 1, AxiBurstType::incr, 0});
          bench.script.w(false, LaneMask(0x0c));
          bench.script.w(true, LaneMask(0x0c));
          bench.script.b();
        }) == "strobes");
}
TEST_CASE("strobes: fewer than the lanes are legal") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1, 0x103));
          bench.script.w(true, LaneMask(0x88));
          bench.script.b();
        }) == "");
}
TEST_CASE("b-before-w: before the last data") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(2));
          bench.script.w(false);
          bench.script.b();
          bench.script.w(true);
          bench.script.b();
        }) == "b-before-w");
}
TEST_CASE("b-before-w: in the cycle of the last data") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1));
          bench.pins.bvalid.write(true);
          bench.script.w(true);
          bench.script.b();
        }) == "b-before-w");
}
TEST_CASE("b-before-w: before the address") {
  CHECK(after([](Bench& bench) {
          bench.script.w(true);
          bench.script.b();
          bench.script.aw(burst(1));
          bench.script.b();
        }) == "b-before-w");
}
TEST_CASE("r-before-ar: without an address") {
  CHECK(after([](Bench& bench) { bench.script.r(true); }) == "r-before-ar");
}
TEST_CASE("r-before-ar: in the cycle of the address") {
  CHECK(after([](Bench& bench) {
          bench.pins.rvalid.write(true);
          bench.pins.rlast.write(true);
          bench.script.ar(burst(1));
          bench.script.r(true);
        }) == "r-before-ar");
}
TEST_CASE("id: of no write, of no read") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1, 0, 3));
          bench.script.w(true);
          bench.script.b(2);
          bench.script.ar(burst(1, 0, 3));
          bench.script.r(true, 4);
        }) == "id id");
}
TEST_CASE("id: responses out of order of their ids are legal") {
  CHECK(after([](Bench& bench) {
          for (const unsigned id : {3u, 4u}) {
            bench.script.aw(burst(1, 0, id));
            bench.script.w(true);
          }
          bench.script.b(4);
          bench.script.b(3);
        }) == "");
}
TEST_CASE("exokay: nobody asked for exclusive access") {
  CHECK(after([](Bench& bench) {
          bench.script.aw(burst(1));
          bench.script.w(true);
          bench.script.b(0, 1);
          bench.script.ar(burst(1));
          bench.script.r(true, 0, 1);
        }) == "exokay exokay");
}
TEST_CASE("outstanding: a read without its last beat") {
  CHECK(after([](Bench& bench) {
          bench.script.ar(burst(2));
          bench.script.r(false);
        }) == "outstanding");
}
TEST_CASE("outstanding: data without address") {
  CHECK(after([](Bench& bench) { bench.script.w(true); }) == "outstanding");
}

TEST_CASE("a violation is reported with checker, rule, observation and expectation") {
  Bench bench(false);
  bench.simulation.allow(Axi4Checker::report_type);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_DISPLAY);
  bench.run([&] { bench.script.read(burst(AxiBurstType::wrap, 3)); });
  REQUIRE(bench.simulation.count(Axi4Checker::report_type) == 1);
  CHECK_THAT(bench.simulation.reports()[0].message,
             Catch::Matchers::ContainsSubstring("checker: [wrap-length] AR") &&
                 Catch::Matchers::ContainsSubstring("expected 2, 4, 8 or 16"));
}
TEST_CASE("a violation nobody expects stops the simulation") {
  Bench bench(false);
  bench.simulation.stimulus("stimulus", [&] {
    bench.pulse_reset();
    bench.script.r(true);
    bench.edge(2);
  });
  CHECK(bench.simulation.problems_of_run(sc_core::sc_time(1, sc_core::SC_US)).size() >= 1);
}
