// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>

#include "irc/cosim/axi4_pins.h"
#include "irc/cosim/axi_checker.h"

namespace irc::cosim {

/// Watches an AXI4 interface (AMBA AXI, IHI 0022). Rules in addition to those of AxiChecker:
///  - `burst-type`: the reserved value of AxBURST (A3.4.1)
///  - `size`: beats wider than the bus (A3.4.1)
///  - `burst-length`: a FIXED burst of more than 16 beats (A3.4.1)
///  - `wrap-length`: a WRAP burst with a number of beats other than 2, 4, 8 or 16 (A3.4.1)
///  - `wrap-alignment`: a WRAP burst whose start is no multiple of its beat size (A3.4.1)
///  - `boundary`: a burst across a 4 KiB boundary (A3.4.1)
///  - `wlast`, `rlast`: the last beat without LAST (A3.2.2)
///  - `write-beats`, `read-beats`: LAST before the last beat (A3.4.1: no early end)
///  - `strobes`: WSTRB outside the lanes of the beat (A3.4.3)
///  - `b-before-w`: BVALID without an earlier address and last data to answer (A3.3.1)
///  - `r-before-ar`: RVALID without an earlier address to answer (A3.3.1)
///  - `id`: a response whose id belongs to no transaction that it could answer (A5.3)
///  - `exokay`: EXOKAY, because no access here is exclusive (A7.2)
///  - `outstanding`: a transaction, or data without address, that is not over at the end
///
/// Responses with different ids may come in any order, and read beats with different ids may interleave.
class Axi4Checker : public AxiChecker {
 public:
  /// Watches `pins`, which must outlive the checker.
  Axi4Checker(sc_core::sc_module_name name, const Axi4PinsBase& pins, const AxiCheckerOptions& options = {});

  /// Transactions under way now, and data beats without an address.
  std::size_t outstanding() const override;

 private:
  struct Transaction {
    AxiBurst burst;
    unsigned beats = 0;      // beats seen so far
    bool data_over = false;  // writes
  };
  struct Beat {
    LaneMask strobes;
    bool last;
  };
  using Queue = std::deque<Transaction>;

  void check_edge() override;
  void forget() override;
  void check_address(const AxiBurst& burst, const char* channel);
  void check_wrap(const AxiBurst& burst, const char* channel);
  void check_response(std::uint32_t response, const char* pin);
  void check_b();
  void check_r();
  Queue::iterator answered_write(bool report);
  Queue::iterator answered_read(bool report);
  void check_read_last(const Transaction& read);
  void match_write_data();
  void check_write_beat(Transaction& write, const Beat& beat);

  const Axi4PinsBase& pins_;
  Channel& aw_;
  Channel& w_;
  Channel& b_;
  Channel& ar_;
  Channel& r_;
  Queue writes_, reads_;
  std::deque<Beat> beats_;  // data that came before its address
};

}  // namespace irc::cosim
