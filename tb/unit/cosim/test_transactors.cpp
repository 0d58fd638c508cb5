// SPDX-License-Identifier: Apache-2.0
// Tests TLM to pins to TLM against a plain memory under random back-pressure, and cycles, errors and reset of
// each AXI4 transactor.
#include <algorithm>
#include <memory>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi4_to_tlm.h"
#include "irc/cosim/axi_memory.h"
#include "irc/cosim/tlm_to_axi4.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "pin_bench.h"
#include "support/at_initiator.h"
#include "support/malformed.h"
#include "support/scripted.h"

namespace {

using irc::CounterRandom;
using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::Axi4ToTlm;
using irc::cosim::AxiBurst;
using irc::cosim::AxiBurstType;
using irc::cosim::AxiResponse;
using irc::cosim::TlmToAxi4;
using irc::model::ProtocolChecker;
using irc::model::SystemMemory;
using irc::tb::AtInitiator;
using irc::tb::AtRecord;
using irc::tb::AtRequest;
using irc::tb::ScriptedInitiator;
using sc_core::SC_ZERO_TIME;

constexpr std::uint64_t memory_bytes = 1 << 15;

// initiator - protocol checker - TlmToAxi4 - pins - Axi4ToTlm - protocol checker - memory
template <int BusBytes>
struct RoundTrip : irc::tb::ClockBench {
  explicit RoundTrip(double stalls)
      : master("master", pins, {4, 3, {stalls, 1}}),
        slave("slave", pins, {4, AxiResponse::decerr, {stalls, 2}}) {
    bind_clock(master, *this);
    bind_clock(slave, *this);
    bind_clock(checker, *this);
    initiator.socket.bind(near.target_socket);
    near.initiator_socket.bind(master.socket);
    slave.socket.bind(far.target_socket);
    far.initiator_socket.bind(memory.socket);
    plain_initiator.socket.bind(plain.socket);
  }
  // The same access to the plain memory.
  tlm::tlm_response_status in_plain(AtRequest& request) {
    tlm::tlm_generic_payload payload;
    irc::model::set_access(payload, request.command, request.address, request.data.data(),
                           request.data.size());
    if (!request.byte_enables.empty()) {
      payload.set_byte_enable_ptr(request.byte_enables.data());
      payload.set_byte_enable_length(static_cast<unsigned>(request.byte_enables.size()));
    }
    sc_core::sc_time delay = SC_ZERO_TIME;
    plain_initiator.socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  Axi4Pins<BusBytes> pins;
  AtInitiator initiator{"initiator_at"};
  ProtocolChecker near{"near"};
  TlmToAxi4 master;
  Axi4Checker checker{"checker", pins};
  Axi4ToTlm slave;
  ProtocolChecker far{"far"};
  SystemMemory memory{"memory", memory_bytes, {sc_core::sc_time(2, sc_core::SC_NS), 2, 8}};
  ScriptedInitiator plain_initiator{"plain_initiator"};
  SystemMemory plain{"plain", memory_bytes, {sc_core::sc_time(2, sc_core::SC_NS), 2, 8}};
};

struct RandomAccess {
  explicit RandomAccess(std::uint64_t seed) : random(seed, irc::Stream::test) {}
  std::uint64_t below(std::uint64_t n) { return random.below(n, draws++); }

  AtRequest next(bool write) {
    AtRequest request;
    request.command = write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND;
    request.data.resize(1 + (below(4) == 0 ? below(9000) : below(80)));
    request.address = below(memory_bytes - request.data.size() + 1);
    if (below(16) == 0) request.address = memory_bytes + below(1000);
    for (auto& byte : request.data) byte = write ? static_cast<unsigned char>(below(256)) : 0;
    if (below(3) == 0) {
      request.byte_enables.resize(1 + below(20));
      for (auto& enable : request.byte_enables) enable = below(2) == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    }
    return request;
  }
  CounterRandom random;
  std::uint64_t draws = 0;
};

// Issues several accesses at a time, reads or writes. The caller is responsible for the order between reads
// and writes.
template <int BusBytes>
void check_round_trip(double stalls) {
  RoundTrip<BusBytes> bench(stalls);
  RandomAccess access(BusBytes);
  unsigned done = 0, refused = 0;
  bench.run([&] {
    while (done < 600) {
      const bool write = access.below(2) == 0;
      std::vector<std::size_t> numbers;
      std::vector<AtRequest> requests(1 + access.below(6));
      for (AtRequest& request : requests) {
        request = access.next(write);
        numbers.push_back(bench.initiator.issue(request));
        if (access.below(3) == 0) bench.edge(1 + static_cast<unsigned>(access.below(20)));
      }
      for (std::size_t i = 0; i < requests.size(); ++i, ++done) {
        const AtRecord& record = bench.initiator.wait_for(numbers[i]);
        const auto status = bench.in_plain(requests[i]);
        REQUIRE(record.status == status);
        if (status != tlm::TLM_OK_RESPONSE) ++refused;
        if (!write && status == tlm::TLM_OK_RESPONSE) REQUIRE(record.request.data == requests[i].data);
      }
    }
    std::vector<unsigned char> got(memory_bytes), expected(memory_bytes);
    bench.memory.dump(0, got.data(), got.size());
    bench.plain.dump(0, expected.data(), expected.size());
    CHECK(got == expected);
  });
  CHECK(refused > 10);
  CHECK(refused < done / 2);
  CHECK(bench.near.completed() == done);
  CHECK(bench.far.completed() >= done);
  CHECK(bench.checker.completed() == bench.far.completed());
  CHECK(bench.initiator.outstanding() == 0);
}

}  // namespace

TEST_CASE("round trip under back-pressure: bus of 4 bytes") {
  check_round_trip<4>(0.4);
}
TEST_CASE("round trip under back-pressure: bus of 8 bytes") {
  check_round_trip<8>(0.25);
}
TEST_CASE("round trip under back-pressure: bus of 64 bytes") {
  check_round_trip<64>(0.5);
}
TEST_CASE("round trip under back-pressure: bus of 128 bytes") {
  check_round_trip<128>(0.3);
}
TEST_CASE("round trip without back-pressure") {
  check_round_trip<16>(0);
}
TEST_CASE("round trip under heavy back-pressure") {
  check_round_trip<32>(0.9);
}

TEST_CASE("a round trip takes the bridge's cycles beside the memory's") {
  RoundTrip<8> bench(0);
  bench.run([&] {
    // Requested in cycle T; address taken and memory asked at T + 1; 2 + 4 cycles; 4 beats.
    const AtRecord& read = bench.initiator.wait_for(bench.initiator.read(64, 32));
    CHECK(read.end_req == read.begin_req);
    CHECK(read.begin_resp - read.begin_req == bench.period * (1 + 6 + 4));
    // Address taken at T + 1, data from then on, the last at T + 5; 2 + 4 cycles; B.
    const AtRecord& write =
        bench.initiator.wait_for(bench.initiator.write(64, std::vector<unsigned char>(32, 7)));
    CHECK(write.begin_resp - write.begin_req == bench.period * (5 + 6 + 1));
  });
}

// ---- splitting

TEST_CASE("bursts split at 4 KiB and 256 beats, unaligned first") {
  using irc::cosim::split_bursts;
  const auto one = split_bursts(0x1003, 1, 8);
  REQUIRE(one.size() == 1);
  CHECK(one[0].address == 0x1003);
  CHECK(one[0].beats() == 1);
  const auto across = split_bursts(0xffd, 8, 8);
  REQUIRE(across.size() == 2);
  CHECK(across[0].beats() == 1);
  CHECK(across[1].address == 0x1000);
  CHECK(across[1].beats() == 1);
  const auto limit = split_bursts(0x2001, 2048, 4);
  REQUIRE(limit.size() == 3);
  CHECK(limit[0].beats() == 256);
  CHECK(limit[1].address == 0x2400);
  CHECK(limit[1].beats() == 256);
  CHECK(limit[2].beats() == 1);
  const auto top = split_bursts(~std::uint64_t{0}, 1, 128);
  REQUIRE(top.size() == 1);
  CHECK_FALSE(top[0].crosses_4k());
}

// ---- TlmToAxi4 alone

namespace {

struct MasterBench : irc::tb::ClockBench {
  MasterBench() {
    bind_clock(master, *this);
    bind_clock(checker, *this);
    initiator.socket.bind(near.target_socket);
    near.initiator_socket.bind(master.socket);
  }
  tlm::tlm_response_status blocking(const std::function<void(tlm::tlm_generic_payload&)>& change) {
    tlm::tlm_generic_payload payload;
    irc::model::set_access(payload, tlm::TLM_READ_COMMAND, 0, bytes, sizeof bytes);
    change(payload);
    sc_core::sc_time delay = SC_ZERO_TIME;
    initiator.socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  unsigned char bytes[32] = {};
  Axi4Pins<8> pins;
  AtInitiator initiator{"initiator"};
  ProtocolChecker near{"near"};
  TlmToAxi4 master{"master", pins};
  Axi4Checker checker{"checker", pins};
  irc::tb::Axi4Script<8> script{*this, pins, false};
};

}  // namespace

TEST_CASE("TlmToAxi4 refuses what AXI4 cannot express, without a transfer") {
  MasterBench bench;
  bench.simulation.allow(ProtocolChecker::report_type);  // the checker is right to reject these payloads
  sc_core::sc_report_handler::set_actions(ProtocolChecker::report_type, sc_core::SC_ERROR,
                                          sc_core::SC_DISPLAY);
  bench.run([&] {
    unsigned char enables[2] = {0xff, 1};
    CHECK(bench.blocking([](auto& p) { p.set_data_length(0); }) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(bench.blocking([](auto& p) { p.set_streaming_width(16); }) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(bench.blocking([](auto& p) { p.set_data_ptr(nullptr); }) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(bench.blocking([&](auto& p) {
      p.set_byte_enable_ptr(enables);
      p.set_byte_enable_length(2);
    }) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    CHECK(bench.blocking([](auto& p) { p.set_command(static_cast<tlm::tlm_command>(3)); }) ==
          tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(bench.blocking([](auto& p) { p.set_address(~std::uint64_t{30}); }) ==
          tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(bench.blocking([](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }) == tlm::TLM_OK_RESPONSE);
    for (const auto& bad : irc::tb::malformed_payloads()) {
      INFO(bad.name);
      CHECK(bench.blocking(bad.spoil) == bad.expected);
    }
    AtRequest streaming;
    streaming.data.resize(8);
    streaming.streaming_width = 4;
    CHECK(bench.initiator.wait_for(bench.initiator.issue(streaming)).status == tlm::TLM_BURST_ERROR_RESPONSE);
    bench.edge(3);
  });
  CHECK(bench.checker.completed() == 0);
}

TEST_CASE("TlmToAxi4 takes the worst response of all beats and bursts") {
  MasterBench bench;
  bench.run([&] {
    const auto answer = [&](unsigned first, unsigned second) {
      const std::size_t number = bench.initiator.read(0xff8, 16);
      while (bench.checker.outstanding() != 2) {
        bench.pins.arready.write(true);
        bench.edge();
      }
      bench.pins.arready.write(false);
      bench.script.r(true, 0, first);
      bench.script.r(true, 0, second);
      return bench.initiator.wait_for(number).status;
    };
    CHECK(answer(0, 0) == tlm::TLM_OK_RESPONSE);
    CHECK(answer(2, 0) == tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(answer(0, 3) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(answer(3, 2) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

TEST_CASE(
    "TlmToAxi4: an annotated request is offered when its time has come, a slow END_RESP holds the next") {
  MasterBench bench;
  bench.initiator.end_responses(irc::tb::EndOfResponse::later, bench.period * 5);
  bench.run([&] {
    AtRequest request;
    request.data.resize(8);
    request.annotation = bench.period * 4;
    bench.initiator.issue(request);
    const std::uint64_t from = bench.cycle();
    bench.pins.arready.write(true);
    while (!bench.pins.arvalid.read()) bench.edge();
    CHECK(bench.cycle() - from == 4 + 1);  // high in cycle 4, sampled at edge 5
    const std::size_t second = bench.initiator.read(8, 8);
    bench.edge(2);
    bench.pins.arready.write(false);
    bench.script.r(true);
    bench.script.r(true);
    const AtRecord& record = bench.initiator.wait_for(second);
    CHECK(record.begin_resp - bench.initiator.record(second - 1).begin_resp == bench.period * 5);
  });
}

TEST_CASE("TlmToAxi4: reset answers everything with an error, and what comes in reset waits") {
  MasterBench bench;
  tlm::tlm_response_status blocked = tlm::TLM_INCOMPLETE_RESPONSE;
  bench.simulation.stimulus("blocking", [&] {
    bench.edge(6);
    blocked = bench.blocking([](auto& p) { p.set_command(tlm::TLM_WRITE_COMMAND); });
  });
  bench.run([&] {
    const std::size_t read = bench.initiator.read(0, 64);
    const std::size_t write = bench.initiator.write(0, std::vector<unsigned char>(64, 1));
    bench.edge(3);
    bench.pins.arready.write(true);
    bench.edge(2);
    bench.pins.arready.write(false);
    bench.script.r(false);
    CHECK(bench.master.outstanding() == 3);
    bench.rst_n.write(false);
    CHECK(bench.initiator.wait_for(read).status == tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(bench.initiator.wait_for(write).status == tlm::TLM_GENERIC_ERROR_RESPONSE);
    bench.edge();
    CHECK(blocked == tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(bench.master.outstanding() == 0);
    CHECK_FALSE(bench.pins.awvalid.read());
    CHECK_FALSE(bench.pins.wvalid.read());
    CHECK_FALSE(bench.pins.bready.read());
    const std::size_t later = bench.initiator.read(0, 8);
    bench.edge(4);
    CHECK_FALSE(bench.initiator.record(later).done);
    CHECK_FALSE(bench.pins.arvalid.read());
    bench.rst_n.write(true);
    bench.pins.arready.write(true);
    bench.edge(3);
    bench.pins.arready.write(false);
    bench.script.r(true);
    CHECK(bench.initiator.wait_for(later).status == tlm::TLM_OK_RESPONSE);
  });
}

// ---- Axi4ToTlm alone

namespace {

struct SlaveBench : irc::tb::ClockBench {
  explicit SlaveBench(AxiResponse address_error = AxiResponse::slverr)
      : slave("slave", pins, {4, address_error, {}}) {
    bind_clock(slave, *this);
    bind_clock(checker, *this);
    slave.socket.bind(far.target_socket);
    far.initiator_socket.bind(memory.socket);
  }
  Axi4Pins<8> pins;
  Axi4ToTlm slave;
  Axi4Checker checker{"checker", pins};
  ProtocolChecker far{"far"};
  SystemMemory memory{"memory", 4096, {sc_core::sc_time(2, sc_core::SC_NS), 2, 8}};
  irc::tb::PinMaster<8> master{*this, pins};
};

std::vector<std::uint8_t> counting(std::size_t length, unsigned from) {
  std::vector<std::uint8_t> bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(from + i * 7);
  return bytes;
}

}  // namespace

TEST_CASE("Axi4ToTlm: INCR, WRAP and FIXED, narrow and unaligned, as a pin-level memory does") {
  SlaveBench bench;
  Axi4Pins<8> other_pins("other");
  irc::cosim::AxiMemory other("other_memory", other_pins, 4096, {0, 1});
  bind_clock(other, bench);
  irc::tb::PinMaster<8> other_master{bench, other_pins};
  RandomAccess random(77);
  bench.run([&] {
    for (unsigned i = 0; i < 300; ++i) {
      AxiBurst burst;
      burst.type = static_cast<AxiBurstType>(random.below(3));
      burst.size = static_cast<unsigned>(random.below(4));
      burst.id = static_cast<unsigned>(random.below(16));
      burst.address = random.below(2048);
      burst.length = static_cast<unsigned>(random.below(16));
      if (burst.type == AxiBurstType::wrap) {
        burst.address &= ~(burst.beat_bytes() - 1);
        burst.length = (2u << random.below(4)) - 1;
      }
      const auto data = counting(16 * 8, i);
      const auto written = bench.master.write(burst, data);
      CHECK(written.responses == other_master.write(burst, data).responses);
      std::vector<std::uint8_t> got, expected;
      CHECK(bench.master.read(burst, got).responses == other_master.read(burst, expected).responses);
      REQUIRE(got == expected);
    }
    std::vector<std::uint8_t> got(4096), expected(4096);
    bench.memory.dump(0, got.data(), 4096);
    other.dump(0, expected.data(), 4096);
    CHECK(got == expected);
  });
}

TEST_CASE("Axi4ToTlm: errors are SLVERR, an address error too by default") {
  SlaveBench bench;
  bench.run([&] {
    std::vector<std::uint8_t> got;
    const AxiBurst beyond{4096, 1, 3, AxiBurstType::incr, 0};
    CHECK(bench.master.read(beyond, got).responses == std::vector(2, AxiResponse::slverr));
    CHECK(bench.master.write(beyond, counting(16, 0)).responses[0] == AxiResponse::slverr);
  });
}
TEST_CASE("Axi4ToTlm: an address error may be DECERR") {
  SlaveBench bench(AxiResponse::decerr);
  bench.run([&] {
    std::vector<std::uint8_t> got;
    const AxiBurst beyond{4096, 1, 3, AxiBurstType::incr, 0};
    CHECK(bench.master.read(beyond, got).responses == std::vector(2, AxiResponse::decerr));
  });
}
TEST_CASE("Axi4ToTlm: illegal bursts answer SLVERR without a transaction") {
  Axi4Pins<8> pins;
  irc::tb::ClockBench bench;
  Axi4ToTlm slave("slave", pins);
  SystemMemory memory("memory", 4096, {sc_core::sc_time(2, sc_core::SC_NS), 2, 8});
  ProtocolChecker far("far");
  bind_clock(slave, bench);
  slave.socket.bind(far.target_socket);
  far.initiator_socket.bind(memory.socket);
  irc::tb::PinMaster<8> master{bench, pins};
  bench.run([&] {
    std::vector<std::uint8_t> got;
    for (const AxiBurst& burst :
         {AxiBurst{0, 1, 3, AxiBurstType::reserved, 0}, AxiBurst{0, 2, 3, AxiBurstType::wrap, 0}}) {
      CHECK(master.read(burst, got).responses == std::vector(burst.beats(), AxiResponse::slverr));
      CHECK(master.write(burst, counting(32, 0)).responses[0] == AxiResponse::slverr);
    }
  });
  CHECK(far.completed() == 0);
}

TEST_CASE("Axi4ToTlm: several reads under way, answered in order of their addresses") {
  SlaveBench bench;
  bench.run([&] {
    irc::tb::Axi4Script<8> script{bench, bench.pins, false};
    for (unsigned id = 0; id < 3; ++id) script.ar({64 * id, 1, 3, AxiBurstType::incr, id});
    CHECK(bench.checker.outstanding() == 3);
    bench.pins.rready.write(true);
    std::vector<unsigned> ids;
    while (ids.size() < 6) {
      bench.edge();
      if (bench.pins.rvalid.read()) ids.push_back(bench.pins.rid.read());
    }
    CHECK(ids == std::vector<unsigned>{0, 0, 1, 1, 2, 2});
  });
}

TEST_CASE("Axi4ToTlm: reset drops what is under way, a transaction of before is not heard after it") {
  SlaveBench bench;
  bench.run([&] {
    irc::tb::Axi4Script<8> script{bench, bench.pins, false};
    bench.master.write({0, 3, 3, AxiBurstType::incr, 0}, counting(32, 9));
    script.ar({0, 255, 3, AxiBurstType::incr, 5});  // takes the memory longer than the reset lasts
    script.aw({64, 3, 3, AxiBurstType::incr, 6});
    bench.edge(2);
    script.w(false, irc::cosim::LaneMask(0xff));
    bench.pulse_reset();
    CHECK_FALSE(bench.pins.rvalid.read());
    CHECK(bench.far.outstanding() == 1);
    CHECK(bench.checker.outstanding() == 0);
    std::vector<std::uint8_t> got;
    const auto read = bench.master.read({0, 3, 3, AxiBurstType::incr, 1}, got);
    CHECK(got == counting(32, 9));
    CHECK(read.beats.size() == 4);
    CHECK(bench.far.outstanding() == 0);
    const auto written = bench.master.write({64, 3, 3, AxiBurstType::incr, 2}, counting(32, 1));
    CHECK(written.responses[0] == AxiResponse::okay);
    bench.memory.dump(64, got.data(), 32);
    CHECK(got == counting(32, 1));
  });
}

TEST_CASE("options out of range are refused") {
  Axi4Pins<8> pins;
  CHECK_THROWS_AS(TlmToAxi4("a", pins, {0, 0, {}}), irc::InputError);
  CHECK_THROWS_AS(TlmToAxi4("b", pins, {1, 16, {}}), irc::InputError);
  CHECK_THROWS_AS(Axi4ToTlm("c", pins, {0, AxiResponse::slverr, {}}), irc::InputError);
}
