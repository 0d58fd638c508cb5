// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>

#include "irc/cosim/back_pressure.h"

namespace irc::cosim {

/// The clocked side of a module between pins and TLM. Pins change in the cycle of a rising edge; what comes
/// from TLM at time t takes effect in the cycle of the first rising edge at or after t, whichever of the two
/// the kernel runs first at one time. `rst_n` is synchronous, active low.
class AxiTransactor : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk;
  sc_core::sc_in<bool> rst_n;

  AxiTransactor(const AxiTransactor&) = delete;
  AxiTransactor& operator=(const AxiTransactor&) = delete;

  /// Replaces the back-pressure from the next cycle on.
  void set_back_pressure(const BackPressure& back_pressure) { stalls_ = StallSource(back_pressure); }

 protected:
  AxiTransactor(sc_core::sc_module_name name, const BackPressure& back_pressure);

  /// First edge that samples reset: forget everything, pins to idle.
  virtual void reset() = 0;
  /// Something is under way or asked for; edges are skipped otherwise.
  virtual bool busy() const = 0;
  /// The handshakes that this edge completes.
  virtual void sample() = 0;
  /// Values of the cycle that begins. May be called again at the same time, when TLM has changed something.
  virtual void drive() = 0;

  /// TLM has changed something: drive in this cycle if its edge is now.
  void request_drive() { changed_.notify(sc_core::SC_ZERO_TIME); }
  bool in_reset() const { return in_reset_; }
  bool stalled(AxiChannel channel) const { return stalls_.stalled(channel); }

 private:
  void process();
  void edge();

  StallSource stalls_;
  bool in_reset_ = true;
  bool reset_done_ = false;
  sc_core::sc_time last_edge_ = sc_core::sc_max_time();
  sc_core::sc_event changed_;
};

}  // namespace irc::cosim
