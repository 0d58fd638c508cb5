// SPDX-License-Identifier: Apache-2.0
// Non-blocking transport. Expected times follow the closed form in the header, with a latency of 5 cycles, 8
// bytes per beat and a clock of 2 ns.
#include <cstring>
#include <set>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "memory_bench.h"

using namespace irc::tb;
using namespace irc::tb::memory;

TEST_CASE("a payload comes back clean and is used again") {
  PayloadManager manager;
  tlm::tlm_generic_payload* first = manager.allocate();
  CHECK(first->get_ref_count() == 1);
  CHECK(manager.outstanding() == 1);
  first->set_address(7);
  first->set_write();
  first->set_response_status(tlm::TLM_OK_RESPONSE);
  first->set_dmi_allowed(true);
  first->acquire();
  first->release();
  CHECK(manager.outstanding() == 1);
  first->release();
  CHECK(manager.outstanding() == 0);
  tlm::tlm_generic_payload* second = manager.allocate();
  CHECK(second == first);
  CHECK(manager.capacity() == 1);
  CHECK(second->get_address() == 0);
  CHECK(second->get_command() == tlm::TLM_IGNORE_COMMAND);
  CHECK(second->get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE);
  CHECK_FALSE(second->is_dmi_allowed());
  CHECK(second->get_data_ptr() == nullptr);
}

TEST_CASE("payloads out at one time are distinct, and auto extensions are freed") {
  struct Tag : tlm::tlm_extension<Tag> {
    explicit Tag(int& living) : living_(living) { ++living_; }
    ~Tag() override { --living_; }
    tlm_extension_base* clone() const override { return new Tag(living_); }
    void copy_from(const tlm_extension_base&) override {}
    int& living_;
  };
  int living = 0;
  {
    PayloadManager manager;
    std::set<tlm::tlm_generic_payload*> seen;
    for (int i = 0; i < 100; ++i) seen.insert(manager.allocate());
    CHECK(seen.size() == 100);
    CHECK(manager.outstanding() == 100);
    tlm::tlm_generic_payload* one = *seen.begin();
    one->set_auto_extension(new Tag(living));
    CHECK(living == 1);
    one->release();
    CHECK(living == 0);
    CHECK(manager.outstanding() == 99);
  }  // 99 payloads are still outstanding, and the manager deletes them
  CHECK(living == 0);
}

TEST_CASE("a wrong memory configuration is refused") {
  CHECK_THROWS_AS(SystemMemory("zero", 0, timing()), irc::InputError);
  CHECK_THROWS_AS(SystemMemory("clockless", 64, MemoryTiming{sc_core::SC_ZERO_TIME, 1, 4}), irc::InputError);
  CHECK_THROWS_AS(SystemMemory("busless", 64, MemoryTiming{ns(1), 1, 0}), irc::InputError);
  CHECK_THROWS_AS(SystemMemory("huge", std::uint64_t{1} << 62, timing()), irc::InputError);
  SystemMemory good("good", 64, timing());
  CHECK(good.size_bytes() == 64);
  CHECK(std::string(good.name()) == "good");
}

TEST_CASE("back doors check their range") {
  SystemMemory memory("memory", 64, timing());
  const Bytes bytes{1, 2, 3, 4};
  memory.load(60, bytes.data(), 4);
  Bytes read(4);
  memory.dump(60, read.data(), 4);
  CHECK(read == bytes);
  CHECK_THROWS_AS(memory.load(61, bytes.data(), 4), irc::InputError);
  CHECK_THROWS_AS(memory.dump(~std::uint64_t{0}, read.data(), 4), irc::InputError);
}

TEST_CASE("one read takes latency plus beats, to the picosecond") {
  AtBench bench;
  const Bytes stored{9, 8, 7, 6, 5, 4, 3, 2, 1};
  bench.memory.load(16, stored.data(), stored.size());
  bench.simulation.stimulus("stimulus", [&] {
    wait(ns(10));
    // 9 bytes: 2 beats of 8 bytes, so 7 cycles of 2 ns
    const auto& record = bench.initiator.wait_for(bench.initiator.read(16, 9));
    CHECK(record.begin_req == ns(10));
    CHECK(record.end_req == ns(10));
    CHECK(record.begin_resp == ns(24));
    CHECK(record.end_resp == ns(24));
    CHECK(record.status == tlm::TLM_OK_RESPONSE);
    CHECK(record.request.data == stored);
    CHECK(record.dmi_hint);
    CHECK(bench.initiator.outstanding() == 0);
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.checker.completed() == 1);
}

TEST_CASE("beats start at multiples of the bus width, read or written, LT or AT") {
  AtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    const auto service = [&](std::uint64_t address, unsigned length) {
      const auto& record = bench.initiator.wait_for(bench.initiator.read(address, length));
      return record.begin_resp - record.begin_req;
    };
    CHECK(service(16, 8) == ns(12));
    CHECK(service(17, 7) == ns(12));
    CHECK(service(17, 8) == ns(14));
    CHECK(service(23, 1) == ns(12));
    CHECK(service(23, 2) == ns(14));
    CHECK(service(23, 10) == ns(16));
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.memory.service_time(12, 8) == ns(14));
}

TEST_CASE("an annotated request counts from its effective time") {
  AtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    AtRequest request;
    request.data.assign(8, 0);
    request.annotation = sc_time(1500, SC_PS);
    const auto& record = bench.initiator.wait_for(bench.initiator.issue(request));
    CHECK(record.begin_resp == sc_time(13500, SC_PS));  // 1.5 ns + 6 cycles
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("a second read waits for the first, a write does not") {
  AtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator;
    const auto first = initiator.read(0, 8);                   // 6 cycles: 0 .. 12 ns
    const auto second = initiator.read(8, 64);                 // 13 cycles: 12 .. 38 ns
    const auto write = initiator.write(128, Bytes(16, 0xab));  // 7 cycles: 0 .. 14 ns
    initiator.wait_for_all();
    CHECK(initiator.record(first).begin_resp == ns(12));
    CHECK(initiator.record(second).begin_resp == ns(38));
    CHECK(initiator.record(write).begin_resp == ns(14));
    Bytes stored(16);
    bench.memory.dump(128, stored.data(), 16);
    CHECK(stored == Bytes(16, 0xab));
    // An idle channel starts at once.
    wait(ns(62));
    CHECK(initiator.wait_for(initiator.read(0, 1)).begin_resp == ns(112));
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("a late END_RESP delays later responses but not their service") {
  AtBench bench;
  bench.initiator.end_responses(EndOfResponse::later, ns(20));
  bench.simulation.stimulus("stimulus", [&] {
    const auto first = bench.initiator.read(0, 8);                 // response at 12 ns, over at 32 ns
    const auto write = bench.initiator.write(0, Bytes(16, 0x11));  // served at 14 ns, response at 32 ns
    const auto third = bench.initiator.read(0, 64);                // served at 38 ns, response at 52 ns
    bench.initiator.wait_for_all();
    CHECK(bench.initiator.record(first).begin_resp == ns(12));
    CHECK(bench.initiator.record(first).end_resp == ns(32));
    CHECK(bench.initiator.record(write).begin_resp == ns(32));
    CHECK(bench.initiator.record(third).begin_resp == ns(52));
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator.outstanding() == 0);
}

TEST_CASE("responses that end at the same time come in order of arrival") {
  AtBench bench;
  bench.initiator.end_responses(EndOfResponse::updated, ns(3));
  bench.simulation.stimulus("stimulus", [&] {
    const auto write = bench.initiator.write(0, Bytes(8, 1));
    const auto read = bench.initiator.read(64, 8);
    bench.initiator.wait_for_all();
    CHECK(bench.initiator.record(write).begin_resp == ns(12));
    CHECK(bench.initiator.record(read).begin_resp == ns(15));  // after END_RESP of the write
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("non-blocking errors end in their response status, after the time of a good transaction") {
  AtBench bench(100);
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator;
    CHECK(initiator.wait_for(initiator.read(92, 8)).status == tlm::TLM_OK_RESPONSE);
    const sc_time before = sc_core::sc_time_stamp();
    const auto& beyond = initiator.wait_for(initiator.read(93, 8));
    CHECK(beyond.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(beyond.begin_resp == before + ns(14));  // two beats: 88..95 and 96..103
    CHECK_FALSE(beyond.dmi_hint);
    CHECK(initiator.wait_for(initiator.write(~std::uint64_t{0}, Bytes(2, 1))).status ==
          tlm::TLM_ADDRESS_ERROR_RESPONSE);
    AtRequest streaming;
    streaming.data.assign(8, 0);
    streaming.streaming_width = 4;
    CHECK(initiator.wait_for(initiator.issue(streaming)).status == tlm::TLM_BURST_ERROR_RESPONSE);
    AtRequest ignore;
    ignore.command = tlm::TLM_IGNORE_COMMAND;
    CHECK(initiator.wait_for(initiator.issue(ignore)).status == tlm::TLM_OK_RESPONSE);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}
