// SPDX-License-Identifier: Apache-2.0
// Tests TLM to pins to TLM against a plain memory under random back-pressure, and what both AXI4 transactors
// share: bursts that are split, and options.
#include <cstddef>
#include <cstdint>
#include <vector>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi4_to_tlm.h"
#include "irc/cosim/axi_burst.h"
#include "irc/cosim/tlm_to_axi4.h"
#include "irc/model/at_initiator.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "pin_bench.h"
#include "support/at_initiator.h"
#include "support/scripted.h"

namespace {

using irc::CounterRandom;
using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::Axi4ToTlm;
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

TEST_CASE("options out of range are refused") {
  Axi4Pins<8> pins;
  CHECK_THROWS_AS(TlmToAxi4("a", pins, {0, 0, {}}), irc::InputError);
  CHECK_THROWS_AS(TlmToAxi4("b", pins, {1, 16, {}}), irc::InputError);
  CHECK_THROWS_AS(Axi4ToTlm("c", pins, {0, AxiResponse::slverr, {}}), irc::InputError);
}
