// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "irc/cosim/pins.h"

namespace irc::cosim {

/// The signals of an AXI4-Lite interface with 32 data bits (AMBA AXI, IHI 0022, B1). Signal s is named
/// `<prefix>_s`. Addresses have `address_bits` bits, 2..32; all these widths have the same pin type.
struct AxiLitePins {
  /// Throws InputError when `bits` is outside 2..32.
  explicit AxiLitePins(const std::string& prefix = "s_axil", unsigned bits = 12);

  const unsigned address_bits;  ///< width of an address

  sc_core::sc_signal<PinVector<32>> awaddr;  ///< AWADDR
  sc_core::sc_signal<PinVector<3>> awprot;   ///< AWPROT
  sc_core::sc_signal<bool> awvalid,          ///< AWVALID
      awready;                               ///< AWREADY
  sc_core::sc_signal<PinVector<32>> wdata;   ///< WDATA
  sc_core::sc_signal<PinVector<4>> wstrb;    ///< WSTRB
  sc_core::sc_signal<bool> wvalid,           ///< WVALID
      wready;                                ///< WREADY
  sc_core::sc_signal<PinVector<2>> bresp;    ///< BRESP
  sc_core::sc_signal<bool> bvalid,           ///< BVALID
      bready;                                ///< BREADY
  sc_core::sc_signal<PinVector<32>> araddr;  ///< ARADDR
  sc_core::sc_signal<PinVector<3>> arprot;   ///< ARPROT
  sc_core::sc_signal<bool> arvalid,          ///< ARVALID
      arready;                               ///< ARREADY
  sc_core::sc_signal<PinVector<32>> rdata;   ///< RDATA
  sc_core::sc_signal<PinVector<2>> rresp;    ///< RRESP
  sc_core::sc_signal<bool> rvalid,           ///< RVALID
      rready;                                ///< RREADY
};

/// Binds the `s_axil_*` ports of `module`, for instance a Verilated class, to `pins`.
template <typename Module>
void bind_s_axil(Module& module, AxiLitePins& pins) {
  module.s_axil_awaddr(pins.awaddr);
  module.s_axil_awprot(pins.awprot);
  module.s_axil_awvalid(pins.awvalid);
  module.s_axil_awready(pins.awready);
  module.s_axil_wdata(pins.wdata);
  module.s_axil_wstrb(pins.wstrb);
  module.s_axil_wvalid(pins.wvalid);
  module.s_axil_wready(pins.wready);
  module.s_axil_bresp(pins.bresp);
  module.s_axil_bvalid(pins.bvalid);
  module.s_axil_bready(pins.bready);
  module.s_axil_araddr(pins.araddr);
  module.s_axil_arprot(pins.arprot);
  module.s_axil_arvalid(pins.arvalid);
  module.s_axil_arready(pins.arready);
  module.s_axil_rdata(pins.rdata);
  module.s_axil_rresp(pins.rresp);
  module.s_axil_rvalid(pins.rvalid);
  module.s_axil_rready(pins.rready);
}

}  // namespace irc::cosim
