// SPDX-License-Identifier: Apache-2.0
// Tests the AXI4-Lite transactors: registers behind pins, a plain memory behind pins, errors, reset.
#include <cstring>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/cosim/axi_lite_checker.h"
#include "irc/cosim/axi_lite_to_tlm.h"
#include "irc/cosim/tlm_to_axi_lite.h"
#include "irc/model/at_initiator.h"
#include "irc/model/csr_block.h"
#include "irc/model/protocol_checker.h"
#include "irc/model/system_memory.h"
#include "pin_bench.h"
#include "support/at_initiator.h"
#include "support/malformed.h"
#include "support/scripted.h"

namespace {

namespace csr = irc::model::csr;
using irc::CounterRandom;
using irc::cosim::AxiLiteChecker;
using irc::cosim::AxiLitePins;
using irc::cosim::AxiLiteToTlm;
using irc::cosim::AxiLiteToTlmOptions;
using irc::cosim::AxiResponse;
using irc::cosim::BackPressure;
using irc::cosim::TlmToAxiLite;
using irc::model::CsrBlock;
using irc::model::SystemMemory;
using irc::tb::ScriptedInitiator;
using irc::tb::ScriptedTarget;
using sc_core::SC_ZERO_TIME;

struct MasterBench : irc::tb::ClockBench {
  explicit MasterBench(const BackPressure& back_pressure = {}) : master("master", pins, back_pressure) {
    bind_clock(master, *this);
    bind_clock(checker, *this);
    initiator.socket.bind(master.socket);
  }
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* bytes,
                                  std::size_t length,
                                  const std::function<void(tlm::tlm_generic_payload&)>& change = {}) {
    tlm::tlm_generic_payload payload;
    irc::model::set_access(payload, command, address, bytes, length);
    if (change) change(payload);
    sc_core::sc_time delay = SC_ZERO_TIME;
    initiator.socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  tlm::tlm_response_status read(std::uint64_t address, std::uint32_t& value) {
    return access(tlm::TLM_READ_COMMAND, address, &value, 4);
  }
  tlm::tlm_response_status write(std::uint64_t address, std::uint32_t value) {
    return access(tlm::TLM_WRITE_COMMAND, address, &value, 4);
  }
  AxiLitePins pins;
  ScriptedInitiator initiator{"initiator"};
  TlmToAxiLite master;
  AxiLiteChecker checker{"checker", pins};
};

template <typename Target>
struct Bench : MasterBench {
  template <typename... Arguments>
  explicit Bench(const BackPressure& back_pressure, const AxiLiteToTlmOptions& options,
                 Arguments... arguments)
      : MasterBench(back_pressure), slave("slave", pins, options), target("target", arguments...) {
    bind_clock(slave, *this);
    slave.socket.bind(target.socket);
  }
  AxiLiteToTlm slave;
  Target target;
};

const sc_core::sc_time clock_period(2, sc_core::SC_NS);

}  // namespace

TEST_CASE("the registers answer over pins as they do directly") {
  Bench<CsrBlock> bench({0.3, 1}, {AxiResponse::slverr, {0.3, 2}}, clock_period);
  sc_core::sc_signal<bool> irq("irq");
  bench.target.irq_out(irq);
  bench.run([&] {
    std::uint32_t value = 0;
    CHECK(bench.read(csr::id, value) == tlm::TLM_OK_RESPONSE);
    CHECK(value == csr::id_value);
    CHECK(bench.write(csr::program_low, 0x12345678) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.write(csr::program_high, 0x9abcdef0) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.target.program_address() == 0x9abcdef012345678);
    CHECK(bench.read(csr::program_low, value) == tlm::TLM_OK_RESPONSE);
    CHECK(value == 0x12345678);

    CHECK(bench.write(csr::id, 0) == tlm::TLM_GENERIC_ERROR_RESPONSE);  // read-only
    CHECK(bench.read(0x3c, value) == tlm::TLM_GENERIC_ERROR_RESPONSE);  // no register, so SLVERR by contract
    CHECK(bench.access(tlm::TLM_READ_COMMAND, 0x02, &value, 2) == tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(bench.access(tlm::TLM_WRITE_COMMAND, csr::program_low, &value, 2) ==
          tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(bench.target.program_address() == 0x9abcdef012345678);

    CHECK(bench.write(csr::irq_enable, csr::irq_program) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.write(csr::doorbell, 1) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(csr::status, value) == tlm::TLM_OK_RESPONSE);
    CHECK(value == csr::status_busy);
    bench.target.program_done(7, irc::mapping::CommandError::none);
    bench.edge();
    CHECK(irq.read());
    CHECK(bench.write(csr::irq_status, csr::irq_program) == tlm::TLM_OK_RESPONSE);
    bench.edge();
    CHECK_FALSE(irq.read());
  });
  CHECK(bench.checker.completed() == 12);
}

TEST_CASE("cycles of one access: taken at the next edge, the register's own cycle, response") {
  Bench<CsrBlock> bench({}, {}, clock_period);
  sc_core::sc_signal<bool> irq("irq");
  bench.target.irq_out(irq);
  bench.run([&] {
    std::uint32_t value = 0;
    std::uint64_t from = bench.cycle();
    bench.read(csr::id, value);
    CHECK(bench.cycle() - from == 3);
    from = bench.cycle();
    bench.write(csr::picture, 5);
    CHECK(bench.cycle() - from == 3);
    from = bench.cycle();
    for (int i = 0; i < 10; ++i) bench.read(csr::picture, value);
    CHECK(bench.cycle() - from == 30);
  });
}

TEST_CASE("random accesses to a memory behind pins, under back-pressure") {
  Bench<SystemMemory> bench({0.4, 3}, {AxiResponse::decerr, {0.4, 4}}, std::uint64_t{2048},
                            irc::model::MemoryTiming{clock_period, 1, 4});
  std::vector<unsigned char> expected(2048);
  const CounterRandom random(5, irc::Stream::test);
  std::uint64_t draws = 0;
  const auto below = [&](std::uint64_t n) { return random.below(n, draws++); };
  bench.run([&] {
    for (int i = 0; i < 700; ++i) {
      const std::uint64_t word = 4 * below(600);  // the window has 1024 words, the memory 512
      const unsigned lane = static_cast<unsigned>(below(4));
      const unsigned length = 1 + static_cast<unsigned>(below(4 - lane));
      unsigned char bytes[4] = {}, enables[4] = {};
      const bool write = below(2) == 0, masked = below(3) == 0;
      for (unsigned k = 0; k < 4; ++k) {
        bytes[k] = static_cast<unsigned char>(below(256));
        enables[k] = !masked || below(2) == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
      }
      const auto change = [&](tlm::tlm_generic_payload& payload) {
        if (!masked) return;
        payload.set_byte_enable_ptr(enables);
        payload.set_byte_enable_length(length);
      };
      const auto status = bench.access(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, word + lane,
                                       bytes, length, change);
      REQUIRE(status == (word < 2048 ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE));
      if (word >= 2048) continue;
      for (unsigned k = 0; k < length; ++k) {
        if (enables[k] != TLM_BYTE_ENABLED) continue;
        if (write) expected[word + lane + k] = bytes[k];
        REQUIRE(bytes[k] == expected[word + lane + k]);
      }
    }
    std::vector<unsigned char> got(2048);
    bench.target.dump(0, got.data(), got.size());
    CHECK(got == expected);
  });
  CHECK(bench.checker.completed() == 700);
}

TEST_CASE("non-blocking accesses and several initiators' accesses queue") {
  irc::tb::ClockBench bench;
  AxiLitePins pins;
  TlmToAxiLite master("master", pins);
  AxiLiteToTlm slave("slave", pins);
  AxiLiteChecker checker("checker", pins);
  SystemMemory memory("memory", 4096, {clock_period, 1, 4});
  irc::tb::AtInitiator initiator("initiator");
  irc::model::ProtocolChecker near("near");
  bind_clock(master, bench);
  bind_clock(slave, bench);
  bind_clock(checker, bench);
  initiator.socket.bind(near.target_socket);
  near.initiator_socket.bind(master.socket);
  slave.socket.bind(memory.socket);
  bench.run([&] {
    std::vector<std::size_t> reads;
    initiator.write(8, {1, 2, 3, 4});
    initiator.write(12, {5, 6});
    for (const std::uint64_t address : {8, 12}) reads.push_back(initiator.read(address, 4));
    CHECK(initiator.wait_for(reads[0]).request.data == std::vector<unsigned char>{1, 2, 3, 4});
    CHECK(initiator.wait_for(reads[1]).request.data == std::vector<unsigned char>{5, 6, 0, 0});
  });
  CHECK(checker.completed() == 4);
}

TEST_CASE("TlmToAxiLite refuses what AXI4-Lite cannot express, without a transfer") {
  MasterBench bench;
  bench.run([&] {
    std::uint8_t bytes[8] = {};
    unsigned char enables[1] = {1};
    const auto refusal = [&](std::uint64_t address, std::size_t length,
                             const std::function<void(tlm::tlm_generic_payload&)>& change = {}) {
      return bench.access(tlm::TLM_READ_COMMAND, address, bytes, length, change);
    };
    CHECK(refusal(0, 8) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(refusal(2, 4) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(refusal(0, 0) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(refusal(0, 4, [](auto& p) { p.set_streaming_width(2); }) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(refusal(0, 4, [](auto& p) { p.set_data_ptr(nullptr); }) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(refusal(0x1000, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(refusal(0, 4, [&](auto& p) {
            p.set_byte_enable_ptr(enables);
            p.set_byte_enable_length(1);
          }) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    CHECK(refusal(0, 4, [](auto& p) { p.set_command(static_cast<tlm::tlm_command>(3)); }) ==
          tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(refusal(0, 4, [](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }) == tlm::TLM_OK_RESPONSE);
    for (const auto& bad : irc::tb::malformed_payloads()) {
      INFO(bad.name);
      CHECK(refusal(0, 4, bad.spoil) == bad.expected);
    }
    bench.edge(3);
  });
  CHECK(bench.checker.completed() == 0);
}

TEST_CASE("responses become TLM statuses") {
  MasterBench bench;
  std::vector<tlm::tlm_response_status> statuses;
  bench.simulation.stimulus("accesses", [&] {
    bench.edge(6);
    std::uint32_t value = 0;
    for (int i = 0; i < 3; ++i) statuses.push_back(bench.read(0, value));
    CHECK(value == 0xabcd);
    statuses.push_back(bench.write(0, 1));
  });
  const auto take = [&](const sc_core::sc_signal<bool>& valid, sc_core::sc_signal<bool>& ready) {
    ready.write(true);
    do {
      bench.edge();
    } while (!valid.read());
    ready.write(false);
  };
  bench.run([&] {
    for (const unsigned response : {0u, 2u, 3u}) {
      take(bench.pins.arvalid, bench.pins.arready);
      bench.pins.rresp.write(response);
      bench.pins.rdata.write(0xabcd);
      bench.pins.rvalid.write(true);
      bench.edge();
      bench.pins.rvalid.write(false);
      bench.edge();
    }
    take(bench.pins.awvalid, bench.pins.awready);
    take(bench.pins.wvalid, bench.pins.wready);
    bench.pins.bresp.write(3);
    bench.pins.bvalid.write(true);
    bench.edge();
    bench.pins.bvalid.write(false);
  });
  CHECK(statuses == std::vector{tlm::TLM_OK_RESPONSE, tlm::TLM_GENERIC_ERROR_RESPONSE,
                                tlm::TLM_ADDRESS_ERROR_RESPONSE, tlm::TLM_ADDRESS_ERROR_RESPONSE});
}

TEST_CASE("TlmToAxiLite: reset answers with an error, what comes in reset waits") {
  MasterBench bench;
  std::vector<tlm::tlm_response_status> statuses;
  bench.simulation.stimulus("accesses", [&] {
    bench.edge(6);
    statuses.push_back(bench.write(0, 1));
    std::uint32_t value = 0;
    statuses.push_back(bench.read(0, value));
  });
  bench.run([&] {
    bench.edge(6);
    CHECK(bench.pins.awvalid.read());
    bench.rst_n.write(false);
    bench.edge(2);
    CHECK(statuses.size() == 1);
    bench.edge();
    CHECK_FALSE(bench.pins.awvalid.read());
    CHECK_FALSE(bench.pins.wvalid.read());
    CHECK_FALSE(bench.pins.arvalid.read());
    CHECK(bench.master.outstanding() == 1);
    bench.rst_n.write(true);
    bench.pins.arready.write(true);
    bench.edge(3);
    bench.pins.arready.write(false);
    bench.pins.rvalid.write(true);
    bench.edge();
    bench.pins.rvalid.write(false);
  });
  CHECK(statuses == std::vector{tlm::TLM_GENERIC_ERROR_RESPONSE, tlm::TLM_OK_RESPONSE});
}

TEST_CASE("AxiLiteToTlm: a response of before a reset is not heard after it") {
  Bench<ScriptedTarget> bench({}, {});
  unsigned calls = 0;
  bench.target.on_b_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    const std::uint32_t value = ++calls;
    if (calls == 1) sc_core::wait(bench.period * 20);
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), &value, 4);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  std::vector<tlm::tlm_response_status> statuses;
  std::uint32_t first = 0, second = 0;
  bench.simulation.stimulus("accesses", [&] {
    bench.edge(6);
    statuses.push_back(bench.read(0, first));
    statuses.push_back(bench.read(4, second));
  });
  bench.run([&] {
    bench.edge(6);
    bench.pulse_reset();
    CHECK_FALSE(bench.pins.rvalid.read());
    bench.edge(20);
  });
  CHECK(statuses == std::vector{tlm::TLM_GENERIC_ERROR_RESPONSE, tlm::TLM_OK_RESPONSE});
  CHECK(first == 0);
  CHECK(second == 2);
}

TEST_CASE("an address width that no 32-bit pin has is refused") {
  CHECK_THROWS_AS(AxiLitePins("a", 1), irc::InputError);
  CHECK_THROWS_AS(AxiLitePins("b", 33), irc::InputError);
  CHECK_NOTHROW(AxiLitePins("c", 32));
}
