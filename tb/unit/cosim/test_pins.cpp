// SPDX-License-Identifier: Apache-2.0
// Tests types of pins, their bytes and lanes, arithmetic of bursts, and the binding of modules.
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_lite_pins.h"
#include "irc/cosim/back_pressure.h"
#include "pin_bench.h"

namespace {

using namespace irc::cosim;

static_assert(std::is_same_v<PinVector<1>, bool>);
static_assert(std::is_same_v<PinVector<2>, std::uint32_t>);
static_assert(std::is_same_v<PinVector<32>, std::uint32_t>);
static_assert(std::is_same_v<PinVector<33>, std::uint64_t>);
static_assert(std::is_same_v<PinVector<64>, std::uint64_t>);
static_assert(std::is_same_v<PinVector<65>, sc_dt::sc_bv<65>>);

template <int BusBytes>
void check_conversions() {
  std::uint8_t bytes[BusBytes], back[BusBytes];
  LaneMask lanes;
  for (int i = 0; i < BusBytes; ++i) {
    bytes[i] = static_cast<std::uint8_t>(0x81 + 5 * i);
    lanes[static_cast<std::size_t>(i)] = i % 3 == 0 || i == BusBytes - 1;
  }
  const auto pin = bytes_to_pin<8 * BusBytes>(bytes);
  pin_to_bytes<8 * BusBytes>(pin, back);
  CHECK(std::equal(bytes, bytes + BusBytes, back));
  CHECK(pin_to_lanes<BusBytes>(lanes_to_pin<BusBytes>(lanes)) == lanes);
  LaneMask all;
  all.set();
  CHECK(pin_to_lanes<BusBytes>(lanes_to_pin<BusBytes>(all)).count() == BusBytes);
  if constexpr (8 * BusBytes > 64)
    CHECK(pin.range(8 * BusBytes - 1, 8 * BusBytes - 8).to_uint() == bytes[BusBytes - 1]);
  else
    CHECK(static_cast<std::uint8_t>(pin >> (8 * BusBytes - 8)) == bytes[BusBytes - 1]);
}

// Ports like those of a Verilated module.
template <int BusBytes>
struct Ported : sc_core::sc_module {
  template <int Width>
  using In = sc_core::sc_in<PinVector<Width>>;
  template <int Width>
  using Out = sc_core::sc_out<PinVector<Width>>;

  explicit Ported(sc_core::sc_module_name name) : sc_core::sc_module(name) {}

  In<12> s_axil_awaddr, s_axil_araddr;
  In<3> s_axil_awprot, s_axil_arprot;
  In<32> s_axil_wdata;
  In<4> s_axil_wstrb;
  In<1> s_axil_awvalid, s_axil_wvalid, s_axil_bready, s_axil_arvalid, s_axil_rready;
  Out<1> s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_arready, s_axil_rvalid;
  Out<2> s_axil_bresp, s_axil_rresp;
  Out<32> s_axil_rdata;

  Out<4> m_axi_awid, m_axi_arid;
  Out<64> m_axi_awaddr, m_axi_araddr;
  Out<8> m_axi_awlen, m_axi_arlen;
  Out<3> m_axi_awsize, m_axi_arsize;
  Out<2> m_axi_awburst, m_axi_arburst;
  Out<8 * BusBytes> m_axi_wdata;
  Out<BusBytes> m_axi_wstrb;
  Out<1> m_axi_awvalid, m_axi_wlast, m_axi_wvalid, m_axi_bready, m_axi_arvalid, m_axi_rready;
  In<1> m_axi_awready, m_axi_wready, m_axi_bvalid, m_axi_arready, m_axi_rlast, m_axi_rvalid;
  In<4> m_axi_bid, m_axi_rid;
  In<2> m_axi_bresp, m_axi_rresp;
  In<8 * BusBytes> m_axi_rdata;
};

}  // namespace

TEST_CASE("bytes and lanes go to pins of every width and back") {
  check_conversions<4>();
  check_conversions<8>();
  check_conversions<16>();
  check_conversions<32>();
  check_conversions<64>();
  check_conversions<128>();
}

TEST_CASE("a module's ports bind to the bundles") {
  irc::tb::ClockBench bench;
  AxiLitePins registers;
  Axi4Pins<16> bus;
  Ported<16> module("module");
  bind_s_axil(module, registers);
  bind_m_axi(module, bus);
  CHECK(std::string(registers.rresp.name()) == "s_axil_rresp");
  CHECK(std::string(bus.wdata.name()) == "m_axi_wdata");
  bench.run([&] {
    module.m_axi_awaddr.write(0x1234);
    module.m_axi_awlen.write(7);
    module.m_axi_awsize.write(4);
    module.m_axi_awburst.write(1);
    module.m_axi_awid.write(9);
    registers.araddr.write(0x2c);
    bench.edge();
    const AxiBurst burst = bus.read_aw();
    CHECK(burst.address == 0x1234);
    CHECK(burst.beats() == 8);
    CHECK(burst.size == 4);
    CHECK(burst.type == AxiBurstType::incr);
    CHECK(burst.id == 9);
    CHECK(module.s_axil_araddr.read() == 0x2c);
  });
}

TEST_CASE("addresses and lanes of beats") {
  const AxiBurst incr{0x1003, 3, 2, AxiBurstType::incr, 0};
  CHECK(incr.beat_address(0) == 0x1003);
  CHECK(incr.beat_address(1) == 0x1004);
  CHECK(incr.bytes_in_beat(0) == 1);
  CHECK(incr.bytes_in_beat(1) == 4);
  CHECK(incr.lanes(0, 8) == LaneMask(0x08));
  CHECK(incr.lanes(1, 8) == LaneMask(0xf0));
  CHECK(incr.lanes(2, 8) == LaneMask(0x0f));
  const AxiBurst wrap{0x1018, 3, 3, AxiBurstType::wrap, 0};
  CHECK(wrap.wrap_boundary() == 0x1000);
  CHECK(wrap.beat_address(0) == 0x1018);
  CHECK(wrap.beat_address(1) == 0x1000);
  CHECK(wrap.beat_address(3) == 0x1010);
  const AxiBurst fixed{0x1005, 3, 1, AxiBurstType::fixed, 0};
  CHECK(fixed.beat_address(3) == 0x1005);
  CHECK(fixed.bytes_in_beat(3) == 1);
  CHECK(fixed.lanes(3, 8) == LaneMask(0x20));
}

TEST_CASE("responses and statuses") {
  CHECK(worse(AxiResponse::okay, AxiResponse::slverr) == AxiResponse::slverr);
  CHECK(worse(AxiResponse::decerr, AxiResponse::slverr) == AxiResponse::decerr);
  CHECK(to_tlm(AxiResponse::okay) == tlm::TLM_OK_RESPONSE);
  CHECK(to_tlm(AxiResponse::exokay) == tlm::TLM_GENERIC_ERROR_RESPONSE);
  CHECK(to_tlm(AxiResponse::slverr) == tlm::TLM_GENERIC_ERROR_RESPONSE);
  CHECK(to_tlm(AxiResponse::decerr) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
  CHECK(to_axi(tlm::TLM_OK_RESPONSE, AxiResponse::decerr) == AxiResponse::okay);
  CHECK(to_axi(tlm::TLM_ADDRESS_ERROR_RESPONSE, AxiResponse::decerr) == AxiResponse::decerr);
  CHECK(to_axi(tlm::TLM_ADDRESS_ERROR_RESPONSE, AxiResponse::slverr) == AxiResponse::slverr);
  for (const auto status :
       {tlm::TLM_INCOMPLETE_RESPONSE, tlm::TLM_GENERIC_ERROR_RESPONSE, tlm::TLM_COMMAND_ERROR_RESPONSE,
        tlm::TLM_BURST_ERROR_RESPONSE, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE})
    CHECK(to_axi(status, AxiResponse::decerr) == AxiResponse::slverr);
  CHECK(text(AxiResponse::slverr) == "SLVERR");
}

TEST_CASE("stalls come as often as asked, are the same for a seed, and never for certain") {
  const auto share = [](const BackPressure& back_pressure) {
    StallSource stalls(back_pressure);
    unsigned count = 0;
    for (int i = 0; i < 4000; ++i) {
      stalls.next_cycle();
      for (const AxiChannel channel :
           {AxiChannel::aw, AxiChannel::w, AxiChannel::b, AxiChannel::ar, AxiChannel::r})
        count += stalls.stalled(channel) ? 1 : 0;
    }
    return count / 20000.0;
  };
  CHECK(share({0, 1}) == 0);
  CHECK(share({0.3, 1}) == Approx(0.3).margin(0.02));
  CHECK(share({0.3, 1}) == share({0.3, 1}));
  CHECK(share({0.3, 1}) != share({0.3, 2}));
  CHECK(share({0.99999, 1}) < 1);
  CHECK_THROWS_AS(StallSource({1.0, 0}), irc::InputError);
  CHECK_THROWS_AS(StallSource({-0.1, 0}), irc::InputError);
}
