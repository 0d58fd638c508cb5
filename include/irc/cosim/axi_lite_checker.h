// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/cosim/axi_checker.h"
#include "irc/cosim/axi_lite_pins.h"

namespace irc::cosim {

/// Watches an AXI4-Lite interface (AMBA AXI, IHI 0022). Rules in addition to those of AxiChecker:
///  - `b-before-w`: BVALID without an earlier address and data to answer (A3.3.1)
///  - `r-before-ar`: RVALID without an earlier address to answer (A3.3.1)
///  - `exokay`: the response EXOKAY, which AXI4-Lite does not have (B1.1.1)
///  - `outstanding`: an address, or data, that is not answered at the end
class AxiLiteChecker : public AxiChecker {
 public:
  /// Watches `pins`, which must outlive the checker.
  AxiLiteChecker(sc_core::sc_module_name name, const AxiLitePins& pins,
                 const AxiCheckerOptions& options = {});

  /// Accesses under way now.
  std::size_t outstanding() const override;

 private:
  void check_edge() override;
  void forget() override { addresses_ = data_ = reads_ = 0; }
  void check_response(std::uint32_t response, const char* pin);
  void check_b();
  void check_r();

  const AxiLitePins& pins_;
  Channel& aw_;
  Channel& w_;
  Channel& b_;
  Channel& ar_;
  Channel& r_;
  // Taken but not yet answered.
  std::size_t addresses_ = 0, data_ = 0, reads_ = 0;
};

}  // namespace irc::cosim
