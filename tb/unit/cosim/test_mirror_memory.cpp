// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>
#include "support/catch.h"

#include "irc/cosim/mirror_memory.h"
#include "irc/model/at_initiator.h"
#include "support/malformed.h"
#include "support/simulation_guard.h"

using namespace irc;

namespace {

/// A mirror memory, an initiator, and what stands for the RTL: it answers each request 5 ns later.
struct Bench : sc_core::sc_module {
  explicit Bench(sc_core::sc_module_name name)
      : sc_module(name), initiator("initiator"), memory("memory", 64, [this](const auto& request) {
          write = request.write;
          ++requests;
          answer.notify(sc_core::sc_time(5, sc_core::SC_NS));
        }) {
    initiator.socket.bind(memory.socket);
    SC_HAS_PROCESS(Bench);
    SC_METHOD(respond);
    sensitive << answer;
    dont_initialize();
  }
  void respond() { memory.respond(write); }

  tlm::tlm_response_status transport(tlm::tlm_command command, std::uint32_t& word,
                                     const std::function<void(tlm::tlm_generic_payload&)>& change) {
    auto* payload = initiator.payloads.allocate();
    model::set_access(*payload, command, 16, &word, 4);
    payload->set_response_status(tlm::TLM_OK_RESPONSE);
    change(*payload);
    initiator.transport(*payload);
    const auto status = payload->get_response_status();
    payload->release();
    return status;
  }

  model::AtInitiator initiator;
  cosim::MirrorMemory memory;
  sc_core::sc_event answer;
  bool write = false;
  unsigned requests = 0;
};

}  // namespace

TEST_CASE("a mirror memory refuses malformed payloads and does not pass them on") {
  tb::SimulationGuard guard;
  Bench bench("bench");
  guard.stimulus("host", [&] {
    for (const auto& bad : tb::malformed_payloads())
      for (const auto command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND}) {
        INFO(bad.name << ", command " << command);
        std::uint32_t word = 0x55667788;
        const auto before = bench.requests;
        CHECK(bench.transport(command, word, bad.spoil) == bad.expected);
        CHECK(word == 0x55667788);
        CHECK(bench.memory.bytes() == std::vector<std::uint8_t>(64));
        // Only the RTL knows how long a wrong address takes.
        CHECK(bench.requests - before == (bad.expected == tlm::TLM_ADDRESS_ERROR_RESPONSE ? 1 : 0));
      }
  });
  guard.run(sc_core::sc_time(1, sc_core::SC_MS));
}

TEST_CASE("a mirror memory moves the enabled bytes") {
  tb::SimulationGuard guard;
  Bench bench("bench");
  guard.stimulus("host", [&] {
    for (const auto& payload : tb::harmless_payloads()) {
      INFO(payload.name);
      std::uint32_t word = 0x01020304, read = 0;
      CHECK(bench.transport(tlm::TLM_WRITE_COMMAND, word, payload.spoil) == tlm::TLM_OK_RESPONSE);
      CHECK(bench.transport(tlm::TLM_READ_COMMAND, read, payload.spoil) == tlm::TLM_OK_RESPONSE);
      CHECK(read == (std::string(payload.name).find("ignore") == 0 ? 0 : 0x01020304));
    }
    const auto odd = [](auto& p) { tb::set_enables(p, {0, 255, 0, 0, 0, 0, 0, 0}, 2); };
    std::uint32_t word = 0xaabbccdd, read = 0;
    CHECK(bench.transport(tlm::TLM_WRITE_COMMAND, word, odd) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.transport(tlm::TLM_READ_COMMAND, read, [](auto&) {}) == tlm::TLM_OK_RESPONSE);
    CHECK(read == 0xaa02cc04);
  });
  guard.run(sc_core::sc_time(1, sc_core::SC_MS));
}
