// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_lite_checker.h"

#include <algorithm>

#include "irc/cosim/axi_burst.h"

namespace irc::cosim {

AxiLiteChecker::AxiLiteChecker(sc_core::sc_module_name name, const AxiLitePins& pins,
                               const AxiCheckerOptions& options)
    : AxiChecker(name, options),
      pins_(pins),
      aw_(add_channel(
          {"AW",
           pins.awvalid,
           pins.awready,
           {{"AWADDR", pins.address_bits, pin_reader(pins.awaddr)}, {"AWPROT", 3, pin_reader(pins.awprot)}},
           {}})),
      w_(add_channel({"W",
                      pins.wvalid,
                      pins.wready,
                      {{"WDATA", 32, pin_reader(pins.wdata)}, {"WSTRB", 4, pin_reader(pins.wstrb)}},
                      {}})),
      b_(add_channel({"B", pins.bvalid, pins.bready, {{"BRESP", 2, pin_reader(pins.bresp)}}, {}})),
      ar_(add_channel(
          {"AR",
           pins.arvalid,
           pins.arready,
           {{"ARADDR", pins.address_bits, pin_reader(pins.araddr)}, {"ARPROT", 3, pin_reader(pins.arprot)}},
           {}})),
      r_(add_channel({"R",
                      pins.rvalid,
                      pins.rready,
                      {{"RDATA", 32, pin_reader(pins.rdata)}, {"RRESP", 2, pin_reader(pins.rresp)}},
                      {}})) {}

std::size_t AxiLiteChecker::outstanding() const {
  return std::max(addresses_, data_) + reads_;
}

void AxiLiteChecker::check_response(std::uint32_t response, const char* pin) {
  if (static_cast<AxiResponse>(response) == AxiResponse::exokay)
    violation("exokay", std::string(pin) + " is EXOKAY; expected OKAY, SLVERR or DECERR");
}

// Responses are checked first, because the transfers they answer must have been taken at an earlier edge.
void AxiLiteChecker::check_edge() {
  check_b();
  check_r();
  if (watch(aw_).taken) ++addresses_;
  if (watch(w_).taken) ++data_;
  if (watch(ar_).taken) ++reads_;
}

void AxiLiteChecker::check_b() {
  const Seen seen = watch(b_);
  const bool due = addresses_ != 0 && data_ != 0;
  if (seen.offered) {
    check_response(pins_.bresp.read(), "BRESP");
    if (!due) violation("b-before-w", "BVALID without address and data to answer; expected both before it");
  }
  if (!seen.taken || !due) return;
  --addresses_;
  --data_;
  complete_one();
}

void AxiLiteChecker::check_r() {
  const Seen seen = watch(r_);
  if (seen.offered) {
    check_response(pins_.rresp.read(), "RRESP");
    if (reads_ == 0) violation("r-before-ar", "RVALID without an address to answer; expected one before it");
  }
  if (!seen.taken || reads_ == 0) return;
  --reads_;
  complete_one();
}

}  // namespace irc::cosim
