// SPDX-License-Identifier: Apache-2.0
// Rules on payloads, times and back doors, each from both sides.
#include "support/catch.h"

#include "checker_bench.h"

using namespace irc::tb::checker;

namespace {

// Sends one blocking transaction changed by `change`, and returns the violated rules.
std::string after_blocking(const std::function<void(Payload&)>& change,
                           const std::function<void(Payload&, sc_time&)>& at_target = {}) {
  Bench bench;
  bench.target.on_b_transport = [&](Payload& p, sc_time& delay) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    if (at_target) at_target(p, delay);
  };
  bench.run([&] {
    Payload& p = bench.payload();
    if (change) change(p);
    sc_time delay = ns(5);
    bench.initiator.socket->b_transport(p, delay);
  });
  return bench.broken();
}

}  // namespace

TEST_CASE("a legal blocking transaction breaks no rule, a stack payload included") {
  CHECK(after_blocking({}) == "");
}
TEST_CASE("an ignored command needs neither data nor length") {
  CHECK(after_blocking([](Payload& p) {
          p.set_command(tlm::TLM_IGNORE_COMMAND);
          p.set_data_ptr(nullptr);
          p.set_data_length(0);
          p.set_streaming_width(0);
        }) == "");
}
TEST_CASE("command: neither read, write nor ignore") {
  CHECK(after_blocking([](Payload& p) { p.set_command(static_cast<tlm::tlm_command>(3)); }) == "command");
}
TEST_CASE("data-pointer: null") {
  CHECK(after_blocking([](Payload& p) { p.set_data_ptr(nullptr); }) == "data-pointer");
}
TEST_CASE("data-length: zero") {
  CHECK(after_blocking([](Payload& p) { p.set_data_length(0); }) == "data-length");
}
TEST_CASE("streaming-width: zero") {
  CHECK(after_blocking([](Payload& p) { p.set_streaming_width(0); }) == "streaming-width");
}
TEST_CASE("byte-enable: pointer without length") {
  unsigned char enables[4] = {0xff, 0xff, 0, 0};
  CHECK(after_blocking([&](Payload& p) { p.set_byte_enable_ptr(enables); }) == "byte-enable");
}
TEST_CASE("byte-enable: pointer with length is legal") {
  unsigned char enables[4] = {0xff, 0xff, 0, 0};
  CHECK(after_blocking([&](Payload& p) {
          p.set_byte_enable_ptr(enables);
          p.set_byte_enable_length(4);
        }) == "");
}
TEST_CASE("initial-status: a request that already has a result") {
  CHECK(after_blocking([](Payload& p) { p.set_response_status(tlm::TLM_OK_RESPONSE); }) == "initial-status");
}
TEST_CASE("initial-dmi: a request with the DMI hint set") {
  CHECK(after_blocking([](Payload& p) { p.set_dmi_allowed(true); }) == "initial-dmi");
}
TEST_CASE("a target may set the DMI hint") {
  CHECK(after_blocking({}, [](Payload& p, sc_time&) { p.set_dmi_allowed(true); }) == "");
}
TEST_CASE("attribute-changed: a target that changes the length") {
  CHECK(after_blocking({}, [](Payload& p, sc_time&) { p.set_data_length(2); }) == "attribute-changed");
}
TEST_CASE("attribute-changed: a target that changes the address") {
  CHECK(after_blocking({}, [](Payload& p, sc_time&) { p.set_address(0); }) == "attribute-changed");
}
TEST_CASE("response-status: none set by a blocking target") {
  CHECK(after_blocking({}, [](Payload& p, sc_time&) {
          p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        }) == "response-status");
}
TEST_CASE("time: a blocking target that takes time away") {
  CHECK(after_blocking({}, [](Payload&, sc_time& delay) { delay = ns(4); }) == "time");
}
TEST_CASE("time: waiting in place of annotating is legal") {
  CHECK(after_blocking({}, [](Payload&, sc_time& delay) {
          wait(delay);
          delay = SC_ZERO_TIME;
        }) == "");
}

TEST_CASE("attribute-changed: a non-blocking target or initiator that meddles") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    p.set_write();
    bench.respond(p);
    CHECK(bench.broken() == "attribute-changed");
    p.set_read();
    bench.initiator.send(p, END_RESP);
    CHECK(bench.broken() == "attribute-changed");
    Payload& q = bench.payload();
    bench.initiator.send(q, BEGIN_REQ);
    q.set_address(0);  // as by an interconnect that does not restore it
    bench.respond(q);
    CHECK(bench.checker.count("attribute-changed") == 2);
    bench.initiator.send(q, END_RESP);
  });
  CHECK(bench.checker.violations().size() == 2);
}

TEST_CASE("an address that is not restored is legal where the options say so") {
  Bench bench({true, false});
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    p.set_address(0);
    bench.respond(p);
    bench.initiator.send(p, END_RESP);
  });
  CHECK(bench.broken() == "");
}

TEST_CASE("response-status: missing at BEGIN_RESP and at early completion, or changed afterwards") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    bench.target.send(p, BEGIN_RESP);
    CHECK(bench.broken() == "response-status");
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    bench.initiator.send(p, END_RESP);
    CHECK(bench.checker.count("response-status") == 2);
    bench.target_answers(tlm::TLM_COMPLETED, END_RESP);
    bench.initiator.send(bench.payload(), BEGIN_REQ);
    CHECK(bench.checker.count("response-status") == 3);
  });
  CHECK(bench.checker.violations().size() == 3);
}

TEST_CASE("time: timing points of a transaction do not go back") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ, ns(10));
    bench.respond(p, ns(9));
    CHECK(bench.broken() == "time");
    bench.initiator.send(p, END_RESP, ns(10));
    CHECK(bench.broken() == "time");
    Payload& q = bench.payload();
    bench.target.on_forward = [](Payload&, tlm::tlm_phase& phase, sc_time& delay) {
      phase = END_REQ;
      delay = SC_ZERO_TIME;
      return tlm::TLM_UPDATED;
    };
    bench.initiator.send(q, BEGIN_REQ, ns(3));
    CHECK(bench.checker.count("time") == 3);  // the callee reduced the delay, so END_REQ is before BEGIN_REQ
    bench.target.on_forward = {};
    bench.respond(q, ns(3));
    bench.initiator.send(q, END_RESP, ns(3));
  });
  CHECK(bench.checker.violations().size() == 3);
}

TEST_CASE("time: END_RESP may not be before an annotated BEGIN_RESP") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    bench.respond(p, ns(5));
    wait(ns(1));
    bench.initiator.send(p, END_RESP, ns(3));
  });
  CHECK(bench.broken() == "time");
}

TEST_CASE("debug-count: more bytes than asked") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.target.on_debug = [](Payload&) { return 4U; };
    CHECK(bench.initiator.socket->transport_dbg(p) == 4);
    CHECK(bench.broken() == "");
    bench.target.on_debug = [](Payload&) { return 5U; };
    CHECK(bench.initiator.socket->transport_dbg(p) == 5);
  });
  CHECK(bench.broken() == "debug-count");
}

TEST_CASE("dmi-range: no pointer, or a range beside the address") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    tlm::tlm_dmi dmi;
    bench.target.on_dmi = [&](Payload&, tlm::tlm_dmi& d) {
      d.init();
      d.set_dmi_ptr(bench.data);
      d.set_start_address(64);
      d.set_end_address(79);
      return true;
    };
    CHECK(bench.initiator.socket->get_direct_mem_ptr(p, dmi));
    CHECK(bench.broken() == "");
    p.set_address(80);
    bench.initiator.socket->get_direct_mem_ptr(p, dmi);
    CHECK(bench.broken() == "dmi-range");
    bench.target.on_dmi = [](Payload&, tlm::tlm_dmi& d) {
      d.init();
      return true;
    };
    bench.initiator.socket->get_direct_mem_ptr(p, dmi);
    CHECK(bench.broken() == "dmi-range dmi-range");
    bench.target.on_dmi = [](Payload&, tlm::tlm_dmi& d) {
      d.init();
      return false;
    };
    CHECK_FALSE(bench.initiator.socket->get_direct_mem_ptr(p, dmi));
  });
  CHECK(bench.checker.violations().size() == 2);
}

TEST_CASE("outstanding: a transaction without end at the end of the simulation") {
  Bench bench;
  bench.run([&] { bench.initiator.send(bench.payload(), BEGIN_REQ); });
  CHECK(bench.broken() == "outstanding");
  bench.checker.check_complete();  // reports it only once
  CHECK(bench.broken() == "outstanding");
}

TEST_CASE("a phase beyond the base protocol passes unwatched") {
  Bench bench;
  bench.run([&] { CHECK(bench.initiator.send(bench.payload(), extra_phase).result == tlm::TLM_ACCEPTED); });
  CHECK(bench.broken() == "");
}

TEST_CASE("a violation is an error report of its own type unless the checker only records") {
  Bench bench({false, true});
  bench.simulation.allow(ProtocolChecker::report_type);
  bench.run([&] {
    Payload& p = bench.payload();
    bench.target.send(p, END_REQ);
  });
  CHECK(bench.simulation.count("irc/protocol") == 1);
  CHECK(bench.checker.count("phase") == 1);
  REQUIRE(bench.simulation.reports().size() == 1);
  CHECK_THAT(bench.simulation.reports()[0].message,
             Catch::Matchers::ContainsSubstring("checker: [phase]") &&
                 Catch::Matchers::ContainsSubstring("expected BEGIN_REQ first"));
}

TEST_CASE("a violation nobody expects fails the testbench") {
  Bench bench({false, true});
  bench.simulation.stimulus("stimulus", [&] { bench.target.send(bench.payload(), END_REQ); });
  CHECK_THROWS(bench.simulation.problems_of_run(ns(1)));
}
