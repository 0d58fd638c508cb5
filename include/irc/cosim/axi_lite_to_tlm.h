// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include "irc/cosim/axi_burst.h"
#include "irc/cosim/axi_lite_pins.h"
#include "irc/cosim/axi_transactor.h"

namespace irc::cosim {

/// Options of AxiLiteToTlm.
struct AxiLiteToTlmOptions {
  /// Response for TLM_ADDRESS_ERROR_RESPONSE. Every other error gives SLVERR.
  AxiResponse address_error = AxiResponse::slverr;
  BackPressure back_pressure;  ///< how often the module holds back
};

/// AXI4-Lite slave (AMBA AXI, IHI 0022, B1) that is a TLM initiator with blocking transport. One read and one
/// write may be under way at the same time.
///
/// The TLM access begins at the edge that takes the address (for a write: address and data, in any order).
/// The response is on the pins in the cycle of the first edge at or after its end. An access to address a
/// covers the bytes from a to the end of its 32-bit word, which are 4 bytes when a is aligned. Byte enables
/// are passed on only when WSTRB does not cover all of them. AxPROT is ignored.
///
/// Reset makes the pins idle. TLM cannot cancel an access, so an access under way runs to its end and its
/// response is dropped. Accesses taken after reset wait for that end.
class AxiLiteToTlm : public AxiTransactor {
 public:
  /// Drives the slave's side of `pins`. Throws InputError when an option is out of range.
  AxiLiteToTlm(sc_core::sc_module_name name, AxiLitePins& pins, const AxiLiteToTlmOptions& options = {});

  /// Leads to the target.
  tlm_utils::simple_initiator_socket<AxiLiteToTlm> socket;

 private:
  // A read or a write, from its address to its response.
  struct Access {
    bool have_address = false, have_data = false;
    bool asked = false;     // taken from the pins, but not yet begun
    bool answered = false;  // the response waits for the pins or is on them
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
