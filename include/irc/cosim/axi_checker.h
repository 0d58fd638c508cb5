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

/// What an AXI checker does beyond recording.
struct AxiCheckerOptions {
  bool record_only = false;  ///< record violations only; do not raise SC_REPORT_ERROR
};

/// One broken rule.
struct AxiViolation {
  std::string rule;     ///< short name, see AxiLiteChecker and Axi4Checker
  std::string message;  ///< what was seen, what was expected
  sc_core::sc_time time;
};

/// What the AXI checkers share: records, and the rules that hold for each channel by itself.
///  - `valid-held`: VALID fell before READY was high (IHI 0022, A3.2.1)
///  - `payload-stable`: another signal of the channel changed while VALID waited for READY (A3.2.1)
///  - `reset-valid`: VALID high in reset; the first edge that samples reset may still find it (A3.1.2)
///  - `first-valid`: VALID high already at the first edge that samples the end of reset (A3.1.2)
///  - `pin-width`: a value with more bits than its pin has; the SystemC types are wider
///
/// Pins are read at rising edges only. It drives nothing.
class AxiChecker : public ClockedModule {
 public:
  /// Message type of the reports.
  static constexpr const char* report_type = "irc/axi";

  const std::vector<AxiViolation>& violations() const { return violations_; }
  /// How many violations of `rule` were seen.
  std::size_t count(std::string_view rule) const;
  /// Transactions seen complete.
  std::size_t completed() const { return completed_; }
  /// Transactions under way now.
  virtual std::size_t outstanding() const = 0;

  /// Reports what is still under way under rule `outstanding`. Called at the end of simulation (`sc_stop`);
  /// a testbench that only lets `sc_start` run dry calls it itself.
  void check_complete();

 protected:
  struct Field {
    const char* name;
    unsigned bits;
    std::function<std::uint64_t()> read;
  };
  struct Channel {
    const char* name;
    const sc_core::sc_signal<bool>& valid;
    const sc_core::sc_signal<bool>& ready;
    std::vector<Field> fields;
    std::function<void(std::uint8_t*)> data{};  // bytes of the data bus, if it is no field
    bool stalled = false;                       // VALID without READY at the edge before
    bool reported = false;                      // VALID in this reset
    std::vector<std::uint64_t> values{};
    std::array<std::uint8_t, max_bus_bytes> bytes{};
  };
  /// A transfer on a channel at this edge.
  struct Seen {
    bool offered = false;  ///< VALID high for the first time
    bool taken = false;    ///< VALID and READY
  };

  AxiChecker(sc_core::sc_module_name name, const AxiCheckerOptions& options);

  /// Adds a channel to watch; in constructors. References stay valid for five.
  Channel& add_channel(Channel channel);
  /// The rules of one channel at this edge.
  Seen watch(Channel& channel);
  void complete_one() { ++completed_; }
  void violation(const char* rule, const std::string& message);

  /// The rules between channels at an edge out of reset.
  virtual void check_edge() = 0;
  /// Reset forgets what was under way.
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

/// A checker's view of an integer pin.
template <typename T>
std::function<std::uint64_t()> pin_reader(const sc_core::sc_signal<T>& pin) {
  return [&pin] { return static_cast<std::uint64_t>(pin.read()); };
}

}  // namespace irc::cosim
