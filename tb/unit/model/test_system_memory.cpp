// SPDX-License-Identifier: Apache-2.0
// Expected times follow the closed form in the header, with a latency of 5 cycles, 8 bytes per beat and a
// clock of 2 ns.
#include <cstring>
#include <set>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/model/payload_manager.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "support/at_initiator.h"
#include "support/scripted.h"
#include "support/simulation_guard.h"

namespace {

using irc::model::MemoryTiming;
using irc::model::PayloadManager;
using irc::model::ProtocolChecker;
using irc::model::SystemMemory;
using irc::tb::AtInitiator;
using irc::tb::AtRequest;
using irc::tb::EndOfResponse;
using irc::tb::ScriptedInitiator;
using irc::tb::SimulationGuard;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;

using Bytes = std::vector<unsigned char>;

const MemoryTiming& timing() {
  static const MemoryTiming value{sc_time(2, SC_NS), 5, 8};
  return value;
}

sc_time ns(double value) {
  return {value, SC_NS};
}

// Initiator -> checker -> memory.
struct AtBench {
  explicit AtBench(std::uint64_t size = 4096)
      : memory("memory", size, timing()), checker("checker"), initiator("initiator") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(memory.socket);
  }
  SimulationGuard simulation;
  SystemMemory memory;
  ProtocolChecker checker;
  AtInitiator initiator;
};

struct LtBench {
  explicit LtBench(std::uint64_t size = 4096)
      : memory("memory", size, timing()), checker("checker"), initiator("initiator") {
    initiator.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(memory.socket);
  }
  // Fills the payload, calls b_transport and returns the time that it added.
  sc_time transport(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                    Bytes& data) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
    sc_time delay = ns(100);
    initiator.socket->b_transport(payload, delay);
    return delay - ns(100);
  }
  SimulationGuard simulation;
  SystemMemory memory;
  ProtocolChecker checker;
  ScriptedInitiator initiator;
};

}  // namespace

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

TEST_CASE("b_transport moves data and adds the time of an idle memory") {
  LtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data{1, 2, 3, 4, 5, 6, 7, 8, 9};
    tlm::tlm_generic_payload write;
    CHECK(bench.transport(write, tlm::TLM_WRITE_COMMAND, 100, data) == ns(14));
    CHECK(write.is_response_ok());
    Bytes read(9);
    tlm::tlm_generic_payload payload;
    CHECK(bench.transport(payload, tlm::TLM_READ_COMMAND, 100, read) == ns(14));
    CHECK(read == data);
    tlm::tlm_generic_payload aligned, across;
    Bytes beat(8);
    CHECK(bench.transport(aligned, tlm::TLM_READ_COMMAND, 104, beat) == ns(12));
    CHECK(bench.transport(across, tlm::TLM_WRITE_COMMAND, 100, beat) == ns(14));
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);  // the time is annotated, not waited for
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("byte enables select bytes, and illegal ones are refused") {
  LtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data{1, 2, 3, 4, 5, 6};
    unsigned char enables[2] = {0xff, 0x00};
    tlm::tlm_generic_payload write;
    write.set_byte_enable_ptr(enables);
    write.set_byte_enable_length(2);
    bench.transport(write, tlm::TLM_WRITE_COMMAND, 0, data);
    CHECK(write.is_response_ok());
    Bytes stored(6);
    bench.memory.dump(0, stored.data(), 6);
    CHECK(stored == Bytes{1, 0, 3, 0, 5, 0});

    Bytes read(6, 0xee);
    tlm::tlm_generic_payload back;
    back.set_byte_enable_ptr(enables);
    back.set_byte_enable_length(2);
    bench.transport(back, tlm::TLM_READ_COMMAND, 0, read);
    CHECK(read == Bytes{1, 0xee, 3, 0xee, 5, 0xee});

    enables[1] = 0x0f;
    tlm::tlm_generic_payload wrong;
    wrong.set_byte_enable_ptr(enables);
    wrong.set_byte_enable_length(2);
    bench.transport(wrong, tlm::TLM_WRITE_COMMAND, 0, data);
    CHECK(wrong.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("a zero length and an unknown command are refused") {
  LtBench bench;
  bench.simulation.allow("irc/protocol");  // the checker is right to complain
  bench.simulation.stimulus("stimulus", [&] {
    Bytes nothing;
    tlm::tlm_generic_payload empty;
    bench.transport(empty, tlm::TLM_READ_COMMAND, 0, nothing);
    CHECK(empty.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
    Bytes data(4);
    tlm::tlm_generic_payload strange;
    bench.transport(strange, static_cast<tlm::tlm_command>(3), 0, data);
    CHECK(strange.get_response_status() == tlm::TLM_COMMAND_ERROR_RESPONSE);
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.checker.count("data-length") == 1);
  CHECK(bench.checker.count("command") == 1);
}

TEST_CASE("debug transport is cut at the end and takes no time") {
  LtBench bench(100);
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data(8, 0x5a);
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(96);
    payload.set_data_ptr(data.data());
    payload.set_data_length(8);
    CHECK(bench.initiator.socket->transport_dbg(payload) == 4);
    Bytes stored(4);
    bench.memory.dump(96, stored.data(), 4);
    CHECK(stored == Bytes(4, 0x5a));
    payload.set_read();
    CHECK(bench.initiator.socket->transport_dbg(payload) == 4);
    payload.set_address(100);
    CHECK(bench.initiator.socket->transport_dbg(payload) == 0);
    payload.set_address(0);
    payload.set_command(tlm::TLM_IGNORE_COMMAND);
    CHECK(bench.initiator.socket->transport_dbg(payload) == 0);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("DMI reaches the whole memory until it is refused") {
  AtBench bench;
  bench.simulation.stimulus("stimulus", [&] {
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi dmi;
    payload.set_address(1000);
    REQUIRE(bench.initiator.socket->get_direct_mem_ptr(payload, dmi));
    CHECK(dmi.get_start_address() == 0);
    CHECK(dmi.get_end_address() == 4095);
    CHECK(dmi.is_read_write_allowed());
    CHECK(dmi.get_read_latency() == ns(12));  // 5 + 1 cycles for one beat
    std::memset(dmi.get_dmi_ptr() + 1000, 0x77, 4);
    Bytes stored(4);
    bench.memory.dump(1000, stored.data(), 4);
    CHECK(stored == Bytes(4, 0x77));

    payload.set_address(4096);
    CHECK_FALSE(bench.initiator.socket->get_direct_mem_ptr(payload, dmi));

    bench.memory.set_dmi_allowed(false);
    REQUIRE(bench.initiator.invalidated.size() == 1);
    CHECK(bench.initiator.invalidated[0] == std::pair<std::uint64_t, std::uint64_t>(0, 4095));
    payload.set_address(1000);
    CHECK_FALSE(bench.initiator.socket->get_direct_mem_ptr(payload, dmi));
    CHECK_FALSE(bench.initiator.wait_for(bench.initiator.read(0, 4)).dmi_hint);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("a memory of 16 GiB costs only what is touched") {
  constexpr std::uint64_t size = std::uint64_t{16} << 30;
  LtBench bench(size);
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data{42};
    tlm::tlm_generic_payload write, read;
    bench.transport(write, tlm::TLM_WRITE_COMMAND, size - 1, data);
    data[0] = 0;
    bench.transport(read, tlm::TLM_READ_COMMAND, size - 1, data);
    CHECK(data[0] == 42);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("phases that do not fit are error reports of the memory") {
  LtBench bench;
  bench.simulation.allow("irc/system_memory");
  bench.simulation.allow("irc/protocol");
  PayloadManager manager;
  bench.simulation.stimulus("stimulus", [&] {
    auto& payload = *manager.allocate();
    CHECK(bench.initiator.send(payload, tlm::END_RESP).result == tlm::TLM_ACCEPTED);
    CHECK(bench.simulation.count("irc/system_memory") == 1);
    CHECK(bench.initiator.send(payload, tlm::END_REQ).result == tlm::TLM_ACCEPTED);
    CHECK(bench.simulation.count("irc/system_memory") == 2);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("the guard fails on a warning") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { SC_REPORT_WARNING("irc/test", "something odd"); });
  CHECK(simulation.problems_of_run(ns(1)).size() == 1);
  CHECK(simulation.count("irc/test") == 1);
}

TEST_CASE("the guard fails when a stimulus does not end") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { wait(sc_time(1, SC_MS)); });
  CHECK(simulation.problems_of_run(ns(1)).size() == 1);
}

TEST_CASE("the guard fails on an error report and hands exceptions on") {
  SimulationGuard simulation;
  simulation.stimulus("stimulus", [] { SC_REPORT_ERROR("irc/test", "something wrong"); });
  CHECK_THROWS(simulation.problems_of_run(ns(1)));
  CHECK(simulation.count("irc/test") == 1);
}

TEST_CASE("the guard is content with a simulation that ends well") {
  SimulationGuard simulation;
  simulation.allow("irc/test");
  simulation.stimulus("stimulus", [] { SC_REPORT_ERROR("irc/test", "expected"); });
  simulation.stimulus("other", [] { wait(ns(5)); });
  CHECK(simulation.problems_of_run(ns(10)).empty());
  CHECK(sc_core::sc_time_stamp() == ns(5));
}
