// SPDX-License-Identifier: Apache-2.0
#include "irc/model/system_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "irc/core/error.h"
#include "irc/model/payload_check.h"

namespace irc::model {
namespace {

using sc_core::sc_time;

void check_configuration(const char* name, std::uint64_t size_bytes, const MemoryTiming& timing) {
  const std::string who = std::string("memory \"") + name + "\": ";
  if (size_bytes == 0) throw InputError(who + "size is 0 bytes; expected at least 1");
  if (timing.clock == sc_core::SC_ZERO_TIME) throw InputError(who + "clock period is 0 s; expected more");
  if (timing.bus_bytes == 0) throw InputError(who + "bus width is 0 bytes; expected at least 1");
}

// The system allocates pages of an anonymous mapping when they are first written.
unsigned char* map_zeros(const char* name, std::uint64_t size_bytes) {
  void* bytes = MAP_FAILED;
  if (size_bytes <= std::numeric_limits<std::size_t>::max())
    bytes = ::mmap(nullptr, static_cast<std::size_t>(size_bytes), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED)
    throw InputError(std::string("memory \"") + name + "\": size is " + std::to_string(size_bytes) +
                     " bytes; this machine cannot map that much, expected a smaller one (memory.size_bytes "
                     "in a configuration)");
  return static_cast<unsigned char*>(bytes);
}

void check_range(const char* name, std::uint64_t address, std::uint64_t length, std::uint64_t size) {
  if (address <= size && length <= size - address) return;
  throw InputError(std::string("memory \"") + name + "\": " + std::to_string(length) +
                   " bytes from address " + std::to_string(address) + " lie outside; expected them within " +
                   std::to_string(size) + " bytes");
}

}  // namespace

SystemMemory::SystemMemory(sc_core::sc_module_name name, std::uint64_t size_bytes, const MemoryTiming& timing)
    : sc_core::sc_module(name), socket("socket"), size_bytes_(size_bytes), timing_(timing) {
  check_configuration(this->name(), size_bytes, timing);
  bytes_ = map_zeros(this->name(), size_bytes);
  socket.register_b_transport(this, &SystemMemory::b_transport);
  socket.register_nb_transport_fw(this, &SystemMemory::nb_transport_fw);
  socket.register_transport_dbg(this, &SystemMemory::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &SystemMemory::get_direct_mem_ptr);
  SC_HAS_PROCESS(SystemMemory);
  SC_METHOD(respond);
  sensitive << respond_event_;
  dont_initialize();
}

SystemMemory::~SystemMemory() {
  if (bytes_ != nullptr) ::munmap(bytes_, static_cast<std::size_t>(size_bytes_));
}

sc_time SystemMemory::service_time(std::uint64_t address, std::uint64_t length) const {
  // Beats start at multiples of the bus width. The sum cannot overflow, because a payload's length has 32
  // bits.
  const std::uint64_t bytes = address % timing_.bus_bytes + length;
  const std::uint64_t beats = bytes / timing_.bus_bytes + (bytes % timing_.bus_bytes != 0 ? 1 : 0);
  // The product of integer time steps is exact; sc_time * double would round above 2^53.
  return sc_time::from_value(timing_.clock.value() * (timing_.latency_cycles + beats));
}

void SystemMemory::b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
  execute(payload);
  delay += service_time(payload.get_address(), payload.get_data_length());
}

tlm::tlm_sync_enum SystemMemory::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) {
    accept(payload, delay);
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  if (phase == tlm::END_RESP) {
    if (awaiting_end_resp_ != &payload) {
      SC_REPORT_ERROR("irc/system_memory", "END_RESP for a transaction that has no response under way");
      return tlm::TLM_ACCEPTED;
    }
    response_free_at_ = sc_core::sc_time_stamp() + delay;
    finish_response(payload);
    respond_event_.notify(delay);
    return tlm::TLM_COMPLETED;
  }
  if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP || phase == tlm::UNINITIALIZED_PHASE)
    SC_REPORT_ERROR("irc/system_memory", "phase that no initiator may send on the forward path");
  return tlm::TLM_ACCEPTED;  // extended phases may be ignored
}

void SystemMemory::accept(tlm::tlm_generic_payload& payload, const sc_time& delay) {
  if (payload.has_mm()) payload.acquire();
  const sc_time now = sc_core::sc_time_stamp();
  Channel& channel = channels_[payload.is_write() ? 1 : 0];
  const sc_time start = std::max(now + delay, channel.free_at);
  channel.free_at = start + service_time(payload.get_address(), payload.get_data_length());
  channel.jobs.push_back({&payload, channel.free_at, next_sequence_++});
  respond_event_.notify(channel.free_at - now);
}

SystemMemory::Channel* SystemMemory::next_channel() {
  Channel* next = nullptr;
  for (Channel& channel : channels_) {
    if (channel.jobs.empty()) continue;
    if (next == nullptr) {
      next = &channel;
      continue;
    }
    const Job& a = channel.jobs.front();
    const Job& b = next->jobs.front();
    if (a.finish < b.finish || (a.finish == b.finish && a.sequence < b.sequence)) next = &channel;
  }
  return next;
}

void SystemMemory::respond() {
  const sc_time now = sc_core::sc_time_stamp();
  while (awaiting_end_resp_ == nullptr) {
    Channel* channel = next_channel();
    if (channel == nullptr) return;
    const sc_time ready = std::max(channel->jobs.front().finish, response_free_at_);
    if (ready > now) {
      respond_event_.notify(ready - now);
      return;
    }
    tlm::tlm_generic_payload& payload = *channel->jobs.front().payload;
    channel->jobs.pop_front();
    execute(payload);
    awaiting_end_resp_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_sync_enum result = socket->nb_transport_bw(payload, phase, delay);
    const bool over = result == tlm::TLM_COMPLETED || (result == tlm::TLM_UPDATED && phase == tlm::END_RESP);
    if (!over) continue;
    response_free_at_ = now + delay;
    finish_response(payload);
  }
}

void SystemMemory::finish_response(tlm::tlm_generic_payload& payload) {
  awaiting_end_resp_ = nullptr;
  if (payload.has_mm()) payload.release();
}

tlm::tlm_response_status SystemMemory::check(const tlm::tlm_generic_payload& payload) const {
  const tlm::tlm_response_status status = check_payload(payload);
  if (status != tlm::TLM_OK_RESPONSE || !moves_bytes(payload)) return status;
  const std::uint64_t length = payload.get_data_length();
  if (payload.get_address() >= size_bytes_ || length > size_bytes_ - payload.get_address())
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

void SystemMemory::execute(tlm::tlm_generic_payload& payload) {
  const tlm::tlm_response_status status = check(payload);
  if (status == tlm::TLM_OK_RESPONSE) {
    if (moves_bytes(payload)) move_bytes(payload, bytes_ + payload.get_address());
    payload.set_dmi_allowed(dmi_allowed_);
  }
  payload.set_response_status(status);
}

unsigned SystemMemory::transport_dbg(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (!moves_bytes(payload) || address >= size_bytes_) return 0;
  if (payload.get_data_ptr() == nullptr) return 0;
  const auto length =
      static_cast<unsigned>(std::min<std::uint64_t>(payload.get_data_length(), size_bytes_ - address));
  if (payload.is_read())
    std::memcpy(payload.get_data_ptr(), bytes_ + address, length);
  else
    std::memcpy(bytes_ + address, payload.get_data_ptr(), length);
  return length;
}

bool SystemMemory::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  const bool inside = payload.get_address() < size_bytes_;
  dmi.set_start_address(inside ? 0 : size_bytes_);
  dmi.set_end_address(inside ? size_bytes_ - 1 : std::numeric_limits<sc_dt::uint64>::max());
  if (!inside || !dmi_allowed_) return false;
  dmi.set_dmi_ptr(bytes_);
  dmi.allow_read_write();
  dmi.set_read_latency(service_time(0, timing_.bus_bytes));
  dmi.set_write_latency(service_time(0, timing_.bus_bytes));
  return true;
}

void SystemMemory::set_dmi_allowed(bool allowed) {
  if (dmi_allowed_ && !allowed) socket->invalidate_direct_mem_ptr(0, size_bytes_ - 1);
  dmi_allowed_ = allowed;
}

void SystemMemory::load(std::uint64_t address, const void* bytes, std::size_t length) {
  check_range(name(), address, length, size_bytes_);
  if (length != 0) std::memcpy(bytes_ + address, bytes, length);
}

void SystemMemory::dump(std::uint64_t address, void* bytes, std::size_t length) const {
  check_range(name(), address, length, size_bytes_);
  if (length != 0) std::memcpy(bytes, bytes_ + address, length);
}

}  // namespace irc::model
