// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_lite_pins.h"

#include "irc/core/error.h"

namespace irc::cosim {
namespace {

unsigned checked(const std::string& prefix, unsigned bits) {
  if (bits < 2 || bits > 32)
    throw InputError("AXI4-Lite pins \"" + prefix + "\": " + std::to_string(bits) +
                     " address bits; expected 2 to 32");
  return bits;
}

}  // namespace

AxiLitePins::AxiLitePins(const std::string& prefix, unsigned bits)
    : address_bits(checked(prefix, bits)),
      awaddr((prefix + "_awaddr").c_str()),
      awprot((prefix + "_awprot").c_str()),
      awvalid((prefix + "_awvalid").c_str()),
      awready((prefix + "_awready").c_str()),
      wdata((prefix + "_wdata").c_str()),
      wstrb((prefix + "_wstrb").c_str()),
      wvalid((prefix + "_wvalid").c_str()),
      wready((prefix + "_wready").c_str()),
      bresp((prefix + "_bresp").c_str()),
      bvalid((prefix + "_bvalid").c_str()),
      bready((prefix + "_bready").c_str()),
      araddr((prefix + "_araddr").c_str()),
      arprot((prefix + "_arprot").c_str()),
      arvalid((prefix + "_arvalid").c_str()),
      arready((prefix + "_arready").c_str()),
      rdata((prefix + "_rdata").c_str()),
      rresp((prefix + "_rresp").c_str()),
      rvalid((prefix + "_rvalid").c_str()),
      rready((prefix + "_rready").c_str()) {}

}  // namespace irc::cosim
