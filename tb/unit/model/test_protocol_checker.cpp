// SPDX-License-Identifier: Apache-2.0
// Tests every rule from both sides: a violation is recorded under its rule and no other, and the nearest
// legal behaviour is not recorded.
#include <string>
#include "support/catch.h"

#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace {

using irc::model::PayloadManager;
using irc::model::ProtocolChecker;
using irc::model::ProtocolCheckerOptions;
using irc::tb::Answer;
using irc::tb::ScriptedInitiator;
using irc::tb::ScriptedTarget;
using irc::tb::SimulationGuard;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;
using tlm::BEGIN_REQ;
using tlm::BEGIN_RESP;
using tlm::END_REQ;
using tlm::END_RESP;
using Payload = tlm::tlm_generic_payload;

DECLARE_EXTENDED_PHASE(extra_phase);

sc_time ns(double value) {
  return {value, SC_NS};
}

struct Bench {
  explicit Bench(const ProtocolCheckerOptions& options = {true, true})
      : initiator("initiator"), checker("checker", options), target("target") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(target.socket);
  }

  // A legal read of 4 bytes.
  Payload& payload() {
    Payload& fresh = *manager.allocate();
    fresh.set_read();
    fresh.set_address(64);
    fresh.set_data_ptr(data);
    fresh.set_data_length(4);
    fresh.set_streaming_width(4);
    return fresh;
  }

  void run(std::function<void()> body) {
    simulation.stimulus("stimulus", std::move(body));
    simulation.run(sc_time(1, SC_MS));
  }

  // The violated rules, in order, separated by spaces.
  std::string broken() const {
    std::string rules;
    for (const auto& violation : checker.violations()) rules += (rules.empty() ? "" : " ") + violation.rule;
    return rules;
  }

  // Makes the target give `answer` to every forward call.
  void target_answers(tlm::tlm_sync_enum result, const tlm::tlm_phase& phase) {
    target.on_forward = [result, phase](Payload&, tlm::tlm_phase& p, sc_time&) {
      if (result == tlm::TLM_UPDATED) p = phase;
      return result;
    };
  }

  Answer respond(Payload& p, const sc_time& delay = SC_ZERO_TIME) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    return target.send(p, BEGIN_RESP, delay);
  }

  SimulationGuard simulation;
  PayloadManager manager;
  unsigned char data[16] = {};
  ScriptedInitiator initiator;
  ProtocolChecker checker;
  ScriptedTarget target;
};

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

TEST_CASE("four phases in order are legal, by calls and by return values") {
  Bench bench;
  bench.run([&] {
    Payload& calls = bench.payload();
    bench.initiator.send(calls, BEGIN_REQ, ns(1));
    wait(ns(1));
    bench.target.send(calls, END_REQ);
    bench.respond(calls, ns(2));
    bench.initiator.send(calls, END_RESP, ns(2));
    CHECK(bench.checker.outstanding() == 0);

    Payload& implied = bench.payload();  // BEGIN_RESP without END_REQ, ended in the return value
    bench.initiator.send(implied, BEGIN_REQ);
    bench.initiator.on_backward = [](Payload&, tlm::tlm_phase& phase, sc_time& delay) {
      phase = END_RESP;
      delay += ns(1);
      return tlm::TLM_UPDATED;
    };
    CHECK(bench.respond(implied).delay == ns(1));

    Payload& returned = bench.payload();  // BEGIN_RESP in the return value
    bench.target.on_forward = [](Payload& p, tlm::tlm_phase& phase, sc_time&) {
      if (phase == END_RESP) return tlm::TLM_COMPLETED;
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      phase = BEGIN_RESP;
      return tlm::TLM_UPDATED;
    };
    CHECK(bench.initiator.send(returned, BEGIN_REQ).phase == BEGIN_RESP);
    bench.initiator.send(returned, END_RESP);

    Payload& early = bench.payload();  // early completion
    bench.target.on_forward = [](Payload& p, tlm::tlm_phase&, sc_time&) {
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return tlm::TLM_COMPLETED;
    };
    bench.initiator.send(early, BEGIN_REQ);
  });
  CHECK(bench.broken() == "");
  CHECK(bench.checker.completed() == 4);
}

TEST_CASE("two transactions may be under way when their requests do not overlap") {
  Bench bench;
  bench.target_answers(tlm::TLM_UPDATED, END_REQ);
  bench.run([&] {
    Payload& a = bench.payload();
    Payload& b = bench.payload();
    bench.initiator.send(a, BEGIN_REQ);
    bench.initiator.send(b, BEGIN_REQ);
    CHECK(bench.checker.outstanding() == 2);
    bench.target_answers(tlm::TLM_COMPLETED, END_RESP);
    bench.respond(b);  // out of order is allowed
    bench.initiator.send(b, END_RESP);
    bench.respond(a);
    bench.initiator.send(a, END_RESP);
  });
  CHECK(bench.broken() == "");
}

TEST_CASE("request-exclusion: a second BEGIN_REQ before the first END_REQ") {
  Bench bench;
  bench.run([&] {
    Payload& a = bench.payload();
    Payload& b = bench.payload();
    bench.initiator.send(a, BEGIN_REQ);
    bench.initiator.send(b, BEGIN_REQ);
    CHECK(bench.broken() == "request-exclusion");
    for (Payload* p : {&a, &b}) {
      bench.respond(*p);
      bench.initiator.send(*p, END_RESP);
    }
  });
  CHECK(bench.broken() == "request-exclusion");
}

TEST_CASE("a response implies END_REQ: the next request may come before the response is over") {
  Bench bench;
  bench.run([&] {
    Payload& a = bench.payload();
    Payload& b = bench.payload();
    bench.initiator.send(a, BEGIN_REQ);
    bench.respond(a);
    bench.initiator.send(b, BEGIN_REQ);
    bench.initiator.send(a, END_RESP);
    bench.respond(b);
    bench.initiator.send(b, END_RESP);
  });
  CHECK(bench.broken() == "");
}

TEST_CASE("response-exclusion: a second BEGIN_RESP before the first END_RESP") {
  Bench bench;
  bench.target_answers(tlm::TLM_UPDATED, END_REQ);
  bench.run([&] {
    Payload& a = bench.payload();
    Payload& b = bench.payload();
    bench.initiator.send(a, BEGIN_REQ);
    bench.initiator.send(b, BEGIN_REQ);
    bench.target_answers(tlm::TLM_COMPLETED, END_RESP);
    bench.respond(a);
    bench.respond(b);
    bench.initiator.send(a, END_RESP);
    bench.initiator.send(b, END_RESP);
  });
  CHECK(bench.broken() == "response-exclusion");
}

TEST_CASE("phase: wrong direction, or of no transaction") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, END_REQ);
    CHECK(bench.checker.count("phase") == 1);
    bench.initiator.send(p, BEGIN_RESP);
    CHECK(bench.checker.count("phase") == 2);
    bench.target.send(p, BEGIN_REQ);
    CHECK(bench.checker.count("phase") == 3);
    bench.target.send(p, END_RESP);
    CHECK(bench.checker.count("phase") == 4);
    bench.initiator.send(p, tlm::UNINITIALIZED_PHASE);
    CHECK(bench.checker.count("phase") == 5);
    bench.target.send(p, END_REQ);  // now the direction is right, but there was no BEGIN_REQ
    CHECK(bench.checker.count("phase") == 6);
    bench.respond(p);
    CHECK(bench.checker.count("phase") == 7);
    bench.initiator.send(p, END_RESP);
    CHECK(bench.checker.count("phase") == 8);
  });
  CHECK(bench.checker.violations().size() == 8);
}

TEST_CASE("phase: steps repeated or skipped within a transaction") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    bench.initiator.send(p, END_RESP);
    CHECK(bench.broken() == "phase");  // END_RESP before BEGIN_RESP
    bench.target.send(p, END_REQ);
    CHECK(bench.checker.count("phase") == 1);
    bench.target.send(p, END_REQ);
    CHECK(bench.checker.count("phase") == 2);  // END_REQ twice
    bench.respond(p);
    CHECK(bench.checker.count("phase") == 2);
    bench.respond(p);
    CHECK(bench.checker.count("phase") == 3);  // BEGIN_RESP twice
    bench.target.send(p, END_REQ);
    CHECK(bench.checker.count("phase") == 4);  // END_REQ after BEGIN_RESP
    bench.initiator.send(p, END_RESP);
    CHECK(bench.checker.count("phase") == 4);
    bench.initiator.send(p, END_RESP);
    CHECK(bench.checker.count("phase") == 5);  // END_RESP twice
  });
  CHECK(bench.checker.violations().size() == 5);
}

TEST_CASE("phase: a payload used again while under way") {
  Bench bench;
  bench.target_answers(tlm::TLM_UPDATED, END_REQ);
  bench.target.on_b_transport = [](Payload& p, sc_time&) { p.set_response_status(tlm::TLM_OK_RESPONSE); };
  bench.run([&] {
    Payload& p = bench.payload();
    bench.initiator.send(p, BEGIN_REQ);
    bench.initiator.send(p, BEGIN_REQ);
    CHECK(bench.broken() == "phase");
    sc_time delay = SC_ZERO_TIME;
    bench.initiator.socket->b_transport(p, delay);
    CHECK(bench.broken() == "phase phase");
  });
  CHECK(bench.checker.count("outstanding") == 1);
}

TEST_CASE("return: values that may not follow a phase") {
  Bench bench;
  bench.run([&] {
    Payload& p = bench.payload();
    bench.target_answers(tlm::TLM_UPDATED, END_RESP);
    bench.initiator.send(p, BEGIN_REQ);
    CHECK(bench.broken() == "return");

    bench.initiator.on_backward = [](Payload&, tlm::tlm_phase&, sc_time&) { return tlm::TLM_COMPLETED; };
    bench.target.send(p, END_REQ);
    CHECK(bench.checker.count("return") == 2);

    bench.initiator.on_backward = [](Payload&, tlm::tlm_phase& phase, sc_time&) {
      phase = END_REQ;
      return tlm::TLM_UPDATED;
    };
    bench.respond(p);
    CHECK(bench.checker.count("return") == 3);

    bench.initiator.send(p, END_RESP);  // the target still answers TLM_UPDATED
    CHECK(bench.checker.count("return") == 4);
  });
  CHECK(bench.checker.violations().size() == 4);
}

TEST_CASE("accepted-modified: TLM_ACCEPTED leaves phase, time and status alone") {
  Bench bench;
  bench.run([&] {
    std::size_t expected = 0;
    const auto send_and_finish = [&] {
      Payload& p = bench.payload();
      bench.initiator.send(p, BEGIN_REQ);
      CHECK(bench.checker.count("accepted-modified") == expected);
      bench.target.on_forward = {};
      bench.respond(p);
      bench.initiator.send(p, END_RESP);
    };
    send_and_finish();
    bench.target.on_forward = [](Payload&, tlm::tlm_phase& phase, sc_time&) {
      phase = END_REQ;
      return tlm::TLM_ACCEPTED;
    };
    ++expected;
    send_and_finish();
    bench.target.on_forward = [](Payload&, tlm::tlm_phase&, sc_time& delay) {
      delay += ns(1);
      return tlm::TLM_ACCEPTED;
    };
    ++expected;
    send_and_finish();
    bench.target.on_forward = [](Payload& p, tlm::tlm_phase&, sc_time&) {
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return tlm::TLM_ACCEPTED;
    };
    ++expected;
    send_and_finish();
  });
  CHECK(bench.checker.violations().size() == 3);
}

TEST_CASE("memory-manager: a non-blocking payload needs one, and a reference") {
  Bench bench;
  bench.target.on_forward = [](Payload& p, tlm::tlm_phase&, sc_time&) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
  };
  bench.run([&] {
    Payload stray;
    Payload& good = bench.payload();
    stray.deep_copy_from(good);  // copies no pointers
    stray.set_data_ptr(bench.data);
    bench.initiator.send(stray, BEGIN_REQ);
    CHECK(bench.broken() == "memory-manager");
    Payload unheld(&bench.manager);
    unheld.deep_copy_from(good);
    unheld.set_data_ptr(bench.data);
    bench.initiator.send(unheld, BEGIN_REQ);
    CHECK(bench.checker.count("memory-manager") == 2);
    bench.initiator.send(good, BEGIN_REQ);
  });
  CHECK(bench.checker.violations().size() == 2);
}

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
