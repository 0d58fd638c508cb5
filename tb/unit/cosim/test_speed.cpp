// SPDX-License-Identifier: Apache-2.0
// Measures how many cycles per second the pin level simulates. Run it by name ("[speed]").
#include <chrono>
#include <iostream>
#include "support/catch.h"

#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi_lite_checker.h"
#include "irc/cosim/axi_memory.h"
#include "irc/cosim/tlm_to_axi4.h"
#include "irc/cosim/tlm_to_axi_lite.h"
#include "irc/model/at_initiator.h"
#include "pin_bench.h"
#include "support/scripted.h"

TEST_CASE("cycles per second of an idle and of a busy bus", "[.speed]") {
  using Clock = std::chrono::steady_clock;
  irc::tb::ClockBench bench;
  irc::cosim::Axi4Pins<16> pins;
  irc::cosim::AxiLitePins lite_pins;
  irc::cosim::AxiMemory memory("memory", pins, 1 << 20, {2, 20});
  irc::cosim::Axi4Checker checker("checker", pins);
  irc::cosim::AxiLiteChecker lite_checker("lite_checker", lite_pins);
  irc::cosim::TlmToAxi4 master("master", pins);
  irc::cosim::TlmToAxiLite lite_master("lite_master", lite_pins);
  irc::tb::ScriptedInitiator initiator("initiator"), lite_initiator("lite_initiator");
  bind_clock(memory, bench);
  bind_clock(checker, bench);
  bind_clock(lite_checker, bench);
  bind_clock(master, bench);
  bind_clock(lite_master, bench);
  initiator.socket.bind(master.socket);
  lite_initiator.socket.bind(lite_master.socket);
  const auto report = [](const char* what, std::uint64_t cycles, Clock::time_point from) {
    const double seconds = std::chrono::duration<double>(Clock::now() - from).count();
    std::cout << what << ": " << static_cast<double>(cycles) / seconds / 1e3 << " k cycles/s\n";
  };
  bench.run(
      [&] {
        auto from = Clock::now();
        sc_core::wait(bench.period * 1000000);
        report("idle", 1000000, from);
        std::vector<unsigned char> bytes(4096);
        from = Clock::now();
        const std::uint64_t first = bench.cycle();
        for (int i = 0; i < 500; ++i) {
          tlm::tlm_generic_payload payload;
          irc::model::set_access(payload, i % 2 == 0 ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, 0,
                                 bytes.data(), bytes.size());
          sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
          initiator.socket->b_transport(payload, delay);
        }
        report("busy", bench.cycle() - first, from);
      },
      sc_core::sc_time(1, sc_core::SC_SEC));
}
