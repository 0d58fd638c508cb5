// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <systemc>

namespace irc::cosim {

/// A synchronous module that only looks at pins, and sleeps while they rest: its process runs at rising edges
/// while `on_edge` asks for it, and otherwise wakes by a change of `rst_n` or of the signals named by
/// `wake_by`.
class ClockedModule : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clk;
  sc_core::sc_in<bool> rst_n;

  ClockedModule(const ClockedModule&) = delete;
  ClockedModule& operator=(const ClockedModule&) = delete;

 protected:
  explicit ClockedModule(sc_core::sc_module_name name);

  /// A change of this signal ends a sleep. For constructors.
  void wake_by(const sc_core::sc_signal<bool>& signal) { wake_ |= signal.value_changed_event(); }
  /// A rising edge; pins read as before it. Returns whether the next edge matters too, whatever the pins do.
  virtual bool on_edge() = 0;

 private:
  void process();
  void start_of_simulation() override { wake_ |= rst_n->value_changed_event(); }

  sc_core::sc_event_or_list wake_;
};

}  // namespace irc::cosim
