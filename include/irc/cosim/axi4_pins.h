// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "irc/cosim/axi_burst.h"
#include "irc/cosim/pin_bytes.h"

namespace irc::cosim {

/// The signals of an AXI4 interface (AMBA AXI, IHI 0022, A2) with 64 address bits and 4 id bits, except those
/// whose type depends on the width of the data bus. These are accessed as bytes, so that masters, slaves and
/// checkers need not be templates. `Axi4Pins` has all signals.
///
/// Lock, cache, protection, QoS, region and user signals are left out, so all accesses are normal and not
/// exclusive.
class Axi4PinsBase {
 public:
  Axi4PinsBase(const Axi4PinsBase&) = delete;
  Axi4PinsBase& operator=(const Axi4PinsBase&) = delete;
  virtual ~Axi4PinsBase() = default;

  const unsigned bus_bytes;  ///< bytes per full beat

  sc_core::sc_signal<PinVector<4>> awid;     ///< AWID
  sc_core::sc_signal<PinVector<64>> awaddr;  ///< AWADDR
  sc_core::sc_signal<PinVector<8>> awlen;    ///< AWLEN: beats - 1
  sc_core::sc_signal<PinVector<3>> awsize;   ///< AWSIZE: log2 of bytes per beat
  sc_core::sc_signal<PinVector<2>> awburst;  ///< AWBURST
  sc_core::sc_signal<bool> awvalid,          ///< AWVALID
      awready;                               ///< AWREADY
  sc_core::sc_signal<bool> wlast,            ///< WLAST
      wvalid,                                ///< WVALID
      wready;                                ///< WREADY
  sc_core::sc_signal<PinVector<4>> bid;      ///< BID
  sc_core::sc_signal<PinVector<2>> bresp;    ///< BRESP
  sc_core::sc_signal<bool> bvalid,           ///< BVALID
      bready;                                ///< BREADY
  sc_core::sc_signal<PinVector<4>> arid;     ///< ARID
  sc_core::sc_signal<PinVector<64>> araddr;  ///< ARADDR
  sc_core::sc_signal<PinVector<8>> arlen;    ///< ARLEN: beats - 1
  sc_core::sc_signal<PinVector<3>> arsize;   ///< ARSIZE: log2 of bytes per beat
  sc_core::sc_signal<PinVector<2>> arburst;  ///< ARBURST
  sc_core::sc_signal<bool> arvalid,          ///< ARVALID
      arready;                               ///< ARREADY
  sc_core::sc_signal<PinVector<4>> rid;      ///< RID
  sc_core::sc_signal<PinVector<2>> rresp;    ///< RRESP
  sc_core::sc_signal<bool> rlast,            ///< RLAST
      rvalid,                                ///< RVALID
      rready;                                ///< RREADY

  /// Drives WDATA and WSTRB: `bus_bytes` bytes, byte i on lane i.
  virtual void write_wdata(const std::uint8_t* bytes, const LaneMask& strobes) = 0;
  /// Reads WDATA: `bus_bytes` bytes, byte i from lane i.
  virtual void read_wdata(std::uint8_t* bytes) const = 0;
  /// Reads WSTRB.
  virtual LaneMask read_wstrb() const = 0;
  /// Drives RDATA: `bus_bytes` bytes, byte i on lane i.
  virtual void write_rdata(const std::uint8_t* bytes) = 0;
  /// Reads RDATA: `bus_bytes` bytes, byte i from lane i.
  virtual void read_rdata(std::uint8_t* bytes) const = 0;

  /// Drives all signals of the write address channel except the handshake.
  void write_aw(const AxiBurst& burst);
  /// Drives all signals of the read address channel except the handshake.
  void write_ar(const AxiBurst& burst);
  /// Reads all signals of the write address channel except the handshake.
  AxiBurst read_aw() const;
  /// Reads all signals of the read address channel except the handshake.
  AxiBurst read_ar() const;

 protected:
  /// Names the signals `<prefix>_s`; `bytes` is the width of the data bus.
  Axi4PinsBase(const std::string& prefix, unsigned bytes);
};

/// AXI4 signals with a data bus of `BusBytes` bytes, a power of two from 4 to 128. Signal s is named
/// `<prefix>_s`. All types are those of a Verilated module's ports.
template <int BusBytes>
struct Axi4Pins : Axi4PinsBase {
  static_assert(BusBytes >= 4 && BusBytes <= 128 && (BusBytes & (BusBytes - 1)) == 0);

  /// Names the signals with `prefix`.
  explicit Axi4Pins(const std::string& prefix = "m_axi")
      : Axi4PinsBase(prefix, BusBytes),
        wdata((prefix + "_wdata").c_str()),
        wstrb((prefix + "_wstrb").c_str()),
        rdata((prefix + "_rdata").c_str()) {}

  sc_core::sc_signal<PinVector<8 * BusBytes>> wdata;  ///< WDATA
  sc_core::sc_signal<PinVector<BusBytes>> wstrb;      ///< WSTRB
  sc_core::sc_signal<PinVector<8 * BusBytes>> rdata;  ///< RDATA

  /// Drives WDATA and WSTRB.
  void write_wdata(const std::uint8_t* bytes, const LaneMask& strobes) override {
    wdata.write(bytes_to_pin<8 * BusBytes>(bytes));
    wstrb.write(lanes_to_pin<BusBytes>(strobes));
  }
  /// Reads WDATA.
  void read_wdata(std::uint8_t* bytes) const override { pin_to_bytes<8 * BusBytes>(wdata.read(), bytes); }
  /// Reads WSTRB.
  LaneMask read_wstrb() const override { return pin_to_lanes<BusBytes>(wstrb.read()); }
  /// Drives RDATA.
  void write_rdata(const std::uint8_t* bytes) override { rdata.write(bytes_to_pin<8 * BusBytes>(bytes)); }
  /// Reads RDATA.
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
