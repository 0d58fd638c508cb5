// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "irc/mapping/descriptor.h"
#include "irc/model/registers.h"

namespace irc::model {

/// The control and status registers (registers.h) behind a 32-bit socket. Only aligned 4-byte accesses: other
/// lengths are a burst error, other addresses and writes to read-only registers an address or command error.
class CsrBlock : public sc_core::sc_module {
 public:
  CsrBlock(sc_core::sc_module_name name, const sc_core::sc_time& clock);

  tlm_utils::simple_target_socket<CsrBlock> socket;
  sc_core::sc_out<bool> irq_out;

  sc_core::sc_event doorbell_event;
  std::uint64_t program_address() const { return (std::uint64_t{program_high_} << 32) | program_low_; }
  std::uint32_t picture() const { return picture_; }

  // Called by the controller.
  void set_busy();
  void set_command(std::uint32_t index) { command_ = index; }
  void layer_done(bool interrupt);
  void program_done(std::uint64_t cycles, mapping::CommandError error);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload, bool effects);
  bool read(std::uint64_t offset, std::uint32_t& value) const;
  tlm::tlm_response_status write(std::uint64_t offset, std::uint32_t value);
  void raise(std::uint32_t bits);
  void drive_irq();

  sc_core::sc_time clock_;
  std::uint32_t status_ = 0, program_low_ = 0, program_high_ = 0, irq_status_ = 0, irq_enable_ = 0;
  std::uint32_t error_ = 0, command_ = 0, layers_done_ = 0, picture_ = 0;
  std::uint64_t cycles_ = 0;
  sc_core::sc_event irq_event_;
};

}  // namespace irc::model
