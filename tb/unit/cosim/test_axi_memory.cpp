// SPDX-License-Identifier: Apache-2.0
// Tests the memory's cycles against the formula, and its bytes against a plain array.
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi_memory.h"
#include "irc/cosim/tlm_to_axi4.h"
#include "irc/model/at_initiator.h"
#include "irc/model/payload_manager.h"
#include "pin_bench.h"
#include "support/scripted.h"

namespace {

using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::AxiBurst;
using irc::cosim::AxiBurstType;
using irc::cosim::AxiMemory;
using irc::cosim::AxiMemoryTiming;
using irc::cosim::AxiResponse;
using irc::cosim::BackPressure;
using irc::cosim::TlmToAxi4;

std::vector<std::uint8_t> counting(std::size_t length, unsigned from = 1) {
  std::vector<std::uint8_t> bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(from + i * 7 + i / 256);
  return bytes;
}

template <int BusBytes>
struct Bench : irc::tb::ClockBench {
  explicit Bench(const AxiMemoryTiming& timing, std::uint64_t size = 1 << 16,
                 const BackPressure& back_pressure = {})
      : memory("memory", pins, size, timing, back_pressure),
        latency(timing.hop_cycles + timing.latency_cycles) {
    bind_clock(memory, *this);
    bind_clock(checker, *this);
  }
  Axi4Pins<BusBytes> pins;
  AxiMemory memory;
  Axi4Checker checker{"checker", pins};
  std::uint64_t latency;
  irc::tb::PinMaster<BusBytes> master{*this, pins};
};

// A TLM initiator in front of the pins. AxVALID is high in the cycle of the call.
template <int BusBytes>
struct TlmBench : Bench<BusBytes> {
  explicit TlmBench(const AxiMemoryTiming& timing) : Bench<BusBytes>(timing) {
    bind_clock(axi, *this);
    initiator.socket.bind(axi.socket);
  }
  // Cycles from the call to the response.
  std::uint64_t transport(tlm::tlm_command command, std::uint64_t address, std::vector<std::uint8_t>& bytes) {
    tlm::tlm_generic_payload payload;
    irc::model::set_access(payload, command, address, bytes.data(), bytes.size());
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const std::uint64_t from = this->cycle();
    initiator.socket->b_transport(payload, delay);
    CHECK(delay == sc_core::SC_ZERO_TIME);
    CHECK(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
    return this->cycle() - from;
  }
  TlmToAxi4 axi{"axi", this->pins};
  irc::tb::ScriptedInitiator initiator{"initiator"};
};

// "A DMA transaction of n bytes at address a, requested at T, is over at edge T + hop + latency + beats."
template <int BusBytes>
void check_transactions(const AxiMemoryTiming& timing) {
  TlmBench<BusBytes> bench(timing);
  bench.run([&] {
    for (const std::uint64_t address : {0, 1, 3, BusBytes - 1, 4096 - 5, 4096 - BusBytes, 8191})
      for (const std::size_t length : {1, 4, BusBytes, BusBytes + 1, 100, 4096, 9000}) {
        const std::uint64_t beats = (address % BusBytes + length + BusBytes - 1) / BusBytes;
        std::vector<std::uint8_t> written = counting(length, static_cast<unsigned>(address + length));
        std::vector<std::uint8_t> read(length);
        CAPTURE(address, length);
        CHECK(bench.transport(tlm::TLM_WRITE_COMMAND, address, written) == bench.latency + beats);
        CHECK(bench.transport(tlm::TLM_READ_COMMAND, address, read) == bench.latency + beats);
        CHECK(read == written);
      }
  });
  CHECK(bench.checker.completed() >= 150);
}

template <int BusBytes>
void check_single_bursts(const AxiMemoryTiming& timing) {
  Bench<BusBytes> bench(timing);
  bench.run([&] {
    for (const unsigned beats : {1u, 2u, 7u}) {
      const AxiBurst burst{64, beats - 1, irc::cosim::log2_exact(BusBytes), AxiBurstType::incr, 5};
      const auto written = bench.master.write(burst, counting(beats * BusBytes));
      CHECK(written.response == written.address + bench.latency + beats);
      std::vector<std::uint8_t> bytes;
      const auto read = bench.master.read(burst, bytes);
      for (unsigned beat = 0; beat < beats; ++beat)
        CHECK(read.beats[beat] == read.address + bench.latency + beat + 1);
      CHECK(bytes == counting(beats * BusBytes));
      bench.edge(beats);
    }
  });
}

}  // namespace

TEST_CASE("transactions take hop + latency + beats: bus of 4 bytes, least latency") {
  check_transactions<4>({0, 1});
}
TEST_CASE("transactions take hop + latency + beats: bus of 16 bytes") {
  check_transactions<16>({2, 20});
}
TEST_CASE("transactions take hop + latency + beats: bus of 128 bytes") {
  check_transactions<128>({1, 2});
}
TEST_CASE("bursts seen from the pins: first beat after the latency, one a cycle") {
  check_single_bursts<8>({0, 1});
}
TEST_CASE("bursts seen from the pins: longer latency, wide bus") {
  check_single_bursts<32>({3, 9});
}

TEST_CASE("reads and writes side by side do not slow each other") {
  TlmBench<16> bench({2, 4});
  std::uint64_t write_cycles = 0;
  bench.simulation.stimulus("writer", [&] {
    bench.edge(5);
    std::vector<std::uint8_t> bytes = counting(800);
    write_cycles = bench.transport(tlm::TLM_WRITE_COMMAND, 0, bytes);
  });
  bench.run([&] {
    std::vector<std::uint8_t> bytes(1600);
    CHECK(bench.transport(tlm::TLM_READ_COMMAND, 8192, bytes) == 6 + 100);
  });
  CHECK(write_cycles == 6 + 50);
}

TEST_CASE("back-to-back transactions of one thread have no cycle between them") {
  TlmBench<8> bench({1, 3});
  bench.run([&] {
    std::vector<std::uint8_t> bytes(64);
    const std::uint64_t from = bench.cycle();
    for (int i = 0; i < 10; ++i) bench.transport(tlm::TLM_READ_COMMAND, 64, bytes);
    CHECK(bench.cycle() - from == 10 * (4 + 8));
  });
}

TEST_CASE("queued bursts start at the end of the one before, or after their own latency") {
  Bench<8> bench({0, 10});
  bench.run([&] {
    irc::tb::Axi4Script<8> script{bench, bench.pins, false};
    bench.pins.rready.write(true);
    std::vector<std::uint64_t> last;
    const std::uint64_t from = bench.cycle();
    script.ar({0, 3, 3, AxiBurstType::incr, 1});   // beats in cycles 10..13
    script.ar({64, 1, 3, AxiBurstType::incr, 2});  // requested in cycle 1: 14..15
    bench.edge(20 - 2);
    bench.pins.rready.write(true);
    script.ar({128, 0, 3, AxiBurstType::incr, 3});  // requested in cycle 20: 30
    CHECK(bench.checker.completed() == 2);
    bench.edge(9);
    CHECK_FALSE(bench.pins.rvalid.read());  // cycle 29, at edge 30
    CHECK(bench.cycle() - from == 30);
    bench.edge();
    CHECK(bench.pins.rvalid.read());
    CHECK(bench.pins.rid.read() == 3);
  });
}

TEST_CASE("a master that is not ready delays the rest of its read by as much") {
  Bench<8> bench({0, 5});
  bench.run([&] {
    std::vector<std::uint8_t> bytes;
    const auto times = bench.master.read({0, 3, 3, AxiBurstType::incr, 0}, bytes, 2);
    for (unsigned beat = 0; beat < 4; ++beat) CHECK(times.beats[beat] == times.address + 5 + 3 * (beat + 1));
  });
}

TEST_CASE("late write data answer in the cycle after the last") {
  Bench<8> bench({0, 3});
  bench.run([&] {
    const AxiBurst burst{0, 3, 3, AxiBurstType::incr, 0};
    const auto in_time = bench.master.write(burst, counting(32), 2);
    CHECK(in_time.response == in_time.address + 3 + 4);
    const auto late = bench.master.write(burst, counting(32), 6);
    CHECK(late.beats.back() == late.address + 6 + 4);
    CHECK(late.response == late.beats.back() + 1);
  });
}

TEST_CASE("write data may come before their address") {
  Bench<8> bench({0, 2});
  bench.run([&] {
    irc::tb::Axi4Script<8> script{bench, bench.pins, false};
    script.w(false, irc::cosim::LaneMask(0xff));
    script.w(true, irc::cosim::LaneMask(0xff));
    bench.edge(3);
    const std::uint64_t from = bench.cycle();
    bench.pins.bready.write(true);
    script.aw({0, 1, 3, AxiBurstType::incr, 0});
    while (!bench.pins.bvalid.read()) bench.edge();
    CHECK(bench.cycle() - from == 2 + 2);
    bench.pins.bready.write(true);
    bench.edge(2);
  });
}

TEST_CASE("INCR, WRAP and FIXED bursts, narrow and unaligned, move the right bytes") {
  Bench<8> bench({0, 1}, 4096);
  bench.run([&] {
    std::vector<std::uint8_t> got;
    const std::vector<std::uint8_t> all = counting(4096);
    bench.memory.load(0, all.data(), all.size());
    bench.master.read({0x101, 5, 1, AxiBurstType::incr, 0}, got);
    CHECK(got == std::vector<std::uint8_t>(all.begin() + 0x101, all.begin() + 0x10c));
    bench.master.read({0x118, 3, 3, AxiBurstType::wrap, 0}, got);
    REQUIRE(got.size() == 32);
    for (unsigned i = 0; i < 32; ++i) CHECK(got[i] == all[0x100 + (0x18 + i) % 32]);
    bench.master.read({0x203, 2, 2, AxiBurstType::fixed, 0}, got);
    CHECK(got == std::vector<std::uint8_t>(3, all[0x203]));

    bench.master.write({0x30c, 3, 2, AxiBurstType::wrap, 0}, counting(16, 50));
    std::vector<std::uint8_t> bytes(16);
    bench.memory.dump(0x300, bytes.data(), 16);
    for (unsigned i = 0; i < 16; ++i) CHECK(bytes[(i + 12) % 16] == counting(16, 50)[i]);
    bench.master.write({0x401, 1, 0, AxiBurstType::fixed, 0}, {8, 9});
    bench.memory.dump(0x400, bytes.data(), 3);
    CHECK(bytes[0] == all[0x400]);
    CHECK(bytes[1] == 9);
    CHECK(bytes[2] == all[0x402]);
  });
}

TEST_CASE("beats beyond the end answer SLVERR, the others do not") {
  Bench<8> bench({0, 1}, 4096 + 12);
  bench.run([&] {
    std::vector<std::uint8_t> got;
    const AxiBurst burst{4096, 3, 3, AxiBurstType::incr, 0};
    const auto written = bench.master.write(burst, counting(32));
    CHECK(written.responses[0] == AxiResponse::slverr);
    const auto read = bench.master.read(burst, got);
    CHECK(read.responses[0] == AxiResponse::okay);
    CHECK(read.responses[1] == AxiResponse::okay);  // its first 4 bytes exist
    CHECK(read.responses[2] == AxiResponse::slverr);
    CHECK(read.responses[3] == AxiResponse::slverr);
    std::vector<std::uint8_t> expected = counting(32);
    std::fill(expected.begin() + 12, expected.end(), std::uint8_t{0});
    CHECK(got == expected);
    const auto good = bench.master.write({4096, 0, 3, AxiBurstType::incr, 0}, counting(8));
    CHECK(good.responses[0] == AxiResponse::okay);
    const auto far = bench.master.write({~std::uint64_t{7}, 0, 3, AxiBurstType::incr, 0}, counting(8));
    CHECK(far.responses[0] == AxiResponse::slverr);
  });
}

TEST_CASE("back-pressure slows, changes no data, and can be switched off again") {
  Bench<8> bench({0, 1}, 4096, {0.5, 3});
  bench.run([&] {
    std::uint64_t slow = 0, fast = 0;
    const AxiBurst burst{256, 15, 3, AxiBurstType::incr, 0};
    std::vector<std::uint8_t> got;
    for (unsigned i = 0; i < 20; ++i) {
      const std::uint64_t from = bench.cycle();
      if (i == 10) bench.memory.set_back_pressure({});
      bench.master.write(burst, counting(128, i));
      bench.master.read(burst, got);
      CHECK(got == counting(128, i));
      (i < 10 ? slow : fast) += bench.cycle() - from;
    }
    CHECK(slow > 3 * fast / 2);
    CHECK(fast == 10 * 2 * 17);
  });
}

TEST_CASE("reset in mid-transfer: pins idle, contents kept, works again") {
  Bench<8> bench({0, 4});
  bench.run([&] {
    irc::tb::Axi4Script<8> script{bench, bench.pins, false};
    bench.master.write({0, 3, 3, AxiBurstType::incr, 0}, counting(32));
    script.ar({0, 15, 3, AxiBurstType::incr, 0});
    script.aw({64, 3, 3, AxiBurstType::incr, 0});
    script.w(false, irc::cosim::LaneMask(0xff));
    bench.pins.rready.write(true);
    bench.edge(5);
    bench.pulse_reset();
    bench.pins.rready.write(false);
    CHECK_FALSE(bench.pins.rvalid.read());
    CHECK_FALSE(bench.pins.bvalid.read());
    CHECK(bench.checker.outstanding() == 0);
    std::vector<std::uint8_t> got;
    const auto times = bench.master.read({0, 3, 3, AxiBurstType::incr, 0}, got);
    CHECK(got == counting(32));
    CHECK(times.beats.back() == times.address + 4 + 4);
    const auto written = bench.master.write({64, 3, 3, AxiBurstType::incr, 0}, counting(32));
    CHECK(written.response == written.address + 4 + 4);
  });
}

TEST_CASE("a memory without size, latency or room, or with certain back-pressure, is refused") {
  Axi4Pins<4> pins;
  CHECK_THROWS_AS(AxiMemory("a", pins, 0, {0, 1}), irc::InputError);
  CHECK_THROWS_AS(AxiMemory("b", pins, 16, {0, 0}), irc::InputError);
  CHECK_THROWS_AS(AxiMemory("c", pins, 16, {0, 1}, {1.0, 0}), irc::InputError);
  AxiMemory memory("d", pins, 16, {0, 1});
  std::uint8_t bytes[4] = {};
  CHECK_THROWS_AS(memory.load(13, bytes, 4), irc::InputError);
  CHECK_THROWS_AS(memory.dump(17, bytes, 0), irc::InputError);
  CHECK_NOTHROW(memory.load(12, bytes, 4));
}
