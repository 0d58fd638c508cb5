// SPDX-License-Identifier: Apache-2.0
#include "irc/cosim/clocked_module.h"

namespace irc::cosim {

ClockedModule::ClockedModule(sc_core::sc_module_name name)
    : sc_core::sc_module(name), clk("clk"), rst_n("rst_n") {
  SC_HAS_PROCESS(ClockedModule);
  SC_METHOD(process);
}

// A signal that changes in the cycle of this edge does so after it. So no wake-up is lost between two calls.
void ClockedModule::process() {
  const bool stay_awake = !clk.posedge() || on_edge();
  if (stay_awake)
    next_trigger(clk.posedge_event());
  else
    next_trigger(wake_);
}

}  // namespace irc::cosim
