// SPDX-License-Identifier: Apache-2.0
// Tests bursts, errors and reset of the transactor from AXI4 to TLM, with a memory behind it. The test is the
// master.
#include <cstddef>
#include <cstdint>
#include <vector>
#include "support/catch.h"

#include "irc/core/random.h"
#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi4_to_tlm.h"
#include "irc/cosim/axi_burst.h"
#include "irc/cosim/axi_memory.h"
#include "irc/cosim/pin_bytes.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "pin_bench.h"

namespace {

using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::Axi4ToTlm;
using irc::cosim::AxiBurst;
using irc::cosim::AxiBurstType;
using irc::cosim::AxiResponse;
using irc::model::ProtocolChecker;
using irc::model::SystemMemory;

// Draws in sequence from a counter-based stream.
struct Draws {
  explicit Draws(std::uint64_t seed) : random(seed, irc::Stream::test) {}
  std::uint64_t below(std::uint64_t n) { return random.below(n, draws++); }
  irc::CounterRandom random;
  std::uint64_t draws = 0;
};

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
  Draws random(77);
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
