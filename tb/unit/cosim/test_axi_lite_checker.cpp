// SPDX-License-Identifier: Apache-2.0
// Tests every rule from both sides, as for AXI4.
#include "support/catch.h"

#include "irc/cosim/axi_lite_checker.h"
#include "pin_bench.h"

namespace {

using irc::cosim::AxiLiteChecker;
using irc::cosim::AxiLitePins;
using irc::tb::broken;

struct Bench : irc::tb::ClockBench {
  Bench() { bind_clock(checker, *this); }

  void transfer(sc_core::sc_signal<bool>& valid, sc_core::sc_signal<bool>& ready) {
    valid.write(true);
    ready.write(true);
    edge();
    valid.write(false);
    ready.write(false);
  }
  void aw() { transfer(pins.awvalid, pins.awready); }
  void w() { transfer(pins.wvalid, pins.wready); }
  void b(unsigned response = 0) {
    pins.bresp.write(response);
    transfer(pins.bvalid, pins.bready);
  }
  void ar() { transfer(pins.arvalid, pins.arready); }
  void r(unsigned response = 0) {
    pins.rresp.write(response);
    transfer(pins.rvalid, pins.rready);
  }

  AxiLitePins pins;
  AxiLiteChecker checker{"checker", pins, {true}};
};

std::string after(const std::function<void(Bench&)>& body) {
  Bench bench;
  bench.run([&] { body(bench); });
  return broken(bench.checker);
}

}  // namespace

TEST_CASE("legal reads and writes break no rule") {
  Bench bench;
  bench.run([&] {
    bench.aw();
    bench.w();
    bench.b();
    bench.w();  // data before its address
    bench.aw();
    bench.b(2);
    bench.ar();
    bench.ar();
    CHECK(bench.checker.outstanding() == 2);
    bench.r();
    bench.r(3);
  });
  CHECK(broken(bench.checker) == "");
  CHECK(bench.checker.completed() == 4);
}
TEST_CASE("valid-held: WVALID falls before WREADY") {
  CHECK(after([](Bench& bench) {
          bench.pins.wvalid.write(true);
          bench.edge();
          bench.pins.wvalid.write(false);
          bench.edge();
        }) == "valid-held");
}
TEST_CASE("valid-held: waiting for WREADY is legal") {
  CHECK(after([](Bench& bench) {
          bench.pins.wvalid.write(true);
          bench.edge(3);
          bench.w();
          bench.aw();
          bench.b();
        }) == "");
}
TEST_CASE("payload-stable: each channel's signals") {
  CHECK(after([](Bench& bench) {
          for (auto* valid : {&bench.pins.awvalid, &bench.pins.wvalid, &bench.pins.arvalid})
            valid->write(true);
          bench.edge();
          bench.pins.awaddr.write(4);
          bench.pins.wstrb.write(1);
          bench.pins.arprot.write(1);
          bench.edge();
          bench.aw();
          bench.w();
          bench.ar();
          bench.pins.bvalid.write(true);
          bench.pins.rvalid.write(true);
          bench.edge();
          bench.pins.rdata.write(1);
          bench.b(2);
          bench.r();
        }) == "payload-stable payload-stable payload-stable payload-stable payload-stable");
}
TEST_CASE("reset-valid: BVALID in reset") {
  CHECK(after([](Bench& bench) {
          bench.rst_n.write(false);
          bench.edge(2);
          bench.pins.bvalid.write(true);
          bench.edge(2);
          bench.pins.bvalid.write(false);
          bench.edge(2);
          bench.rst_n.write(true);
          bench.edge(2);
        }) == "reset-valid");
}
TEST_CASE("first-valid: ARVALID rises with the end of reset") {
  CHECK(after([](Bench& bench) {
          bench.rst_n.write(false);
          bench.edge(2);
          bench.rst_n.write(true);
          bench.ar();
          bench.r();
        }) == "first-valid");
}
TEST_CASE("first-valid: ARVALID that rises an edge later is legal") {
  CHECK(after([](Bench& bench) {
          bench.rst_n.write(false);
          bench.edge(2);
          bench.rst_n.write(true);
          bench.edge();
          bench.ar();
          bench.r();
        }) == "");
}
TEST_CASE("pin-width: an address beyond the window") {
  CHECK(after([](Bench& bench) {
          bench.pins.araddr.write(0x1000);
          bench.ar();
          bench.r();
        }) == "pin-width");
}
TEST_CASE("pin-width: the last address is legal") {
  CHECK(after([](Bench& bench) {
          bench.pins.araddr.write(0xfff);
          bench.ar();
          bench.r();
        }) == "");
}
TEST_CASE("b-before-w: without data") {
  CHECK(after([](Bench& bench) {
          bench.aw();
          bench.b();
          bench.w();
          bench.b();
        }) == "b-before-w");
}
TEST_CASE("b-before-w: in the cycle of the address") {
  CHECK(after([](Bench& bench) {
          bench.w();
          bench.pins.bvalid.write(true);
          bench.aw();
          bench.b();
        }) == "b-before-w");
}
TEST_CASE("r-before-ar: without an address") {
  CHECK(after([](Bench& bench) { bench.r(); }) == "r-before-ar");
}
TEST_CASE("exokay: AXI4-Lite has none") {
  CHECK(after([](Bench& bench) {
          bench.aw();
          bench.w();
          bench.b(1);
          bench.ar();
          bench.r(1);
        }) == "exokay exokay");
}
TEST_CASE("outstanding: an address without answer") {
  CHECK(after([](Bench& bench) { bench.ar(); }) == "outstanding");
}
