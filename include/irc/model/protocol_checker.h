// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

namespace irc::model {

/// What the checker does beyond recording.
struct ProtocolCheckerOptions {
  /// Only record violations; do not raise SC_REPORT_ERROR.
  bool record_only = false;
  /// The response must carry the address of the request. The standard lets an interconnect change it; the
  /// interconnect of this project restores it. Switch this off in front of one that does not.
  bool address_restored = true;
};

/// One broken rule.
struct ProtocolViolation {
  std::string rule;       ///< short name, see ProtocolChecker
  std::string message;    ///< what was seen, what was expected
  sc_core::sc_time time;  ///< simulated time of the violation
};

/// Watches one hop of the TLM-2.0 base protocol (IEEE 1666-2011): bind an initiator to `target_socket` and
/// bind `initiator_socket` to the target. It changes neither data nor time.
///
/// Rules, by name:
///  - `phase`: a phase in the wrong direction, in the wrong order, or of no transaction under way
///  - `request-exclusion`: BEGIN_REQ before the previous request was over
///  - `response-exclusion`: BEGIN_RESP before the previous response was over
///  - `return`: return value or returned phase not allowed after this call
///  - `accepted-modified`: TLM_ACCEPTED returned, but phase, time or response status changed
///  - `memory-manager`: non-blocking payload without manager or without reference
///  - `command`, `data-pointer`, `data-length`, `streaming-width`, `byte-enable`: illegal attribute
///  - `initial-status`, `initial-dmi`: response status or DMI hint not at its default in a request
///  - `attribute-changed`: an attribute changed while the transaction was under way
///  - `response-status`: response without a status, or the status changed after BEGIN_RESP
///  - `time`: a timing point before the previous one, or a callee that reduced the delay
///  - `debug-count`: transport_dbg reports more bytes than were asked for
///  - `dmi-range`: DMI granted without a pointer, or with a range that misses the address
///  - `outstanding`: a transaction that is not over at the end of the simulation
///
/// A violation is recorded, and raised as SC_REPORT_ERROR of type "irc/protocol" unless `record_only`. Phases
/// other than the four of the base protocol pass unwatched, because the standard lets ignorable phases pass.
class ProtocolChecker : public sc_core::sc_module {
 public:
  /// A checker with no violations so far.
  explicit ProtocolChecker(sc_core::sc_module_name name, const ProtocolCheckerOptions& options = {});
  ProtocolChecker(const ProtocolChecker&) = delete;
  ProtocolChecker& operator=(const ProtocolChecker&) = delete;

  /// Message type of the reports.
  static constexpr const char* report_type = "irc/protocol";

  /// The initiator binds here.
  tlm_utils::passthrough_target_socket<ProtocolChecker> target_socket;
  /// Leads to the target.
  tlm_utils::simple_initiator_socket<ProtocolChecker> initiator_socket;

  /// All violations so far, in the order they occurred.
  const std::vector<ProtocolViolation>& violations() const { return violations_; }
  /// Number of violations of `rule` so far.
  std::size_t count(std::string_view rule) const;
  /// Number of transactions under way now.
  std::size_t outstanding() const { return states_.size(); }
  /// Number of completed transactions, blocking and non-blocking.
  std::size_t completed() const { return completed_; }

  /// Reports transactions still under way under rule `outstanding`. Called at the end of simulation
  /// (`sc_stop`). A testbench whose `sc_start` only runs out of events has to call it itself.
  void check_complete();

 private:
  using Payload = tlm::tlm_generic_payload;
  struct Attributes {
    tlm::tlm_command command;
    sc_dt::uint64 address;
    unsigned char* data;
    unsigned length;
    unsigned char* enables;
    unsigned enable_length;
    unsigned streaming_width;
  };
  enum class Stage { request, accepted, response };
  struct State {
    Stage stage = Stage::request;
    Attributes first{};
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    sc_core::sc_time last;  // latest timing point
  };

  void b_transport(Payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  unsigned transport_dbg(Payload& payload);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);
  void end_of_simulation() override;

  void on_begin_req(const Payload& payload, const sc_core::sc_time& delay);
  void on_end_req(const Payload& payload, const sc_core::sc_time& delay);
  void on_begin_resp(const Payload& payload, const sc_core::sc_time& delay);
  void on_end_resp(const Payload& payload, const sc_core::sc_time& delay);
  tlm::tlm_sync_enum pass_begin_req(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum pass_end_resp(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum pass_end_req(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum pass_begin_resp(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void early_completion(const Payload& payload, const sc_core::sc_time& delay);
  void complete(const Payload& payload);

  static Attributes attributes_of(const Payload& payload);
  State* state_of(const Payload& payload, const char* what);
  void check_request(const Payload& payload);
  void check_unchanged(const Payload& payload, const Attributes& first, bool with_address);
  void check_has_status(const Payload& payload, const char* when);
  void check_time(State& state, const sc_core::sc_time& delay, const char* what);
  void check_return(const char* what, const tlm::tlm_phase& sent, const tlm::tlm_phase& returned,
                    const sc_core::sc_time& delay_sent, const sc_core::sc_time& delay_returned,
                    tlm::tlm_sync_enum result);
  void violation(const char* rule, const std::string& message);

  ProtocolCheckerOptions options_;
  std::unordered_map<const Payload*, State> states_;
  const Payload* request_under_way_ = nullptr;
  const Payload* response_under_way_ = nullptr;
  std::size_t completed_ = 0;
  bool completeness_checked_ = false;
  std::vector<ProtocolViolation> violations_;
};

}  // namespace irc::model
