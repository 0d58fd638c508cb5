// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_transactor.h"
#include "irc/model/at_initiator.h"

namespace irc::cosim {

struct Axi4ToTlmOptions {
  unsigned outstanding = 8;  ///< bursts per direction under way at one time, at least 1
  /// Response to TLM_ADDRESS_ERROR_RESPONSE; every other error is SLVERR.
  AxiResponse address_error = AxiResponse::slverr;
  BackPressure back_pressure;
};

/// AXI4 slave (AMBA AXI, IHI 0022) that is a TLM initiator, by the four-phase base protocol. Reads and writes
/// are independent; each direction answers in order of its addresses, whatever their ids.
///
/// An INCR burst of any size and alignment is one transaction; a WRAP burst is one transaction over its
/// container; a FIXED burst is one transaction per beat. Byte enables are passed on only when WSTRB does not
/// cover all bytes.
///
/// BEGIN_REQ of a read is at the edge that takes its address, of a write at the edge that takes the last of
/// address and data, if the request before is over. Data are taken once their address is. The first R beat,
/// or B, is on the pins in the cycle of the first edge at or after the response; R beats follow each other.
///
/// Answered with SLVERR without a transaction: the reserved burst type, beats wider than the bus, a WRAP
/// burst of other than 2, 4, 8 or 16 beats.
///
/// Reset makes the pins idle and drops every burst; TLM knows no way to call a transaction back, so those
/// begun go to their end, unheard. Bursts taken after reset are transported after them.
class Axi4ToTlm : public AxiTransactor {
 public:
  /// Throws InputError when an option is out of range.
  Axi4ToTlm(sc_core::sc_module_name name, Axi4PinsBase& pins, const Axi4ToTlmOptions& options = {});

 private:
  model::AtInitiator initiator_;

 public:
  tlm_utils::simple_initiator_socket<model::AtInitiator>& socket;

 private:
  // A burst from its address to its last response beat. Shared with the transactions made of it, which may
  // outlive it after a reset.
  struct Job {
    AxiBurst burst;
    std::vector<std::uint8_t> bytes, enables;
    std::vector<AxiResponse> responses;  // one per transaction
    std::size_t unanswered = 0;
    bool answered = false;
    unsigned beats_done = 0;  // of a write: taken; of a read: offered
  };
  using JobPointer = std::shared_ptr<Job>;
  struct Direction {
    tlm::tlm_command command;
    std::deque<JobPointer> jobs;          // all, in order of addresses
    std::deque<JobPointer> to_transport;  // complete, not yet begun
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
  std::deque<JobPointer> collecting_;  // writes whose data have not all come
  bool aw_ready_ = false, w_ready_ = false, ar_ready_ = false, b_valid_ = false, r_valid_ = false;
};

}  // namespace irc::cosim
