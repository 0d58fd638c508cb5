// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "irc/model/payload_manager.h"

namespace irc::tb {

/// A transaction to issue. A streaming width of 0 means the data length.
struct AtRequest {
  tlm::tlm_command command = tlm::TLM_READ_COMMAND;
  std::uint64_t address = 0;
  std::vector<unsigned char> data;  ///< bytes to write, or as many zeros as bytes are to be read
  unsigned streaming_width = 0;
  std::vector<unsigned char> byte_enables;
  sc_core::sc_time annotation;  ///< time argument of BEGIN_REQ
};

/// The course of a transaction. Times are effective: simulation time plus annotation.
struct AtRecord {
  AtRequest request;  ///< `data` holds what was read
  sc_core::sc_time begin_req, end_req, begin_resp, end_resp;
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  std::uint64_t address_in_response = 0;
  bool dmi_hint = false;
  bool request_over = false;
  bool done = false;
};

/// How the initiator ends a response.
enum class EndOfResponse { completed, updated, later };

/// A four-phase initiator for tests: records the time of every phase.
class AtInitiator : public sc_core::sc_module {
 public:
  explicit AtInitiator(sc_core::sc_module_name name);

  tlm_utils::simple_initiator_socket<AtInitiator> socket;
  /// Invalidated DMI ranges, first and last byte.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;

  /// `later` sends END_RESP on the forward path after `delay`.
  void end_responses(EndOfResponse how, const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME);

  /// Waits until the previous request is over, sends BEGIN_REQ and returns the record's number. Call it from
  /// a thread.
  std::size_t issue(AtRequest request);
  std::size_t read(std::uint64_t address, std::size_t length);
  std::size_t write(std::uint64_t address, std::vector<unsigned char> bytes);
  /// Waits until the transaction is over. Call it from a thread.
  const AtRecord& wait_for(std::size_t number);
  void wait_for_all();

  const AtRecord& record(std::size_t number) const { return records_[number]; }
  /// Forgets all records, for long simulations. Nothing may be under way.
  void forget() {
    records_.clear();
    invalidated.clear();
  }
  /// Number of payloads that anybody still holds.
  std::size_t outstanding() const { return manager_.outstanding(); }

 private:
  using Payload = tlm::tlm_generic_payload;

  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);
  void send_end_resp();
  AtRecord& record_of(const Payload& payload);
  void request_over(AtRecord& record, const sc_core::sc_time& delay);
  void response_arrived(AtRecord& record, const Payload& payload, const sc_core::sc_time& delay);
  void finish(AtRecord& record, Payload& payload, const sc_core::sc_time& when);

  model::PayloadManager manager_;
  std::deque<AtRecord> records_;
  std::vector<std::pair<const Payload*, std::size_t>> under_way_;
  EndOfResponse how_ = EndOfResponse::completed;
  sc_core::sc_time end_delay_;
  bool request_pending_ = false;
  Payload* response_pending_ = nullptr;
  sc_core::sc_event request_over_event_, done_event_, end_resp_event_;
};

}  // namespace irc::tb
