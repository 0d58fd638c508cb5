// SPDX-License-Identifier: Apache-2.0
// Tests the windows of the interconnect: which maps are accepted, and how addresses of accesses, of debug
// transport and of DMI are translated.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>
#include "support/catch.h"

#include "interconnect_bench.h"
#include "irc/core/error.h"
#include "irc/model/address_map.h"
#include "irc/model/interconnect.h"
#include "support/at_initiator.h"

namespace {

using Bench = irc::tb::InterconnectBench;
using irc::model::AddressMap;
using irc::model::AddressRegion;
using irc::model::Interconnect;
using irc::model::InterconnectTiming;
using irc::tb::AtRequest;
using irc::tb::base_a;
using irc::tb::base_b;
using irc::tb::Bytes;
using irc::tb::ns;
using irc::tb::two_windows;
using irc::tb::window;
using sc_core::SC_MS;
using sc_core::sc_time;

}  // namespace

TEST_CASE("the address map finds windows by their first and last byte") {
  const AddressMap map(two_windows(), 2);
  CHECK(map.find(base_a - 1) == nullptr);
  REQUIRE(map.find(base_a) != nullptr);
  CHECK(map.find(base_a)->name == "a");
  CHECK(map.find(base_a + window - 1)->target == 0);
  CHECK(map.find(base_a + window) == nullptr);
  CHECK(map.find(base_b)->target == 1);
  CHECK(map.find(base_b + window - 8, 8) != nullptr);
  CHECK(map.find(base_b + window - 8, 9) == nullptr);
  CHECK(map.find(~std::uint64_t{0}) == nullptr);
  const AddressMap all({{0, ~std::uint64_t{0}, 0, "nearly all"}}, 1);
  CHECK(all.find(5, ~std::uint64_t{0}) == nullptr);
  CHECK(all.find(~std::uint64_t{0} - 1) != nullptr);
}

TEST_CASE("a wrong address map is refused by name") {
  const auto message = [](std::vector<AddressRegion> regions) {
    try {
      AddressMap map(std::move(regions), 2);
    } catch (const irc::InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message({{0, 16, 0, "low"}, {16, 16, 1, "high"}}).empty());
  CHECK_THAT(message({{0, 17, 0, "low"}, {16, 16, 1, "high"}}),
             Catch::Matchers::ContainsSubstring("\"high\"") &&
                 Catch::Matchers::ContainsSubstring("overlaps \"low\""));
  CHECK_THAT(message({{0, 16, 0, "same"}, {0, 16, 1, "again"}}),
             Catch::Matchers::ContainsSubstring("overlaps"));
  CHECK_THAT(message({{0, 0, 0, "none"}}), Catch::Matchers::ContainsSubstring("empty"));
  CHECK_THAT(message({{0, 16, 2, "nowhere"}}), Catch::Matchers::ContainsSubstring("index below 2"));
  CHECK_THAT(message({{~std::uint64_t{0}, 2, 0, "past"}}), Catch::Matchers::ContainsSubstring("2^64"));
  CHECK(message({{~std::uint64_t{0}, 1, 0, "top"}}).empty());
}

TEST_CASE("a wrong interconnect is refused") {
  CHECK_THROWS_AS(Interconnect("none", 0, 1, {}, InterconnectTiming{ns(1), 0}), irc::InputError);
  CHECK_THROWS_AS(Interconnect("nowhere", 1, 0, {}, InterconnectTiming{ns(1), 0}), irc::InputError);
  CHECK_THROWS_AS(Interconnect("clockless", 1, 1, {}, InterconnectTiming{sc_core::SC_ZERO_TIME, 0}),
                  irc::InputError);
  CHECK_THROWS_AS(
      Interconnect("overlap", 1, 1, {{0, 9, 0, "x"}, {8, 8, 0, "y"}}, InterconnectTiming{ns(1), 0}),
      irc::InputError);
}

TEST_CASE("an address outside every window, or a burst across its end, is an address error") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    auto& initiator = bench.initiator(0);
    const auto& nowhere = initiator.wait_for(initiator.read(0, 8));
    CHECK(nowhere.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(nowhere.begin_resp == ns(6));
    CHECK(initiator.wait_for(initiator.read(base_a + window - 4, 4)).status == tlm::TLM_OK_RESPONSE);
    CHECK(initiator.wait_for(initiator.read(base_a + window - 4, 5)).status ==
          tlm::TLM_ADDRESS_ERROR_RESPONSE);
    // An error in the burst itself is left for the target to report.
    AtRequest streaming;
    streaming.address = base_a;
    streaming.data.assign(8, 0);
    streaming.streaming_width = 4;
    CHECK(initiator.wait_for(initiator.issue(streaming)).status == tlm::TLM_BURST_ERROR_RESPONSE);
  });
  bench.simulation.run(sc_time(1, SC_MS));
  CHECK(bench.initiator(0).outstanding() == 0);
}

TEST_CASE("debug transport is translated, cut at the window and leaves the payload as it was") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    Bytes data(16, 0x21);
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(base_b + window - 8);
    payload.set_data_ptr(data.data());
    payload.set_data_length(16);
    CHECK(bench.initiator(1).socket->transport_dbg(payload) == 8);
    CHECK(payload.get_address() == base_b + window - 8);
    CHECK(payload.get_data_length() == 16);
    Bytes there(8);
    bench.memory_b.dump(window - 8, there.data(), 8);
    CHECK(there == Bytes(8, 0x21));
    payload.set_address(1);
    CHECK(bench.initiator(1).socket->transport_dbg(payload) == 0);
  });
  bench.simulation.run(sc_time(1, SC_MS));
}

TEST_CASE("DMI ranges and invalidations are translated") {
  Bench bench;
  bench.simulation.stimulus("stimulus", [&] {
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi dmi;
    payload.set_address(base_b + 0x123);
    REQUIRE(bench.initiator(0).socket->get_direct_mem_ptr(payload, dmi));
    CHECK(payload.get_address() == base_b + 0x123);
    CHECK(dmi.get_start_address() == base_b);
    CHECK(dmi.get_end_address() == base_b + window - 1);
    CHECK(dmi.get_read_latency() == ns(2 * (3 + 5 + 1)));
    dmi.get_dmi_ptr()[0x123] = 0x99;
    unsigned char there = 0;
    bench.memory_b.dump(0x123, &there, 1);
    CHECK(there == 0x99);
    payload.set_address(2);
    CHECK_FALSE(bench.initiator(0).socket->get_direct_mem_ptr(payload, dmi));
    CHECK(dmi.get_start_address() == 2);

    bench.memory_b.set_dmi_allowed(false);
    for (std::size_t i = 0; i < 2; ++i) {
      REQUIRE(bench.initiator(i).invalidated.size() == 1);
      CHECK(bench.initiator(i).invalidated[0] ==
            std::pair<std::uint64_t, std::uint64_t>(base_b, base_b + window - 1));
    }
  });
  bench.simulation.run(sc_time(1, SC_MS));
}
