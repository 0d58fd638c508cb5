// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

namespace irc::model {

/// On-chip SRAM for binary feature maps, in 64-bit words. The controller works on views. The socket gives a
/// host or a debugger byte access to the same words, at one bus beat of 8 bytes per clock.
class ActivationBuffer : public sc_core::sc_module {
 public:
  /// A buffer of `bits` bits, rounded up to whole words. `clock` is the clock period.
  ActivationBuffer(sc_core::sc_module_name name, std::uint64_t bits, const sc_core::sc_time& clock);

  /// Byte access for the host; addresses start at 0.
  tlm_utils::simple_target_socket<ActivationBuffer> socket;

  /// Size in 64-bit words.
  std::uint64_t words() const { return words_.size(); }
  /// Words [first, first + count). The caller has checked the range.
  std::span<std::uint64_t> view(std::uint64_t first, std::uint64_t count);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);

  std::vector<std::uint64_t> words_;
  sc_core::sc_time clock_;
};

}  // namespace irc::model
