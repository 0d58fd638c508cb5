// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <memory>

#include <verilated_vcd_sc.h>

#include "Virc_controller.h"
#include "irc_config.h"
#include "wave_options.h"

namespace irc::tb {

/// Writes the RTL's signals in a range of cycles as VCD. Construct it after all modules, before the
/// simulation starts.
class Wave {
 public:
  Wave(Virc_controller& rtl, const WaveOptions& options) {
    if (options.path.empty()) return;
    Verilated::traceEverOn(true);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    file_ = std::make_unique<VerilatedVcdSc>();
    rtl.trace(file_.get(), 99);
    sc_core::sc_spawn([this, options] { record(options); });
  }
  ~Wave() {
    if (file_ && file_->isOpen()) file_->close();
  }

 private:
  void record(const WaveOptions& options) {
    const sc_core::sc_time clock(IRC_CONFIG_T_CLK_PS, sc_core::SC_PS);
    const auto time = [&](std::uint64_t cycle) { return clock * static_cast<double>(cycle); };
    if (time(options.from_cycle) > sc_core::sc_time_stamp())
      sc_core::wait(time(options.from_cycle) - sc_core::sc_time_stamp());
    file_->open(options.path.c_str());
    if (options.to_cycle == std::numeric_limits<std::uint64_t>::max()) return;
    sc_core::wait(time(options.to_cycle) - sc_core::sc_time_stamp());
    file_->close();
  }

  std::unique_ptr<VerilatedVcdSc> file_;
};

}  // namespace irc::tb
