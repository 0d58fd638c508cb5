// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>

#include <tlm_utils/simple_target_socket.h>
#include <tlm>

#include "irc/cosim/axi_lite_pins.h"
#include "irc/cosim/axi_transactor.h"

namespace irc::cosim {

/// TLM target that is an AXI4-Lite master (AMBA AXI, IHI 0022, B1). It does one access at a time, in order of
/// arrival.
///
/// An access called at edge T has ARVALID, or AWVALID and WVALID, in cycle T when no other is under way. It
/// returns at the edge that captures the response. The socket converts non-blocking transport to blocking
/// calls. Pins have no debug transport and no DMI.
///
/// A write of 1 to 4 bytes within one 32-bit word sets WSTRB; a read of such bytes reads the word. OKAY gives
/// TLM_OK_RESPONSE, SLVERR (and EXOKAY) TLM_GENERIC_ERROR_RESPONSE, DECERR TLM_ADDRESS_ERROR_RESPONSE.
/// Refused without a transfer:
///  - an address beyond `address_bits`: TLM_ADDRESS_ERROR_RESPONSE
///  - length 0, bytes of more than one word, streaming width below length, no data pointer:
///    TLM_BURST_ERROR_RESPONSE
///  - byte enables other than 0x00 and 0xff, enable length 0: TLM_BYTE_ENABLE_ERROR_RESPONSE
///  - a command other than read, write, ignore: TLM_COMMAND_ERROR_RESPONSE (ignore: TLM_OK_RESPONSE)
///
/// Reset answers every access under way with TLM_GENERIC_ERROR_RESPONSE. An access that is made during reset
/// waits for its end.
class TlmToAxiLite : public AxiTransactor {
 public:
  /// Drives the master's side of `pins`. Throws InputError when the back-pressure is out of range.
  TlmToAxiLite(sc_core::sc_module_name name, AxiLitePins& pins, const BackPressure& back_pressure = {});

  tlm_utils::simple_target_socket<TlmToAxiLite> socket;  ///< from the initiator

  /// Number of accesses not yet answered.
  std::size_t outstanding() const { return accesses_.size(); }

 private:
  struct Access {
    tlm::tlm_generic_payload* payload;
    sc_core::sc_event done;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  void start(const tlm::tlm_generic_payload& payload);
  void raise_valids();
  void take_read_data(tlm::tlm_generic_payload& payload);
  void answer(tlm::tlm_response_status status);

  void reset() override;
  bool busy() const override { return !accesses_.empty(); }
  void sample() override;
  void drive() override;

  AxiLitePins& pins_;
  std::deque<Access*> accesses_;
  bool started_ = false;
  // Transfers of the access under way that are still to be offered, and transfers on offer.
  bool aw_left_ = false, w_left_ = false, ar_left_ = false;
  bool aw_valid_ = false, w_valid_ = false, ar_valid_ = false;
  bool b_ready_ = false, r_ready_ = false;
};

}  // namespace irc::cosim
