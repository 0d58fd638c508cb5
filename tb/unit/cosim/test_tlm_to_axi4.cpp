// SPDX-License-Identifier: Apache-2.0
// Tests payloads, responses, times and reset of the transactor from TLM to AXI4. The test is the slave.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>
#include "support/catch.h"

#include "irc/cosim/axi4_checker.h"
#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/tlm_to_axi4.h"
#include "irc/model/at_initiator.h"
#include "irc/model/protocol_checker.h"
#include "pin_bench.h"
#include "support/at_initiator.h"
#include "support/malformed.h"

namespace {

using irc::cosim::Axi4Checker;
using irc::cosim::Axi4Pins;
using irc::cosim::TlmToAxi4;
using irc::model::ProtocolChecker;
using irc::tb::AtInitiator;
using irc::tb::AtRecord;
using irc::tb::AtRequest;
using sc_core::SC_ZERO_TIME;

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
