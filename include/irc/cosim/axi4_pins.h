// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "irc/cosim/axi_burst.h"
#include "irc/cosim/pin_bytes.h"

namespace irc::cosim {

/// The signals of an AXI4 interface (AMBA AXI, IHI 0022, A2) with 64 address bits and 4 id bits, less those
/// whose type depends on the width of the data bus; these are reached by the byte. So masters, slaves and
/// checkers are no templates. `Axi4Pins` is the whole.
///
/// Lock, cache, protection, QoS, region and user signals are left out: normal accesses without exclusivity.
class Axi4PinsBase {
 public:
  Axi4PinsBase(const Axi4PinsBase&) = delete;
  Axi4PinsBase& operator=(const Axi4PinsBase&) = delete;
  virtual ~Axi4PinsBase() = default;

  const unsigned bus_bytes;  ///< bytes per full beat

  sc_core::sc_signal<PinVector<4>> awid;
  sc_core::sc_signal<PinVector<64>> awaddr;
  sc_core::sc_signal<PinVector<8>> awlen;
  sc_core::sc_signal<PinVector<3>> awsize;
  sc_core::sc_signal<PinVector<2>> awburst;
  sc_core::sc_signal<bool> awvalid, awready;
  sc_core::sc_signal<bool> wlast, wvalid, wready;
  sc_core::sc_signal<PinVector<4>> bid;
  sc_core::sc_signal<PinVector<2>> bresp;
  sc_core::sc_signal<bool> bvalid, bready;
  sc_core::sc_signal<PinVector<4>> arid;
  sc_core::sc_signal<PinVector<64>> araddr;
  sc_core::sc_signal<PinVector<8>> arlen;
  sc_core::sc_signal<PinVector<3>> arsize;
  sc_core::sc_signal<PinVector<2>> arburst;
  sc_core::sc_signal<bool> arvalid, arready;
  sc_core::sc_signal<PinVector<4>> rid;
  sc_core::sc_signal<PinVector<2>> rresp;
  sc_core::sc_signal<bool> rlast, rvalid, rready;

  /// WDATA and WSTRB, RDATA: `bus_bytes` bytes, byte i on lane i.
  virtual void write_wdata(const std::uint8_t* bytes, const LaneMask& strobes) = 0;
  virtual void read_wdata(std::uint8_t* bytes) const = 0;
  virtual LaneMask read_wstrb() const = 0;
  virtual void write_rdata(const std::uint8_t* bytes) = 0;
  virtual void read_rdata(std::uint8_t* bytes) const = 0;

  /// All signals of an address channel but the handshake.
  void write_aw(const AxiBurst& burst);
  void write_ar(const AxiBurst& burst);
  AxiBurst read_aw() const;
  AxiBurst read_ar() const;

 protected:
  Axi4PinsBase(const std::string& prefix, unsigned bytes);
};

/// AXI4 signals with a data bus of `BusBytes`, a power of two from 4 to 128. Signal s is named `<prefix>_s`;
/// all types are those of a Verilated module's ports.
template <int BusBytes>
struct Axi4Pins : Axi4PinsBase {
  static_assert(BusBytes >= 4 && BusBytes <= 128 && (BusBytes & (BusBytes - 1)) == 0);

  explicit Axi4Pins(const std::string& prefix = "m_axi")
      : Axi4PinsBase(prefix, BusBytes),
        wdata((prefix + "_wdata").c_str()),
        wstrb((prefix + "_wstrb").c_str()),
        rdata((prefix + "_rdata").c_str()) {}

  sc_core::sc_signal<PinVector<8 * BusBytes>> wdata;
  sc_core::sc_signal<PinVector<BusBytes>> wstrb;
  sc_core::sc_signal<PinVector<8 * BusBytes>> rdata;

  void write_wdata(const std::uint8_t* bytes, const LaneMask& strobes) override {
    wdata.write(bytes_to_pin<8 * BusBytes>(bytes));
    wstrb.write(lanes_to_pin<BusBytes>(strobes));
  }
  void read_wdata(std::uint8_t* bytes) const override { pin_to_bytes<8 * BusBytes>(wdata.read(), bytes); }
  LaneMask read_wstrb() const override { return pin_to_lanes<BusBytes>(wstrb.read()); }
  void write_rdata(const std::uint8_t* bytes) override { rdata.write(bytes_to_pin<8 * BusBytes>(bytes)); }
  void read_rdata(std::uint8_t* bytes) const override { pin_to_bytes<8 * BusBytes>(rdata.read(), bytes); }
};

/// Binds the `m_axi_*` ports of `module`, for instance a Verilated class, to `pins`.
template <typename Module, int BusBytes>
void bind_m_axi(Module& module, Axi4Pins<BusBytes>& pins) {
  module.m_axi_awid(pins.awid);
  module.m_axi_awaddr(pins.awaddr);
  module.m_axi_awlen(pins.awlen);
  module.m_axi_awsize(pins.awsize);
  module.m_axi_awburst(pins.awburst);
  module.m_axi_awvalid(pins.awvalid);
  module.m_axi_awready(pins.awready);
  module.m_axi_wdata(pins.wdata);
  module.m_axi_wstrb(pins.wstrb);
  module.m_axi_wlast(pins.wlast);
  module.m_axi_wvalid(pins.wvalid);
  module.m_axi_wready(pins.wready);
  module.m_axi_bid(pins.bid);
  module.m_axi_bresp(pins.bresp);
  module.m_axi_bvalid(pins.bvalid);
  module.m_axi_bready(pins.bready);
  module.m_axi_arid(pins.arid);
  module.m_axi_araddr(pins.araddr);
  module.m_axi_arlen(pins.arlen);
  module.m_axi_arsize(pins.arsize);
  module.m_axi_arburst(pins.arburst);
  module.m_axi_arvalid(pins.arvalid);
  module.m_axi_arready(pins.arready);
  module.m_axi_rid(pins.rid);
  module.m_axi_rdata(pins.rdata);
  module.m_axi_rresp(pins.rresp);
  module.m_axi_rlast(pins.rlast);
  module.m_axi_rvalid(pins.rvalid);
  module.m_axi_rready(pins.rready);
}

}  // namespace irc::cosim
