// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>

#include "irc/cosim/back_pressure.h"

namespace irc::cosim {

/// The clocked side of a module between pins and TLM. Pins change in the cycle of a rising edge. What comes
/// from TLM at time t takes effect in the cycle of the first rising edge at or after t, independent of the
/// order in which the kernel runs processes at the same time. `rst_n` is synchronous and active low.
class AxiTransactor : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk;    ///< clock
  sc_core::sc_in<bool> rst_n;  ///< reset, active low

  AxiTransactor(const AxiTransactor&) = delete;
  AxiTransactor& operator=(const AxiTransactor&) = delete;

  /// Replaces the back-pressure from the next cycle on.
  void set_back_pressure(const BackPressure& back_pressure) { stalls_ = StallSource(back_pressure); }

 protected:
  /// Throws InputError when the back-pressure is out of range.
  AxiTransactor(sc_core::sc_module_name name, const BackPressure& back_pressure);

  /// Called at the first edge that samples reset: forgets everything and makes the pins idle.
  virtual void reset() = 0;
  /// Whether something is under way or requested. Edges are skipped otherwise.
  virtual bool busy() const = 0;
  /// Completes the handshakes of this edge.
  virtual void sample() = 0;
  /// Drives the values of the cycle that begins. May be called again at the same time, when TLM has changed
  /// something.
  virtual void drive() = 0;

  /// Call this when TLM has changed something: the pins are driven again if this cycle's edge is now.
  void request_drive() { changed_.notify(sc_core::SC_ZERO_TIME); }
  /// Whether the last edge sampled reset.
  bool in_reset() const { return in_reset_; }
  /// Whether back-pressure holds back a channel in this cycle.
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
