// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include "irc/cosim/axi_burst.h"
#include "irc/cosim/axi_lite_pins.h"
#include "irc/cosim/axi_transactor.h"

namespace irc::cosim {

struct AxiLiteToTlmOptions {
  /// Response to TLM_ADDRESS_ERROR_RESPONSE; every other error is SLVERR.
  AxiResponse address_error = AxiResponse::slverr;
  BackPressure back_pressure;
};

/// AXI4-Lite slave (AMBA AXI, IHI 0022, B1) that is a TLM initiator, by blocking transport. One read and one
/// write at a time, side by side.
///
/// The TLM access begins at the edge that takes the address (of a write: address and data, in any order);
/// the response is on the pins in the cycle of the first edge at or after its end. Address a goes out as
/// a access to bytes a to the end of its 32-bit word: 4 bytes when aligned. Byte enables are passed on only
/// when WSTRB does not cover all of them. AxPROT is not looked at.
///
/// Reset makes the pins idle; TLM knows no way to call an access back, so one under way goes to its end and
/// its response is dropped. Accesses taken after reset wait for that.
class AxiLiteToTlm : public AxiTransactor {
 public:
  AxiLiteToTlm(sc_core::sc_module_name name, AxiLitePins& pins, const AxiLiteToTlmOptions& options = {});

  tlm_utils::simple_initiator_socket<AxiLiteToTlm> socket;

 private:
  // A read or a write, from its address to its response.
  struct Access {
    bool have_address = false, have_data = false;
    bool asked = false;     // taken from the pins, not yet begun
    bool answered = false;  // response waits for, or is on, the pins
    bool valid = false;
    std::uint32_t address = 0;
    std::array<unsigned char, 4> bytes{}, enables{};
    AxiResponse response = AxiResponse::okay;
  };

  void serve_reads() { serve(read_, tlm::TLM_READ_COMMAND, read_asked_); }
  void serve_writes() { serve(write_, tlm::TLM_WRITE_COMMAND, write_asked_); }
  void serve(Access& access, tlm::tlm_command command, sc_core::sc_event& asked);
  AxiResponse transport(Access& access, tlm::tlm_command command);
  void sample_read();
  void sample_write();

  void reset() override;
  bool busy() const override;
  void sample() override;
  void drive() override;

  AxiLitePins& pins_;
  AxiResponse address_error_;
  Access read_, write_;
  bool aw_ready_ = false, w_ready_ = false, ar_ready_ = false;
  std::uint64_t resets_ = 0;
  sc_core::sc_event read_asked_, write_asked_;
};

}  // namespace irc::cosim
