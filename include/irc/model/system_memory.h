// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

namespace irc::model {

/// Timing of a memory port. A transaction of n bytes from address a takes `latency_cycles + beats` periods of
/// `clock`. Beats start at multiples of the bus width: beats = ceil((a mod bus_bytes + n) / bus_bytes).
struct MemoryTiming {
  sc_core::sc_time clock;       ///< clock period, above zero
  unsigned latency_cycles = 0;  ///< from acceptance to the first data beat
  unsigned bus_bytes = 4;       ///< bytes per beat, at least 1
};

/// Byte-addressed memory behind one TLM-2.0 base-protocol socket. Addresses start at 0; all bytes are zero at
/// first.
///
/// Untouched pages take no memory on the host, so a memory of 1 GiB is cheap.
///
/// **AT.** BEGIN_REQ is accepted at once (TLM_UPDATED, END_REQ, no delay added). The read channel and the
/// write channel are independent; each serves one transaction at a time, in order of arrival:
///   start = max(acceptance, end of the one before it on the channel),
///   BEGIN_RESP at start + (latency_cycles + beats) * clock.
/// Data move and the response status is set at BEGIN_RESP. An initiator that delays END_RESP delays later
/// responses, as the response exclusion rule demands, but not their service. There is no back-pressure: the
/// initiator limits how many transactions it has outstanding.
///
/// **LT.** b_transport adds the delay of an idle memory to its time argument and never waits. Contention is
/// modelled in AT only.
///
/// **Errors.** Out of range: address error. Length 0, or a streaming width below the length: burst error.
/// Byte enables are supported; a value other than 0x00 and 0xff, or an enable length of 0: byte enable error.
/// An unknown command: command error. TLM_IGNORE_COMMAND moves no data and ends in TLM_OK_RESPONSE; it uses
/// the read channel. A refused transaction takes as long as a successful one.
class SystemMemory : public sc_core::sc_module {
 public:
  /// Throws InputError when `size_bytes` is 0 or cannot be mapped, the clock is zero or bus_bytes is 0.
  SystemMemory(sc_core::sc_module_name name, std::uint64_t size_bytes, const MemoryTiming& timing);
  SystemMemory(const SystemMemory&) = delete;
  SystemMemory& operator=(const SystemMemory&) = delete;
  ~SystemMemory() override;

  /// Access for the bus.
  tlm_utils::simple_target_socket<SystemMemory> socket;

  /// Size in bytes.
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// Timing of the port.
  const MemoryTiming& timing() const { return timing_; }
  /// Time of one transaction of `length` bytes on an idle memory.
  sc_core::sc_time service_time(std::uint64_t address, std::uint64_t length) const;

  /// Grants (the default) or refuses direct memory access. Refusing invalidates every pointer that was given
  /// out.
  void set_dmi_allowed(bool allowed);

  /// Writes `length` bytes without simulated time, for loaders and tests. Throws InputError when out of
  /// range.
  void load(std::uint64_t address, const void* bytes, std::size_t length);
  /// Reads `length` bytes without simulated time. Throws InputError when out of range.
  void dump(std::uint64_t address, void* bytes, std::size_t length) const;

 private:
  struct Job {
    tlm::tlm_generic_payload* payload;
    sc_core::sc_time finish;
    std::uint64_t sequence;
  };
  struct Channel {
    std::deque<Job> jobs;
    sc_core::sc_time free_at;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  void accept(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  void respond();
  void finish_response(tlm::tlm_generic_payload& payload);
  Channel* next_channel();
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  void execute(tlm::tlm_generic_payload& payload);

  std::uint64_t size_bytes_;
  MemoryTiming timing_;
  unsigned char* bytes_ = nullptr;
  bool dmi_allowed_ = true;
  std::array<Channel, 2> channels_;  // read, write
  std::uint64_t next_sequence_ = 0;
  tlm::tlm_generic_payload* awaiting_end_resp_ = nullptr;
  sc_core::sc_time response_free_at_;
  sc_core::sc_event respond_event_;
};

}  // namespace irc::model
