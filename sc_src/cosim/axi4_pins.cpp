// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi4_pins.h"

namespace irc::cosim {

Axi4PinsBase::Axi4PinsBase(const std::string& prefix, unsigned bytes)
    : bus_bytes(bytes),
      awid((prefix + "_awid").c_str()),
      awaddr((prefix + "_awaddr").c_str()),
      awlen((prefix + "_awlen").c_str()),
      awsize((prefix + "_awsize").c_str()),
      awburst((prefix + "_awburst").c_str()),
      awvalid((prefix + "_awvalid").c_str()),
      awready((prefix + "_awready").c_str()),
      wlast((prefix + "_wlast").c_str()),
      wvalid((prefix + "_wvalid").c_str()),
      wready((prefix + "_wready").c_str()),
      bid((prefix + "_bid").c_str()),
      bresp((prefix + "_bresp").c_str()),
      bvalid((prefix + "_bvalid").c_str()),
      bready((prefix + "_bready").c_str()),
      arid((prefix + "_arid").c_str()),
      araddr((prefix + "_araddr").c_str()),
      arlen((prefix + "_arlen").c_str()),
      arsize((prefix + "_arsize").c_str()),
      arburst((prefix + "_arburst").c_str()),
      arvalid((prefix + "_arvalid").c_str()),
      arready((prefix + "_arready").c_str()),
      rid((prefix + "_rid").c_str()),
      rresp((prefix + "_rresp").c_str()),
      rlast((prefix + "_rlast").c_str()),
      rvalid((prefix + "_rvalid").c_str()),
      rready((prefix + "_rready").c_str()) {}

void Axi4PinsBase::write_aw(const AxiBurst& burst) {
  awid.write(burst.id);
  awaddr.write(burst.address);
  awlen.write(burst.length);
  awsize.write(burst.size);
  awburst.write(static_cast<std::uint32_t>(burst.type));
}

void Axi4PinsBase::write_ar(const AxiBurst& burst) {
  arid.write(burst.id);
  araddr.write(burst.address);
  arlen.write(burst.length);
  arsize.write(burst.size);
  arburst.write(static_cast<std::uint32_t>(burst.type));
}

AxiBurst Axi4PinsBase::read_aw() const {
  return {awaddr.read(), awlen.read(), awsize.read(), static_cast<AxiBurstType>(awburst.read()), awid.read()};
}

AxiBurst Axi4PinsBase::read_ar() const {
  return {araddr.read(), arlen.read(), arsize.read(), static_cast<AxiBurstType>(arburst.read()), arid.read()};
}

}  // namespace irc::cosim
