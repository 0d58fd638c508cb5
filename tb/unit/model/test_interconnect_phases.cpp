// SPDX-License-Identifier: Apache-2.0
// Tests the interconnect with a target that answers in every legal way, and with phases that do not fit.
#include <vector>
#include "support/catch.h"

#include "interconnect_bench.h"
#include "irc/model/interconnect.h"
#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "support/at_initiator.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace {

using irc::model::Interconnect;
using irc::model::InterconnectTiming;
using irc::model::ProtocolChecker;
using irc::tb::AtInitiator;
using irc::tb::Bytes;
using irc::tb::ns;
using irc::tb::ScriptedTarget;
using irc::tb::SimulationGuard;
using irc::tb::window;
using sc_core::SC_MS;
using sc_core::sc_time;

// One initiator and one target that follows the test's script.
struct ScriptedBench {
  ScriptedBench()
      : bus("bus", 2, 1, {{0, window, 0, "target"}}, InterconnectTiming{ns(2), 3}),
        first("first"),
        second("second"),
        checker("checker"),
        target("target") {
    first.socket.bind(bus.from_initiator[0]);
    second.socket.bind(bus.from_initiator[1]);
    bus.to_target[0].bind(checker.target_socket);
    checker.initiator_socket.bind(target.socket);
  }
  SimulationGuard simulation;
  Interconnect bus;
  AtInitiator first, second;
  ProtocolChecker checker;
  ScriptedTarget target;
};

}  // namespace

TEST_CASE("phases that do not fit are error reports of the interconnect") {
  ScriptedBench bench;
  bench.simulation.allow("irc/interconnect");
  irc::model::PayloadManager manager;
  bench.target.on_forward = [](auto&, auto&, auto&) { return tlm::TLM_ACCEPTED; };
  bench.simulation.stimulus("stimulus", [&] {
    auto& payload = *manager.allocate();
    const auto send = [&](tlm::tlm_phase phase) {
      sc_time delay = sc_core::SC_ZERO_TIME;
      return bench.first.socket->nb_transport_fw(payload, phase, delay);
    };
    CHECK(send(tlm::END_RESP) == tlm::TLM_ACCEPTED);
    CHECK(bench.simulation.count("irc/interconnect") == 1);
    CHECK(send(tlm::BEGIN_RESP) == tlm::TLM_ACCEPTED);
    CHECK(bench.simulation.count("irc/interconnect") == 2);
    CHECK(send(tlm::BEGIN_REQ) == tlm::TLM_UPDATED);
    CHECK(bench.simulation.count("irc/interconnect") == 2);
    CHECK(send(tlm::BEGIN_REQ) == tlm::TLM_ACCEPTED);  // still under way
    CHECK(bench.simulation.count("irc/interconnect") == 3);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("a target that holds END_REQ back makes the others wait") {
  ScriptedBench bench;
  std::vector<tlm::tlm_generic_payload*> arrived;
  std::vector<sc_time> arrivals;
  sc_core::sc_event arrival;
  bench.target.on_forward = [&](auto& payload, auto& phase, auto&) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    arrived.push_back(&payload);
    arrivals.push_back(sc_core::sc_time_stamp());
    arrival.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_ACCEPTED;
  };
  bench.simulation.stimulus("target_stimulus", [&] {
    wait(arrival);
    wait(ns(10));
    bench.target.send(*arrived[0], tlm::END_REQ);  // 16 ns: the second may come
    wait(arrival);
    CHECK(arrived.size() == 2);
    wait(ns(4));
    for (auto* payload : {arrived[1], arrived[0]}) {  // out of order; BEGIN_RESP implies END_REQ
      payload->set_response_status(tlm::TLM_OK_RESPONSE);
      CHECK(bench.target.send(*payload, tlm::BEGIN_RESP).result == tlm::TLM_COMPLETED);
    }
  });
  bench.simulation.stimulus("first_stimulus", [&] { bench.first.wait_for(bench.first.read(0, 4)); });
  bench.simulation.stimulus("second_stimulus", [&] { bench.second.wait_for(bench.second.read(4, 4)); });
  bench.simulation.run(sc_time(1, SC_MS));
  REQUIRE(arrivals.size() == 2);
  CHECK(arrivals[0] == ns(6));
  CHECK(arrivals[1] == ns(16));
  CHECK(bench.first.record(0).begin_resp == ns(20));
  CHECK(bench.second.record(0).begin_resp == ns(20));
}

TEST_CASE("a target may answer in the return of BEGIN_REQ") {
  ScriptedBench bench;
  unsigned end_resps = 0;
  bench.target.on_forward = [&](auto& payload, auto& phase, auto& delay) {
    if (phase == tlm::END_RESP) {
      ++end_resps;
      return tlm::TLM_COMPLETED;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    delay += ns(5);
    if (payload.is_write()) return tlm::TLM_COMPLETED;
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_UPDATED;
  };
  bench.simulation.stimulus("stimulus", [&] {
    const auto& read = bench.first.wait_for(bench.first.read(0, 4));
    CHECK(read.begin_resp == ns(11));
    CHECK(read.status == tlm::TLM_OK_RESPONSE);
    CHECK(end_resps == 1);
    const auto& write = bench.first.wait_for(bench.first.write(0, Bytes(4)));
    CHECK(write.begin_resp == ns(22));
    CHECK(end_resps == 1);  // TLM_COMPLETED, so nothing is left to end
  });
  bench.simulation.stimulus("second_stimulus", [] {});
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.first.outstanding() == 0);
}

TEST_CASE("an answer to a transaction that is not under way is an error") {
  ScriptedBench bench;
  bench.simulation.allow("irc/interconnect");
  bench.simulation.allow("irc/protocol");
  irc::model::PayloadManager manager;
  bench.simulation.stimulus("stimulus", [&] {
    auto* payload = manager.allocate();
    bench.target.send(*payload, tlm::BEGIN_RESP);
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.simulation.count("irc/interconnect") == 1);
  CHECK(bench.checker.count("phase") == 1);
}
