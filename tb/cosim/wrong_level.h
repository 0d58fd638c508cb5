// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "controller_pins.h"
#include "irc/cosim/pin_bits.h"

namespace irc::tb {

/// Connects macros and RTL, and inverts the lowest bit of one readout in the first multiplexer step at or
/// after a given time. It shows that the lock-step comparison notices such an error.
class WrongLevel : public sc_core::sc_module {
 public:
  WrongLevel(sc_core::sc_module_name name, ControllerPins& pins, const sc_core::sc_clock& clk,
             const sc_core::sc_time& from)
      : sc_module(name), pins_(pins), from_(from) {
    SC_HAS_PROCESS(WrongLevel);
    SC_METHOD(pass);
    sensitive << pins.right_level << pins.macro_sense << pins.macro_line;
    SC_METHOD(step_over);
    sensitive << clk.posedge_event();
    dont_initialize();
  }

 private:
  static constexpr unsigned none = IRC_CONFIG_MACROS;

  void pass() {
    auto level = pins_.right_level.read();
    if (macro_ == none && !done_ && sc_core::sc_time_stamp() >= from_)
      for (unsigned m = 0; m < IRC_CONFIG_MACROS && macro_ == none; ++m)
        if (cosim::get_bits(pins_.macro_sense.read(), m, 1) != 0) {
          macro_ = m;
          line_ = cosim::get_bits(pins_.macro_line.read(), std::size_t{m} * 16, 16);
        }
    if (macro_ != none) {
      const std::size_t bit = (std::size_t{macro_} * IRC_CONFIG_AMPLIFIERS + line_ % IRC_CONFIG_AMPLIFIERS) *
                              IRC_CONFIG_LEVEL_BITS;
      cosim::set_bits(level, bit, 1, cosim::get_bits(level, bit, 1) == 0 ? 1 : 0);
    }
    pins_.macro_level.write(level);
  }

  // The pins have the values of the cycle before the edge.
  void step_over() {
    if (macro_ == none || cosim::get_bits(pins_.macro_sense.read(), macro_, 1) == 0) return;
    if (++cycles_ < IRC_CONFIG_AMPLIFIER_CYCLES) return;
    done_ = true;
    macro_ = none;
  }

  ControllerPins& pins_;
  sc_core::sc_time from_;
  unsigned macro_ = none, cycles_ = 0;
  std::uint64_t line_ = 0;
  bool done_ = false;
};

}  // namespace irc::tb
