// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_transactor.h"
#include "irc/model/at_initiator.h"

namespace irc::cosim {

/// Options of Axi4ToTlm.
struct Axi4ToTlmOptions {
  unsigned outstanding = 8;  ///< largest number of bursts under way per direction, at least 1
  /// Response for TLM_ADDRESS_ERROR_RESPONSE. Every other error gives SLVERR.
  AxiResponse address_error = AxiResponse::slverr;
  BackPressure back_pressure;  ///< how often the module holds back
};

/// AXI4 slave (AMBA AXI, IHI 0022) that is a TLM initiator with the four-phase base protocol. Reads and
/// writes are independent. Each direction answers in the order of its addresses, whatever their ids.
///
/// An INCR burst of any size and alignment is one transaction. A WRAP burst is one transaction over its
/// container. A FIXED burst is one transaction per beat. Byte enables are passed on only when WSTRB does not
/// cover all bytes.
///
/// BEGIN_REQ of a read comes at the edge that takes its address, BEGIN_REQ of a write at the edge that takes
/// the last of address and data, provided that the previous request is over. Data are taken only after their
/// address. The first R beat, or B, is on the pins in the cycle of the first edge at or after the response; R
/// beats follow each other.
///
/// SLVERR without a transaction answers the reserved burst type, beats wider than the bus, and a WRAP burst
/// with a number of beats other than 2, 4, 8 or 16.
///
/// Reset makes the pins idle and drops every burst. TLM cannot cancel a transaction, so transactions under
/// way run to their end and their responses are ignored. Bursts taken after reset are transported after them.
class Axi4ToTlm : public AxiTransactor {
 public:
  /// Throws InputError when an option is out of range.
  Axi4ToTlm(sc_core::sc_module_name name, Axi4PinsBase& pins, const Axi4ToTlmOptions& options = {});

 private:
  model::AtInitiator initiator_;

 public:
  /// Leads to the target.
  tlm_utils::simple_initiator_socket<model::AtInitiator>& socket;

 private:
  // A burst from its address to its last response beat. It is shared with the transactions made from it,
  // which may outlive it after a reset.
  struct Job {
    AxiBurst burst;
    std::vector<std::uint8_t> bytes, enables;
    std::vector<AxiResponse> responses;  // one per transaction
    std::size_t unanswered = 0;
    bool answered = false;
    unsigned beats_done = 0;  // write: beats taken; read: beats offered
  };
  using JobPointer = std::shared_ptr<Job>;
  struct Direction {
    tlm::tlm_command command;
    std::deque<JobPointer> jobs;          // all, in the order of their addresses
    std::deque<JobPointer> to_transport;  // complete, but not yet begun
    sc_core::sc_event work;
  };

  void serve_reads() { serve(read_); }
  void serve_writes() { serve(write_); }
  void serve(Direction& direction);
  void transport(const JobPointer& job, tlm::tlm_command command);
  void answered(const JobPointer& job, std::size_t piece, tlm::tlm_response_status status);

  JobPointer take_address(Direction& direction, const AxiBurst& burst);
  void hand_over(Direction& direction, const JobPointer& job);
  void take_write_beat();
  void offer_read_beat();
  void offer_write_response();

  void reset() override;
  bool busy() const override;
  void sample() override;
  void drive() override;

  Axi4PinsBase& pins_;
  Axi4ToTlmOptions options_;
  Direction read_{tlm::TLM_READ_COMMAND, {}, {}, {}};
  Direction write_{tlm::TLM_WRITE_COMMAND, {}, {}, {}};
  std::deque<JobPointer> collecting_;  // writes whose data are not complete
  bool aw_ready_ = false, w_ready_ = false, ar_ready_ = false, b_valid_ = false, r_valid_ = false;
};

}  // namespace irc::cosim
