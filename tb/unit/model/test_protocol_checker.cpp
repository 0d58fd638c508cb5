// SPDX-License-Identifier: Apache-2.0
// Rules on phases. Tests every rule from both sides: a violation is recorded under its rule and no other, and
// the nearest legal behaviour is not recorded.
#include "support/catch.h"

#include "checker_bench.h"

using namespace irc::tb::checker;

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
