// SPDX-License-Identifier: Apache-2.0
#include "irc/model/host_dma.h"

#include <algorithm>
#include <string>

#include "irc/model/registers.h"

namespace irc::model {

HostDma::HostDma(sc_core::sc_module_name name, TransportMode mode, std::uint64_t csr_address,
                 std::uint32_t chunk_bytes, Job job)
    : sc_module(name),
      bus("bus"),
      irq_in("irq_in"),
      mode_(mode),
      csr_address_(csr_address),
      chunk_bytes_(std::max<std::uint32_t>(chunk_bytes, 4)),
      job_(std::move(job)) {
  SC_HAS_PROCESS(HostDma);
  SC_THREAD(run);
}

void HostDma::run() {
  keeper_.reset();
  // An exception must not pass through the kernel, because it would lose its type before sc_start returns.
  try {
    job_(*this);
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the kernel ends or resets this thread
  } catch (...) {
    failure_ = std::current_exception();
  }
  keeper_.sync();
  finished_ = true;
  finished_event.notify();
}

void HostDma::access(tlm::tlm_command command, std::uint64_t address, unsigned char* bytes,
                     std::size_t length) {
  auto* payload = bus.payloads.allocate();
  set_access(*payload, command, address, bytes, length);
  if (mode_ == TransportMode::at) {
    bus.transport(*payload);
  } else {
    const bool is_register = address >= csr_address_ && address - csr_address_ < csr::window_bytes;
    if (is_register) keeper_.sync();
    auto delay = keeper_.get_local_time();
    bus.socket->b_transport(*payload, delay);
    keeper_.set(delay);
    if (is_register || keeper_.need_sync()) keeper_.sync();
  }
  const auto status = payload->get_response_status();
  const std::string text = payload->get_response_string();
  payload->release();
  if (status != tlm::TLM_OK_RESPONSE)
    throw HostError("bus access of " + std::to_string(length) + " bytes at address " +
                    std::to_string(address) + " failed: " + text);
}

void HostDma::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes_) {
    const std::size_t length = std::min<std::size_t>(chunk_bytes_, bytes.size() - at);
    // A write never changes the initiator's data, but the payload's pointer is not const.
    access(tlm::TLM_WRITE_COMMAND, address + at, const_cast<unsigned char*>(bytes.data() + at), length);
  }
}

void HostDma::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes_)
    access(tlm::TLM_READ_COMMAND, address + at, bytes.data() + at,
           std::min<std::size_t>(chunk_bytes_, bytes.size() - at));
}

void HostDma::wait_interrupt() {
  keeper_.sync();
  while (!irq_in.read()) sc_core::wait(irq_in.value_changed_event());
}

}  // namespace irc::model
