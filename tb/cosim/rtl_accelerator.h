// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "controller_pins.h"
#include "irc/cosim/axi4_to_tlm.h"
#include "irc/cosim/pin_digital_unit.h"
#include "irc/cosim/pin_macros.h"
#include "irc/cosim/tlm_to_axi_lite.h"
#include "irc/platform/config.h"

namespace irc::tb {

/// The RTL controller with its analog macros and digital unit, behind the sockets of model::IrcAccelerator.
/// It replaces that module in a platform.
class RtlAccelerator : public sc_core::sc_module {
 public:
  RtlAccelerator(sc_core::sc_module_name name, const platform::RunConfig& config, std::uint64_t chip_seed)
      : sc_module(name),
        csr_socket("csr_socket"),
        dma_socket("dma_socket"),
        irq_out("irq_out"),
        clk_("clk", sc_core::sc_time(config.timing.t_clk_s, sc_core::SC_SEC), 0.5, sc_core::SC_ZERO_TIME,
             true),
        macros_("macros", config.accelerator(chip_seed)) {
    SC_HAS_PROCESS(RtlAccelerator);
    rtl_.clk(clk_);
    pins_.bind(rtl_);
    pins_.bind_macros(macros_);
    macros_.clk(clk_);
    pins_.bind_digital_unit(digital_unit_);
    digital_unit_.clk(clk_);
    to_registers_.clk(clk_);
    to_registers_.rst_n(pins_.rst_n);
    to_memory_.clk(clk_);
    to_memory_.rst_n(pins_.rst_n);
    csr_socket.bind(to_registers_.socket);
    to_memory_.socket.bind(dma_socket);
    if (config.sense.trim.enabled) macros_.trim();
    SC_THREAD(reset);
    SC_METHOD(pass_irq);
    sensitive << pins_.irq;
  }

  tlm::tlm_target_socket<> csr_socket;
  tlm::tlm_initiator_socket<> dma_socket;
  sc_core::sc_out<bool> irq_out;

 private:
  void reset() {
    pins_.rst_n.write(false);
    sc_core::wait(4 * clk_.period() + clk_.period() / 4);
    pins_.rst_n.write(true);
  }
  void pass_irq() { irq_out.write(pins_.irq.read()); }

  sc_core::sc_clock clk_;
  Virc_controller rtl_{"rtl"};
  ControllerPins pins_;
  Macros macros_;
  DigitalUnit digital_unit_{"digital_unit"};
  cosim::TlmToAxiLite to_registers_{"to_registers", pins_.axil};
  cosim::Axi4ToTlm to_memory_{"to_memory", pins_.axi};
};

}  // namespace irc::tb
