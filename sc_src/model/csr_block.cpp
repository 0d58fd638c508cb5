// SPDX-License-Identifier: Apache-2.0
#include "irc/model/csr_block.h"

#include <algorithm>
#include <cstring>

#include "irc/model/payload_check.h"

namespace irc::model {

using tlm::tlm_generic_payload;

CsrBlock::CsrBlock(sc_core::sc_module_name name, const sc_core::sc_time& clock)
    : sc_module(name), socket("socket"), irq_out("irq_out"), clock_(clock) {
  SC_HAS_PROCESS(CsrBlock);
  socket.register_b_transport(this, &CsrBlock::b_transport);
  socket.register_transport_dbg(this, &CsrBlock::transport_dbg);
  SC_METHOD(drive_irq);
  sensitive << irq_event_;
  dont_initialize();
  SC_METHOD(write_later);
  sensitive << later_event_;
  dont_initialize();
}

void CsrBlock::drive_irq() {
  irq_out.write((irq_status_ & irq_enable_) != 0);
}

void CsrBlock::raise(std::uint32_t bits) {
  irq_status_ |= bits;
  irq_event_.notify(sc_core::SC_ZERO_TIME);
}

void CsrBlock::set_busy() {
  status_ = csr::status_busy;
  error_ = 0;
  layers_done_ = 0;
  command_ = 0;
}

// The host may ring before the controller's thread has run for the first time, and it may write a new PROGRAM
// before the thread runs next. So the ring and its address are kept. The delta notification is also legal
// before the simulation starts.
void CsrBlock::ring() {
  rung_ = true;
  rung_program_ = program_address();
  doorbell_event_.notify(sc_core::SC_ZERO_TIME);
}

std::uint64_t CsrBlock::wait_doorbell() {
  while (!rung_) sc_core::wait(doorbell_event_);
  rung_ = false;
  return rung_program_;
}

void CsrBlock::layer_done(bool interrupt) {
  ++layers_done_;
  if (interrupt) raise(csr::irq_layer);
}

void CsrBlock::program_done(std::uint64_t cycles, mapping::CommandError error) {
  cycles_ = cycles;
  error_ = static_cast<std::uint32_t>(error);
  status_ = error == mapping::CommandError::none ? 0 : csr::status_error;
  raise(csr::irq_program | (error == mapping::CommandError::none ? 0 : csr::irq_error));
}

bool CsrBlock::read(std::uint64_t offset, std::uint32_t& value) const {
  switch (offset) {
    case csr::id:
      value = csr::id_value;
      return true;
    case csr::version:
      value = csr::version_value;
      return true;
    case csr::control:
      value = 0;
      return true;
    case csr::status:
      value = status_;
      return true;
    case csr::program_low:
      value = program_low_;
      return true;
    case csr::program_high:
      value = program_high_;
      return true;
    case csr::doorbell:
      value = 0;
      return true;
    case csr::irq_status:
      value = irq_status_;
      return true;
    case csr::irq_enable:
      value = irq_enable_;
      return true;
    case csr::error:
      value = error_;
      return true;
    case csr::command:
      value = command_;
      return true;
    case csr::layers_done:
      value = layers_done_;
      return true;
    case csr::picture:
      value = picture_;
      return true;
    case csr::cycles_low:
      value = static_cast<std::uint32_t>(cycles_);
      return true;
    case csr::cycles_high:
      value = static_cast<std::uint32_t>(cycles_ >> 32);
      return true;
    default:
      return false;
  }
}

tlm::tlm_response_status CsrBlock::write(std::uint64_t offset, std::uint32_t value) {
  const bool busy = (status_ & csr::status_busy) != 0;
  switch (offset) {
    case csr::control:
      if ((value & csr::control_reset) != 0 && !busy) {
        status_ = error_ = irq_status_ = layers_done_ = command_ = 0;
        irq_event_.notify(sc_core::SC_ZERO_TIME);
      }
      return tlm::TLM_OK_RESPONSE;
    case csr::program_low:
      program_low_ = value;
      return tlm::TLM_OK_RESPONSE;
    case csr::program_high:
      program_high_ = value;
      return tlm::TLM_OK_RESPONSE;
    case csr::doorbell:
      if ((value & csr::doorbell_run) != 0 && !busy) {
        set_busy();
        ring();
      }
      return tlm::TLM_OK_RESPONSE;
    case csr::irq_status:
      irq_status_ &= ~value;
      irq_event_.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_OK_RESPONSE;
    case csr::irq_enable:
      irq_enable_ = value;
      irq_event_.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_OK_RESPONSE;
    case csr::picture:
      picture_ = value;
      return tlm::TLM_OK_RESPONSE;
    default: {
      std::uint32_t ignored = 0;
      return read(offset, ignored) ? tlm::TLM_COMMAND_ERROR_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
  }
}

tlm::tlm_response_status CsrBlock::check_access(const tlm_generic_payload& payload) {
  const tlm::tlm_response_status status = check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE || !moves_bytes(payload)) return status;
  if (payload.get_data_length() != 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  return all_bytes_enabled(payload) ? tlm::TLM_OK_RESPONSE : tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
}

tlm::tlm_response_status CsrBlock::access(tlm_generic_payload& payload) {
  const tlm::tlm_response_status status = check_access(payload);
  if (status != tlm::TLM_OK_RESPONSE || !moves_bytes(payload)) return status;
  std::uint32_t value = 0;
  if (payload.is_write()) {
    std::memcpy(&value, payload.get_data_ptr(), 4);
    return write(payload.get_address(), value);
  }
  if (!read(payload.get_address(), value)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  std::memcpy(payload.get_data_ptr(), &value, 4);
  return tlm::TLM_OK_RESPONSE;
}

void CsrBlock::b_transport(tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const bool now = pass_annotated_time(delay);
  const bool later = !now && payload.is_write();
  payload.set_response_status(later ? defer(payload, delay) : access(payload));
  delay += clock_;
}

// A write from a process that cannot wait, for a time to come.
tlm::tlm_response_status CsrBlock::defer(const tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const tlm::tlm_response_status status = check_access(payload);
  if (status != tlm::TLM_OK_RESPONSE) return status;
  const auto found = std::find_if(csr::registers.begin(), csr::registers.end(),
                                  [&](const auto& r) { return r.offset == payload.get_address(); });
  if (found == csr::registers.end()) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (!found->writable) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  std::uint32_t value = 0;
  std::memcpy(&value, payload.get_data_ptr(), 4);
  later_.emplace(sc_core::sc_time_stamp() + delay, std::pair(found->offset, value));
  later_event_.notify(delay);  // an event keeps the earliest of its notifications
  return tlm::TLM_OK_RESPONSE;
}

void CsrBlock::write_later() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto [offset, value] = later_.begin()->second;
    later_.erase(later_.begin());
    write(offset, value);
  }
  if (!later_.empty()) later_event_.notify(later_.begin()->first - now);
}

// Debug transport uses no other attributes than command, address, data pointer and length.
unsigned CsrBlock::transport_dbg(tlm_generic_payload& payload) {
  if (!payload.is_read() || payload.get_data_ptr() == nullptr || payload.get_address() % 4 != 0) return 0;
  unsigned moved = 0;
  std::uint32_t value = 0;
  while (payload.get_data_length() - moved >= 4 && read(payload.get_address() + moved, value)) {
    std::memcpy(payload.get_data_ptr() + moved, &value, 4);
    moved += 4;
  }
  return moved;
}

}  // namespace irc::model
