// SPDX-License-Identifier: Apache-2.0
// Expected times follow the contract in interconnect.h, with a hop of 3 cycles, memories with a latency of 5
// cycles and 8 bytes per beat, and a clock of 2 ns.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/model/interconnect.h"
#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "support/at_initiator.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace {

using irc::model::AddressMap;
using irc::model::AddressRegion;
using irc::model::Interconnect;
using irc::model::InterconnectTiming;
using irc::model::MemoryTiming;
using irc::model::ProtocolChecker;
using irc::model::SystemMemory;
using irc::tb::AtInitiator;
using irc::tb::AtRequest;
using irc::tb::EndOfResponse;
using irc::tb::ScriptedTarget;
using irc::tb::SimulationGuard;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;

using Bytes = std::vector<unsigned char>;

sc_time ns(double value) {
  return {value, SC_NS};
}

constexpr std::uint64_t base_a = 0x1000, base_b = 0x8000, window = 0x1000;

std::vector<AddressRegion> two_windows() {
  return {{base_b, window, 1, "b"}, {base_a, window, 0, "a"}};
}

// Two initiators and two memories, with a checker on every hop.
struct Bench {
  explicit Bench(unsigned hop_cycles = 3)
      : bus("bus", 2, 2, two_windows(), InterconnectTiming{ns(2), hop_cycles}),
        memory_a("memory_a", window, MemoryTiming{ns(2), 5, 8}),
        memory_b("memory_b", window, MemoryTiming{ns(2), 5, 8}) {
    for (std::size_t i = 0; i < 2; ++i) {
      initiators.push_back(std::make_unique<AtInitiator>(("initiator_" + std::to_string(i)).c_str()));
      checkers.push_back(std::make_unique<ProtocolChecker>(("checker_in_" + std::to_string(i)).c_str()));
      initiators[i]->socket.bind(checkers.back()->target_socket);
      checkers.back()->initiator_socket.bind(bus.from_initiator[i]);
    }
    for (std::size_t j = 0; j < 2; ++j) {
      checkers.push_back(std::make_unique<ProtocolChecker>(("checker_out_" + std::to_string(j)).c_str()));
      bus.to_target[j].bind(checkers.back()->target_socket);
      checkers.back()->initiator_socket.bind(j == 0 ? memory_a.socket : memory_b.socket);
    }
  }
  AtInitiator& initiator(std::size_t i) { return *initiators[i]; }

  SimulationGuard simulation;
  Interconnect bus;
  SystemMemory memory_a, memory_b;
  std::vector<std::unique_ptr<AtInitiator>> initiators;
  std::vector<std::unique_ptr<ProtocolChecker>> checkers;
};

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

TEST_CASE("the address map finds windows by their first and last byte") {
  const AddressMap map(two_windows(), 2);
  CHECK(map.find(base_a - 1) == nullptr);
  REQUIRE(map.find(base_a) != nullptr);
  CHECK(map.find(base_a)->name == "a");
  CHECK(map.find(base_a + window - 1)->target == 0);
  CHECK(map.find(base_a + window) == nullptr);
  CHECK(map.find(base_b)->target == 1);
  CHECK(map.find(base_b + window - 8, 8) != nullptr);
  CHECK(map.find(base_b + window - 8, 9) == nullptr);
  CHECK(map.find(~std::uint64_t{0}) == nullptr);
  const AddressMap all({{0, ~std::uint64_t{0}, 0, "nearly all"}}, 1);
  CHECK(all.find(5, ~std::uint64_t{0}) == nullptr);
  CHECK(all.find(~std::uint64_t{0} - 1) != nullptr);
}

TEST_CASE("a wrong address map is refused by name") {
  const auto message = [](std::vector<AddressRegion> regions) {
    try {
      AddressMap map(std::move(regions), 2);
    } catch (const irc::InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message({{0, 16, 0, "low"}, {16, 16, 1, "high"}}).empty());
  CHECK_THAT(message({{0, 17, 0, "low"}, {16, 16, 1, "high"}}),
             Catch::Matchers::ContainsSubstring("\"high\"") &&
                 Catch::Matchers::ContainsSubstring("overlaps \"low\""));
  CHECK_THAT(message({{0, 16, 0, "same"}, {0, 16, 1, "again"}}),
             Catch::Matchers::ContainsSubstring("overlaps"));
  CHECK_THAT(message({{0, 0, 0, "none"}}), Catch::Matchers::ContainsSubstring("empty"));
  CHECK_THAT(message({{0, 16, 2, "nowhere"}}), Catch::Matchers::ContainsSubstring("index below 2"));
  CHECK_THAT(message({{~std::uint64_t{0}, 2, 0, "past"}}), Catch::Matchers::ContainsSubstring("2^64"));
  CHECK(message({{~std::uint64_t{0}, 1, 0, "top"}}).empty());
}

TEST_CASE("a wrong interconnect is refused") {
  CHECK_THROWS_AS(Interconnect("none", 0, 1, {}, InterconnectTiming{ns(1), 0}), irc::InputError);
  CHECK_THROWS_AS(Interconnect("nowhere", 1, 0, {}, InterconnectTiming{ns(1), 0}), irc::InputError);
  CHECK_THROWS_AS(Interconnect("clockless", 1, 1, {}, InterconnectTiming{sc_core::SC_ZERO_TIME, 0}),
                  irc::InputError);
  CHECK_THROWS_AS(
      Interconnect("overlap", 1, 1, {{0, 9, 0, "x"}, {8, 8, 0, "y"}}, InterconnectTiming{ns(1), 0}),
      irc::InputError);
}

TEST_CASE("an idle read and an idle write keep the timing contract to the picosecond") {
  Bench bench;
  const Bytes stored{1, 2, 3, 4, 5, 6, 7, 8, 9};
  bench.memory_b.load(0x10, stored.data(), stored.size());
  bench.simulation.stimulus("stimulus", [&] {
    wait(ns(100));
    // 3 + 5 + ceil(9 / 8) cycles of 2 ns
    const auto& read = bench.initiator(0).wait_for(bench.initiator(0).read(base_b + 0x10, 9));
    CHECK(read.end_req == ns(100));
    CHECK(read.begin_resp == ns(120));
    CHECK(read.end_resp == ns(120));
    CHECK(read.status == tlm::TLM_OK_RESPONSE);
    CHECK(read.request.data == stored);
    CHECK(read.address_in_response == base_b + 0x10);

    const auto& write = bench.initiator(1).wait_for(bench.initiator(1).write(base_a + 8, Bytes(64, 0x33)));
    CHECK(write.begin_resp == ns(120 + 2 * (3 + 5 + 8)));
    Bytes there(64);
    bench.memory_a.dump(8, there.data(), 64);
    CHECK(there == Bytes(64, 0x33));
  });
  bench.simulation.run(sc_time(1, SC_MS));
  for (const auto& checker : bench.checkers) CHECK(checker->completed() == 1);
  CHECK(bench.initiator(0).outstanding() == 0);
}

TEST_CASE("b_transport gives the time of the non-blocking transport") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data(9, 0x44);
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(base_b + 0x20);
    payload.set_data_ptr(data.data());
    payload.set_data_length(9);
    payload.set_streaming_width(9);
    sc_time delay = ns(7);
    bench.initiator(0).socket->b_transport(payload, delay);
    CHECK(delay == ns(7 + 20));
    CHECK(payload.is_response_ok());
    CHECK(payload.get_address() == base_b + 0x20);
    Bytes there(9);
    bench.memory_b.dump(0x20, there.data(), 9);
    CHECK(there == data);

    payload.set_address(base_b + window);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.set_dmi_allowed(false);
    delay = sc_core::SC_ZERO_TIME;
    bench.initiator(0).socket->b_transport(payload, delay);
    CHECK(payload.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(delay == ns(6));
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("requests back to back are pipelined over the hop, reads and writes overlap") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator(0);
    const auto first = initiator.read(base_a, 8);           // at the memory 6 .. 18 ns
    const auto second = initiator.read(base_a + 8, 8);      // 18 .. 30 ns
    const auto write = initiator.write(base_a, Bytes(24));  // 6 .. 22 ns
    const auto other = initiator.read(base_b, 16);          // 6 .. 20 ns on the other memory
    initiator.wait_for_all();
    CHECK(initiator.record(first).begin_resp == ns(18));
    CHECK(initiator.record(second).begin_resp == ns(30));
    CHECK(initiator.record(write).begin_resp == ns(22));
    CHECK(initiator.record(other).begin_resp == ns(20));
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("two initiators take turns at one target") {
  Bench bench;
  // Each initiator issues three reads at once. The memory serves one read of 6 cycles (12 ns) at a time, from
  // 6 ns.
  for (std::size_t i = 0; i < 2; ++i)
    bench.simulation.stimulus("stimulus_" + std::to_string(i), [&bench, i] {
      auto& initiator = bench.initiator(i);
      for (unsigned k = 0; k < 3; ++k) initiator.read(base_a + 8 * k, 8);
      initiator.wait_for_all();
    });
  bench.simulation.run(sc_time(1, SC_MS));
  for (unsigned k = 0; k < 3; ++k) {
    CHECK(bench.initiator(0).record(k).begin_resp == ns(6 + 12 * (2 * k + 1)));
    CHECK(bench.initiator(1).record(k).begin_resp == ns(6 + 12 * (2 * k + 2)));
  }
}

TEST_CASE("without a hop the order still does not depend on who calls first") {
  Bench bench(0);
  // Stimuli run in the order in which they were created, so initiator 1 calls before initiator 0.
  for (std::size_t i : {1, 0})
    bench.simulation.stimulus("stimulus_" + std::to_string(i), [&bench, i] {
      bench.initiator(i).wait_for(bench.initiator(i).read(base_a, 8));
    });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator(0).record(0).begin_resp == ns(12));
  CHECK(bench.initiator(1).record(0).begin_resp == ns(24));
}

TEST_CASE("a slow initiator sees one response at a time, whichever target they come from") {
  Bench bench;
  bench.initiator(0).end_responses(EndOfResponse::later, ns(10));
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator(0);
    const auto a = initiator.read(base_a, 8);  // response 18 ns, over at 28 ns
    const auto b = initiator.read(base_b, 8);  // also ready at 18 ns
    initiator.wait_for_all();
    CHECK(initiator.record(a).begin_resp == ns(18));
    CHECK(initiator.record(a).end_resp == ns(28));
    CHECK(initiator.record(b).begin_resp == ns(28));
    CHECK(initiator.record(b).end_resp == ns(38));
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator(0).outstanding() == 0);
}

TEST_CASE("a response that finds its initiator busy holds up its target") {
  Bench bench;
  bench.initiator(0).end_responses(EndOfResponse::later, ns(10));
  bench.simulation.stimulus("stimulus_0", [&] {
    bench.initiator(0).read(base_a, 8);  // response 18 ns, over at 28 ns
    bench.initiator(0).read(base_b, 8);  // ready at 18 ns, response 28 ns, over at 38 ns
    bench.initiator(0).wait_for_all();
  });
  bench.simulation.stimulus("stimulus_1", [&] {
    // Memory b serves it from 18 to 30 ns, after the response that waits for initiator 0.
    CHECK(bench.initiator(1).wait_for(bench.initiator(1).read(base_b, 8)).begin_resp == ns(38));
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator(0).record(1).begin_resp == ns(28));
}

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

TEST_CASE("an address outside every window, or a burst across its end, is an address error") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator(0);
    const auto& nowhere = initiator.wait_for(initiator.read(0, 8));
    CHECK(nowhere.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(nowhere.begin_resp == ns(6));
    CHECK(initiator.wait_for(initiator.read(base_a + window - 4, 4)).status == tlm::TLM_OK_RESPONSE);
    CHECK(initiator.wait_for(initiator.read(base_a + window - 4, 5)).status ==
          tlm::TLM_ADDRESS_ERROR_RESPONSE);
    // An error in the burst itself is left for the target to report.
    AtRequest streaming;
    streaming.address = base_a;
    streaming.data.assign(8, 0);
    streaming.streaming_width = 4;
    CHECK(initiator.wait_for(initiator.issue(streaming)).status == tlm::TLM_BURST_ERROR_RESPONSE);
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator(0).outstanding() == 0);
}

TEST_CASE("debug transport is translated, cut at the window and leaves the payload as it was") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data(16, 0x21);
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(base_b + window - 8);
    payload.set_data_ptr(data.data());
    payload.set_data_length(16);
    CHECK(bench.initiator(1).socket->transport_dbg(payload) == 8);
    CHECK(payload.get_address() == base_b + window - 8);
    CHECK(payload.get_data_length() == 16);
    Bytes there(8);
    bench.memory_b.dump(window - 8, there.data(), 8);
    CHECK(there == Bytes(8, 0x21));
    payload.set_address(1);
    CHECK(bench.initiator(1).socket->transport_dbg(payload) == 0);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("DMI ranges and invalidations are translated") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi dmi;
    payload.set_address(base_b + 0x123);
    REQUIRE(bench.initiator(0).socket->get_direct_mem_ptr(payload, dmi));
    CHECK(payload.get_address() == base_b + 0x123);
    CHECK(dmi.get_start_address() == base_b);
    CHECK(dmi.get_end_address() == base_b + window - 1);
    CHECK(dmi.get_read_latency() == ns(2 * (3 + 5 + 1)));
    dmi.get_dmi_ptr()[0x123] = 0x99;
    unsigned char there = 0;
    bench.memory_b.dump(0x123, &there, 1);
    CHECK(there == 0x99);
    payload.set_address(2);
    CHECK_FALSE(bench.initiator(0).socket->get_direct_mem_ptr(payload, dmi));
    CHECK(dmi.get_start_address() == 2);

    bench.memory_b.set_dmi_allowed(false);
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE(bench.initiator(i).invalidated.size() == 1);
      CHECK(bench.initiator(i).invalidated[0] ==
            std::pair<std::uint64_t, std::uint64_t>(base_b, base_b + window - 1));
    }
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

TEST_CASE("random traffic of two initiators keeps every byte, every rule and the lower bound of the time") {
  Bench bench;
  bench.initiator(0).end_responses(EndOfResponse::later, ns(3));
  bench.initiator(1).end_responses(EndOfResponse::updated, ns(1));
  // Each initiator owns half of each window, so a plain array gives the expected data.
  for (std::size_t i = 0; i < 2; ++i)
    bench.simulation.stimulus("stimulus_" + std::to_string(i), [&bench, i] {
      const irc::CounterRandom random = irc::CounterRandom(1, irc::Stream::test).fork(i);
      auto& initiator = bench.initiator(i);
      std::vector<Bytes> shadow(2, Bytes(window / 2, 0));
      std::uint64_t draw = 0;
      for (unsigned step = 0; step < 500; ++step) {
        const std::size_t memory = random.below(2, draw++);
        const std::size_t length = 1 + random.below(40, draw++);
        const std::size_t offset = random.below(window / 2 - length, draw++);
        const std::uint64_t address = (memory == 0 ? base_a : base_b) + i * (window / 2) + offset;
        Bytes bytes(length);
        for (auto& byte : bytes) byte = static_cast<unsigned char>(random.below(256, draw++));
        std::copy(bytes.begin(), bytes.end(), shadow[memory].begin() + static_cast<std::ptrdiff_t>(offset));
        const auto write = initiator.write(address, bytes);
        initiator.read(base_a,
                       1 + random.below(64, draw++));  // meanwhile another access on the other channel
        initiator.wait_for(write);
        const auto& read = initiator.wait_for(initiator.read(address, length));
        if (read.request.data != bytes || read.status != tlm::TLM_OK_RESPONSE)
          FAIL("wrong data at step " << step);
        if (read.begin_resp - read.begin_req < ns(2.0 * static_cast<double>(8 + (length + 7) / 8)))
          FAIL("too fast at step " << step);
        initiator.wait_for_all();
        wait(ns(static_cast<double>(random.below(30, draw++))));
      }
      for (std::size_t memory = 0; memory < 2; ++memory) {
        Bytes there(window / 2);
        (memory == 0 ? bench.memory_a : bench.memory_b).dump(i * (window / 2), there.data(), there.size());
        CHECK(there == shadow[memory]);
      }
    });
  bench.simulation.run(sc_time(10, SC_MS));
  CHECK(bench.checkers[0]->completed() == 1500);
  CHECK(bench.checkers[1]->completed() == 1500);
  CHECK(bench.checkers[2]->completed() + bench.checkers[3]->completed() == 3000);
  CHECK(bench.initiator(0).outstanding() == 0);
}
