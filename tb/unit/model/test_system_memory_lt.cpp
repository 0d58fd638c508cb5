// SPDX-License-Identifier: Apache-2.0
// Blocking transport, debug transport and direct access. Expected times are those of test_system_memory.cpp.
#include <cstring>
#include <string>
#include "support/catch.h"

#include "irc/core/error.h"
#include "memory_bench.h"

using namespace irc::tb;
using namespace irc::tb::memory;

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
