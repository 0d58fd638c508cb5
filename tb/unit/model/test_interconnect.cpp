// SPDX-License-Identifier: Apache-2.0
// Tests times, order and data of transactions. Expected times follow the contract in interconnect.h, with the
// cycles of interconnect_bench.h.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include "support/catch.h"

#include "interconnect_bench.h"
#include "irc/core/random.h"
#include "support/at_initiator.h"

namespace {

using Bench = irc::tb::InterconnectBench;
using irc::tb::base_a;
using irc::tb::base_b;
using irc::tb::Bytes;
using irc::tb::EndOfResponse;
using irc::tb::ns;
using irc::tb::window;
using sc_core::SC_MS;
using sc_core::sc_time;

}  // namespace

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
