// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "irc/cosim/clocked_module.h"
#include "irc/cosim/pin_bytes.h"

namespace irc::cosim {

/// What an AXI checker does besides recording.
struct AxiCheckerOptions {
  bool record_only = false;  ///< only record violations; do not raise SC_REPORT_ERROR
};

/// One broken rule.
struct AxiViolation {
  std::string rule;       ///< short name, see AxiLiteChecker and Axi4Checker
  std::string message;    ///< what was seen, what was expected
  sc_core::sc_time time;  ///< simulated time of the violation
};

/// Common part of the AXI checkers: the records, and the rules that hold for each channel by itself.
///  - `valid-held`: VALID fell before READY was high (IHI 0022, A3.2.1)
///  - `payload-stable`: another signal of the channel changed while VALID waited for READY (A3.2.1)
///  - `reset-valid`: VALID high in reset; at the first edge that samples reset it may still be high (A3.1.2)
///  - `first-valid`: VALID already high at the first edge that samples the end of reset (A3.1.2)
///  - `pin-width`: a value with more bits than its pin has, which the wider SystemC types allow
///
/// Pins are read at rising edges only. The checker drives nothing.
class AxiChecker : public ClockedModule {
 public:
  /// Message type of the reports.
  static constexpr const char* report_type = "irc/axi";

  /// All violations so far, in the order they occurred.
  const std::vector<AxiViolation>& violations() const { return violations_; }
  /// Number of violations of `rule` so far.
  std::size_t count(std::string_view rule) const;
  /// Number of completed transactions.
  std::size_t completed() const { return completed_; }
  /// Number of transactions under way now.
  virtual std::size_t outstanding() const = 0;

  /// Reports transactions still under way under rule `outstanding`. Called at the end of simulation
  /// (`sc_stop`). A testbench whose `sc_start` only runs out of events has to call it itself.
  void check_complete();

 protected:
  /// One signal of a channel.
  struct Field {
    const char* name;                     ///< for messages
    unsigned bits;                        ///< width of the pin
    std::function<std::uint64_t()> read;  ///< reads the pin
  };
  /// One channel with its handshake.
  struct Channel {
    const char* name;                                 ///< for messages
    const sc_core::sc_signal<bool>& valid;            ///< VALID
    const sc_core::sc_signal<bool>& ready;            ///< READY
    std::vector<Field> fields;                        ///< the other signals
    std::function<void(std::uint8_t*)> data{};        ///< reads the bytes of the data bus, if it is no field
    bool stalled = false;                             ///< VALID without READY at the previous edge
    bool reported = false;                            ///< VALID was already reported in this reset
    std::vector<std::uint64_t> values{};              ///< values of the fields while stalled
    std::array<std::uint8_t, max_bus_bytes> bytes{};  ///< bytes of the data bus while stalled
  };
  /// A transfer on a channel at this edge.
  struct Seen {
    bool offered = false;  ///< VALID is high for the first time
    bool taken = false;    ///< VALID and READY
  };

  /// A checker with no violations so far.
  AxiChecker(sc_core::sc_module_name name, const AxiCheckerOptions& options);

  /// Adds a channel to watch. Call it in constructors. References stay valid for up to five channels.
  Channel& add_channel(Channel channel);
  /// Checks the rules of one channel at this edge.
  Seen watch(Channel& channel);
  /// Counts a completed transaction.
  void complete_one() { ++completed_; }
  /// Records a violation, and raises it as SC_REPORT_ERROR unless `record_only`.
  void violation(const char* rule, const std::string& message);

  /// Checks the rules between channels at an edge without reset.
  virtual void check_edge() = 0;
  /// Forgets transactions under way, because of a reset.
  virtual void forget() = 0;

 private:
  bool on_edge() override;
  void check_reset();
  void check_payload(Channel& channel);
  void end_of_simulation() override { check_complete(); }

  AxiCheckerOptions options_;
  std::vector<Channel> channels_;
  bool was_in_reset_ = false;
  std::size_t completed_ = 0;
  bool completeness_checked_ = false;
  std::vector<AxiViolation> violations_;
};

/// Reads an integer pin for a checker.
template <typename T>
std::function<std::uint64_t()> pin_reader(const sc_core::sc_signal<T>& pin) {
  return [&pin] { return static_cast<std::uint64_t>(pin.read()); };
}

}  // namespace irc::cosim
