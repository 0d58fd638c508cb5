// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>

namespace irc::cosim {

/// A synchronous module that only reads pins, and sleeps while they do not change. Its process runs at rising
/// edges while `on_edge` asks for it. Otherwise a change of `rst_n` or of a signal named by `wake_by` wakes
/// it.
class ClockedModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk;    ///< clock
  sc_core::sc_in<bool> rst_n;  ///< reset, active low

  ClockedModule(const ClockedModule&) = delete;
  ClockedModule& operator=(const ClockedModule&) = delete;

 protected:
  /// Registers the process.
  explicit ClockedModule(sc_core::sc_module_name name);

  /// Lets a change of this signal end a sleep. Call it in constructors.
  void wake_by(const sc_core::sc_signal<bool>& signal) { wake_ |= signal.value_changed_event(); }
  /// Handles a rising edge; pins have the values before it. Returns whether the next edge matters whatever
  /// the pins do.
  virtual bool on_edge() = 0;

 private:
  void process();
  void start_of_simulation() override { wake_ |= rst_n->value_changed_event(); }

  sc_core::sc_event_or_list wake_;
};

}  // namespace irc::cosim
