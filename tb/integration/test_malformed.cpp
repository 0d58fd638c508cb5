// SPDX-License-Identifier: Apache-2.0
// Every target of a platform gets every malformed payload, by every transport.
#include <memory>
#include "support/catch.h"

#include "foreign_host.h"
#include "irc/model/interconnect.h"
#include "support/malformed.h"
#include "support/simulation_guard.h"

using namespace irc;
namespace csr = model::csr;

namespace {

constexpr std::uint64_t window = 0x10000;

/// Each target twice: behind a socket of its own, and behind an interconnect.
struct Targets : sc_core::sc_module {
  explicit Targets(sc_core::sc_module_name name)
      : sc_module(name),
        direct("direct", "at"),
        behind("behind", "at"),
        bus("bus", 1, 3,
            {{0, 1 << 16, 0, "memory"}, {window, csr::window_bytes, 1, "csr"}, {2 * window, 64, 2, "buffer"}},
            {direct.clock, 2}),
        lone_memory("lone_memory", 64, {direct.clock, 7, 16}),
        memory("memory_host"),
        registers("csr_host"),
        data("data_host"),
        over_bus("bus_host") {
    memory.socket.bind(lone_memory.socket);
    registers.socket.bind(direct.accelerator.csr_socket);
    data.socket.bind(direct.accelerator.data_socket);
    over_bus.socket.bind(bus.from_initiator[0]);
    bus.to_target[0].bind(behind_memory.socket);
    bus.to_target[1].bind(behind.accelerator.csr_socket);
    bus.to_target[2].bind(behind.accelerator.data_socket);
  }

  tb::Device direct, behind;
  model::Interconnect bus;
  model::SystemMemory lone_memory, behind_memory{"behind_memory", 64, {direct.clock, 7, 16}};
  model::AtInitiator memory, registers, data, over_bus;
};

struct Place {
  const char* name;
  model::AtInitiator* port;
  std::uint64_t address;
};

std::vector<Place> places(Targets& targets) {
  return {{"memory", &targets.memory, 16},
          {"registers", &targets.registers, csr::program_low},
          {"data port", &targets.data, 16},
          {"memory behind a bus", &targets.over_bus, 16},
          {"registers behind a bus", &targets.over_bus, window + csr::program_low},
          {"data port behind a bus", &targets.over_bus, 2 * window + 16}};
}

using Spoil = std::function<void(tlm::tlm_generic_payload&)>;

tlm::tlm_response_status blocking(const Place& place, tlm::tlm_command command, std::uint32_t& word,
                                  const Spoil& spoil) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, command, place.address, &word, 4);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);  // a target must not rely on what it finds
  spoil(payload);
  sc_core::sc_time delay(3, sc_core::SC_NS);
  place.port->socket->b_transport(payload, delay);
  if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
  return payload.get_response_status();
}

tlm::tlm_response_status non_blocking(const Place& place, tlm::tlm_command command, std::uint32_t& word,
                                      const Spoil& spoil) {
  auto* payload = place.port->payloads.allocate();
  model::set_access(*payload, command, place.address, &word, 4);
  payload->set_response_status(tlm::TLM_OK_RESPONSE);
  spoil(*payload);
  place.port->transport(*payload);
  const auto status = payload->get_response_status();
  payload->release();
  return status;
}

/// Debug access of 4 bytes; returns the number moved.
unsigned debug(const Place& place, tlm::tlm_command command, std::uint32_t& word, const Spoil& spoil) {
  tlm::tlm_generic_payload payload;
  model::set_access(payload, command, place.address, &word, 4);
  spoil(payload);
  return place.port->socket->transport_dbg(payload);
}

std::uint32_t content(const Place& place) {
  std::uint32_t word = 0;
  CHECK(debug(place, tlm::TLM_READ_COMMAND, word, [](auto&) {}) == 4);
  return word;
}

using Transport = tlm::tlm_response_status (*)(const Place&, tlm::tlm_command, std::uint32_t&, const Spoil&);

void run_on_all(const std::function<void(Targets&, const Place&, Transport)>& body) {
  tb::SimulationGuard guard;
  Targets targets("targets");
  guard.stimulus("host", [&] {
    for (const auto& place : places(targets))
      for (const Transport transport : {&blocking, &non_blocking}) {
        INFO(place.name << (transport == &blocking ? ", blocking" : ", non-blocking"));
        body(targets, place, transport);
      }
  });
  guard.run(sc_core::sc_time(10, sc_core::SC_SEC));
}

}  // namespace

TEST_CASE("every target refuses every malformed payload by its name and stays as it was") {
  run_on_all([](Targets&, const Place& place, Transport transport) {
    std::uint32_t good = 0x11223344;
    CHECK(transport(place, tlm::TLM_WRITE_COMMAND, good, [](auto&) {}) == tlm::TLM_OK_RESPONSE);
    for (const auto& bad : tb::malformed_payloads())
      for (const auto command : {tlm::TLM_WRITE_COMMAND, tlm::TLM_READ_COMMAND}) {
        INFO(bad.name << ", command " << command);
        std::uint32_t word = 0x55667788;
        CHECK(transport(place, command, word, bad.spoil) == bad.expected);
        CHECK(word == 0x55667788);
        CHECK(content(place) == 0x11223344);
      }
  });
}

TEST_CASE("every target takes all bytes enabled, and answers a payload that asks for nothing") {
  run_on_all([](Targets&, const Place& place, Transport transport) {
    std::uint32_t value = 1;
    for (const auto& payload : tb::harmless_payloads()) {
      INFO(payload.name);
      std::uint32_t word = ++value;
      const auto before = content(place);
      CHECK(transport(place, tlm::TLM_WRITE_COMMAND, word, payload.spoil) == tlm::TLM_OK_RESPONSE);
      tlm::tlm_generic_payload what;
      payload.spoil(what);
      const bool asks = std::string(payload.name).find("ignore") == std::string::npos;
      CHECK(content(place) == (asks ? value : before));
      std::uint32_t read = 0;
      CHECK(transport(place, tlm::TLM_READ_COMMAND, read, payload.spoil) == tlm::TLM_OK_RESPONSE);
      CHECK(read == (asks ? value : 0));
    }
  });
}

TEST_CASE("memories write the enabled bytes only, registers refuse a part of a word") {
  run_on_all([](Targets&, const Place& place, Transport transport) {
    const bool registers = std::string(place.name).find("registers") == 0;
    for (const unsigned length : {2u, 4u}) {
      const auto odd = [&](auto& p) { tb::set_enables(p, {0, 255, 0, 255, 0, 0, 0, 0}, length); };
      std::uint32_t word = 0, read = 0x01020304;
      CHECK(transport(place, tlm::TLM_WRITE_COMMAND, word, [](auto&) {}) == tlm::TLM_OK_RESPONSE);
      word = 0xaabbccdd;
      const auto expected = registers ? tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
      CHECK(transport(place, tlm::TLM_WRITE_COMMAND, word, odd) == expected);
      CHECK(content(place) == (registers ? 0 : 0xaa00cc00));
      CHECK(transport(place, tlm::TLM_READ_COMMAND, read, odd) == expected);
      CHECK(read == (registers ? 0x01020304 : 0xaa02cc04));
    }
  });
}

TEST_CASE("addresses and lengths beyond the target are refused, however large") {
  run_on_all([](Targets& targets, const Place& place, Transport transport) {
    const bool registers = std::string(place.name).find("registers") == 0;
    const bool bus = place.port == &targets.over_bus;
    const auto longest = std::numeric_limits<unsigned>::max();
    std::uint32_t word = 7;
    const auto huge = [&](auto& p) {
      p.set_data_length(longest);
      p.set_streaming_width(longest);
    };
    CHECK(transport(place, tlm::TLM_READ_COMMAND, word, huge) ==
          (registers && !bus ? tlm::TLM_BURST_ERROR_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE));
    if (registers) {
      for (const unsigned off : {1u, 2u, 3u})
        CHECK(transport(place, tlm::TLM_WRITE_COMMAND, word, [&](auto& p) {
                p.set_address(place.address + off);
              }) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
      for (const unsigned length : {1u, 2u, 3u, 8u}) {
        std::uint32_t words[2] = {1, 2};
        CHECK(transport(place, tlm::TLM_WRITE_COMMAND, words[0], [&](auto& p) {
                p.set_data_length(length);
                p.set_streaming_width(length);
              }) == tlm::TLM_BURST_ERROR_RESPONSE);
      }
    }
    CHECK(word == 7);
    const auto none = [](auto&) {};
    const auto no_pointer = [](auto& p) { p.set_data_ptr(nullptr); };
    const auto undefined = [](auto& p) { p.set_command(static_cast<tlm::tlm_command>(3)); };
    const auto empty = [](auto& p) { p.set_data_length(0); };
    const auto wraps = [](auto& p) { p.set_address(std::numeric_limits<std::uint64_t>::max() - 1); };
    for (const auto command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND, tlm::TLM_IGNORE_COMMAND}) {
      CHECK(debug(place, command, word, no_pointer) == 0);
      CHECK(debug(place, command, word, undefined) == 0);
      CHECK(debug(place, command, word, empty) == 0);
      CHECK(debug(place, command, word, wraps) == 0);
    }
    CHECK(debug(place, tlm::TLM_IGNORE_COMMAND, word, none) == 0);
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi dmi;
    wraps(payload);
    CHECK_FALSE(place.port->socket->get_direct_mem_ptr(payload, dmi));
    CHECK(dmi.get_dmi_ptr() == nullptr);
  });
}
