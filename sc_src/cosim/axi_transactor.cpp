// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/axi_transactor.h"

namespace irc::cosim {

AxiTransactor::AxiTransactor(sc_core::sc_module_name name, const BackPressure& back_pressure)
    : sc_core::sc_module(name), clk("clk"), rst_n("rst_n"), stalls_(back_pressure) {
  SC_HAS_PROCESS(AxiTransactor);
  SC_METHOD(process);
  sensitive << clk.pos() << changed_;
  dont_initialize();
}

void AxiTransactor::process() {
  if (clk.posedge())
    edge();
  else if (!in_reset_ && last_edge_ == sc_core::sc_time_stamp())
    drive();
}

void AxiTransactor::edge() {
  last_edge_ = sc_core::sc_time_stamp();
  if (!rst_n.read()) {
    in_reset_ = true;
    if (!reset_done_) reset();
    reset_done_ = true;
    return;
  }
  const bool first = in_reset_;
  in_reset_ = reset_done_ = false;
  if (!first && !busy()) return;
  stalls_.next_cycle();
  if (!first) sample();
  drive();
}

}  // namespace irc::cosim
