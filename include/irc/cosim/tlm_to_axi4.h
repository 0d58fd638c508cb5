// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include <tlm_utils/simple_target_socket.h>
#include <tlm>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_transactor.h"

namespace irc::cosim {

/// Options of TlmToAxi4.
struct TlmToAxi4Options {
  unsigned outstanding = 8;    ///< largest number of transactions on the pins per direction, at least 1
  unsigned id = 0;             ///< AWID and ARID of all bursts, 0..15
  BackPressure back_pressure;  ///< how often the module holds back
};

/// TLM target that is an AXI4 master (AMBA AXI, IHI 0022), for blocking and non-blocking transport.
///
/// A transaction becomes INCR bursts of full-width beats, split at 4 KiB and 256 beats, with addresses back
/// to back. The first burst may start unaligned; WSTRB covers the bytes of the transaction only. Reads and
/// writes are independent, each in order of arrival.
///
/// A transaction requested at edge T has ARVALID, or AWVALID and its first WVALID, in cycle T when its
/// channel is free. The response is at the edge that captures the last RLAST, or the last B. The worst
/// response gives the status: SLVERR (and EXOKAY) TLM_GENERIC_ERROR_RESPONSE, DECERR
/// TLM_ADDRESS_ERROR_RESPONSE.
///
/// Non-blocking: BEGIN_REQ is accepted in the call (TLM_UPDATED, END_REQ, time unchanged), whatever the
/// number under way. The initiator limits this number. Responses come one at a time.
///
/// Refused without a transfer (non-blocking: by TLM_COMPLETED):
///  - bytes beyond 2^64: TLM_ADDRESS_ERROR_RESPONSE
///  - length 0, streaming width below length, no data pointer: TLM_BURST_ERROR_RESPONSE
///  - byte enables other than 0x00 and 0xff, enable length 0: TLM_BYTE_ENABLE_ERROR_RESPONSE
///  - a command other than read, write, ignore: TLM_COMMAND_ERROR_RESPONSE (ignore: TLM_OK_RESPONSE)
///
/// Only whole beats are read, so a read may fetch up to `bus_bytes - 1` bytes more on either side.
///
/// Reset answers every transaction under way with TLM_GENERIC_ERROR_RESPONSE. How much of it has been done is
/// then unknown. A transaction that is requested during reset waits for its end.
class TlmToAxi4 : public AxiTransactor {
 public:
  /// Throws InputError when an option is out of range.
  TlmToAxi4(sc_core::sc_module_name name, Axi4PinsBase& pins, const TlmToAxi4Options& options = {});

  tlm_utils::simple_target_socket<TlmToAxi4> socket;  ///< from the initiator

  /// Number of transactions not yet answered.
  std::size_t outstanding() const { return read_.transfers.size() + write_.transfers.size(); }

 private:
  struct Transfer {
    tlm::tlm_generic_payload* payload;
    sc_core::sc_event* done;  // set for a blocking call
    sc_core::sc_time from;
    std::vector<AxiBurst> bursts;
    std::size_t answered = 0;
    AxiResponse response = AxiResponse::okay;
  };
  struct BurstOf {
    Transfer* transfer;
    std::size_t index;
    const AxiBurst& burst() const { return transfer->bursts[index]; }
  };
  // Reads or writes. A burst waits for its address, a write burst also for its data, then for its response.
  struct Direction {
    std::deque<std::unique_ptr<Transfer>> transfers;
    std::size_t started = 0;
    std::deque<BurstOf> to_address, to_data, to_answer;
    unsigned beat = 0;  // beat of the front of to_data, or for reads of the front of to_answer
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  bool refused(tlm::tlm_generic_payload& payload) const;
  void accept(tlm::tlm_generic_payload& payload, sc_core::sc_event* done, const sc_core::sc_time& from);
  void finish(Direction& direction, tlm::tlm_response_status status);
  void respond();
  void end_response(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);

  void start_transfers(Direction& direction);
  void answer_burst(Direction& direction);
  void take_read_beat();
  void take_write_response();
  void offer_write_beat();
  void offer_addresses();

  void reset() override;
  bool busy() const override { return outstanding() != 0; }
  void sample() override;
  void drive() override;

  Axi4PinsBase& pins_;
  TlmToAxi4Options options_;
  Direction read_, write_;
  bool aw_valid_ = false, w_valid_ = false, ar_valid_ = false, b_ready_ = false, r_ready_ = false;

  std::deque<tlm::tlm_generic_payload*> responses_;
  tlm::tlm_generic_payload* awaiting_end_resp_ = nullptr;
  sc_core::sc_time response_free_at_;
  sc_core::sc_event respond_event_;
};

}  // namespace irc::cosim
