// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <map>
#include <systemc>
#include <tlm>
#include <utility>

#include "irc/mapping/descriptor.h"
#include "irc/model/registers.h"

namespace irc::model {

/// The control and status registers (registers.h) behind a 32-bit socket. Only aligned accesses to all 4
/// bytes succeed. Another length is a burst error, another address an address error, a write to a read-only
/// register a command error, and a byte that is not enabled a byte enable error.
///
/// An access takes effect at the time for which the initiator asks: simulated time plus annotated time. A
/// blocking call waits for this time. Where the caller is no thread and cannot wait, a write takes effect at
/// its time all the same, and a read returns the state as it is now. Debug reads return whole registers as
/// they are now; debug writes are refused.
class CsrBlock : public sc_core::sc_module {
 public:
  /// Creates the registers with their reset values. `clock` is the clock period.
  CsrBlock(sc_core::sc_module_name name, const sc_core::sc_time& clock);

  /// Register access for the host.
  tlm_utils::simple_target_socket<CsrBlock> socket;
  /// Interrupt line to the host: high while irq_status & irq_enable is not zero.
  sc_core::sc_out<bool> irq_out;

  /// Called by the controller: returns when the host has rung the doorbell, with the memory address of the
  /// first descriptor. A ring that came before the call counts, and each ring counts once.
  std::uint64_t wait_doorbell();
  /// Memory address of the first descriptor, from program_low and program_high.
  std::uint64_t program_address() const { return (std::uint64_t{program_high_} << 32) | program_low_; }
  /// Value of the register `picture`, which names the noise draws.
  std::uint32_t picture() const { return picture_; }

  /// Called by the controller: sets the index of the command under way.
  void set_command(std::uint32_t index) { command_ = index; }
  /// Called by the controller when a command is finished; raises irq_layer if `interrupt`.
  void layer_done(bool interrupt);
  /// Called by the controller when the program ends: its busy cycles, and its error or none.
  void program_done(std::uint64_t cycles, mapping::CommandError error);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  static tlm::tlm_response_status check_access(const tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status defer(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  void write_later();
  bool read(std::uint64_t offset, std::uint32_t& value) const;
  tlm::tlm_response_status write(std::uint64_t offset, std::uint32_t value);
  void set_busy();
  void ring();
  void raise(std::uint32_t bits);
  void drive_irq();

  sc_core::sc_time clock_;
  std::uint32_t status_ = 0, program_low_ = 0, program_high_ = 0, irq_status_ = 0, irq_enable_ = 0;
  std::uint32_t error_ = 0, command_ = 0, layers_done_ = 0, picture_ = 0;
  std::uint64_t cycles_ = 0;
  bool rung_ = false;               // the doorbell was rung and the controller has not started yet
  std::uint64_t rung_program_ = 0;  // the program for which it was rung
  std::multimap<sc_core::sc_time, std::pair<std::uint64_t, std::uint32_t>> later_;  // offset and value
  sc_core::sc_event doorbell_event_, irq_event_, later_event_;
};

}  // namespace irc::model
