// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <exception>
#include <functional>
#include <systemc>
#include <tlm>

// This include comes after systemc because the header uses the kernel without including it.
#include <tlm_utils/tlm_quantumkeeper.h>

#include "irc/model/accelerator_config.h"
#include "irc/model/at_initiator.h"
#include "irc/model/host_driver.h"

namespace irc::model {

/// The host: a DMA that a job uses to move programs, weights, images and results over the bus.
///
/// In LT it keeps its own time in a quantum keeper and synchronises before registers and interrupts.
class HostDma : public sc_core::sc_module, public HostBus {
 public:
  /// What the host does; runs in the host's thread.
  using Job = std::function<void(HostDma&)>;

  /// `csr_address` is the bus address of the register window. No transaction is larger than `chunk_bytes`.
  HostDma(sc_core::sc_module_name name, TransportMode mode, std::uint64_t csr_address,
          std::uint32_t chunk_bytes, Job job);

  AtInitiator bus;              ///< its `bus.socket` goes to the interconnect
  sc_core::sc_in<bool> irq_in;  ///< the accelerator's interrupt, bound to its irq_out

  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
  void wait_interrupt() override;

  /// The host's own time: simulated time, plus in LT how far the host runs ahead of it.
  sc_core::sc_time now() const { return keeper_.get_current_time(); }
  /// Whether the job has returned or thrown.
  bool finished() const { return finished_; }
  /// What the job threw, or nullptr.
  std::exception_ptr failure() const { return failure_; }
  /// Notified when the job has returned or thrown.
  sc_core::sc_event finished_event;

 private:
  void run();
  void access(tlm::tlm_command command, std::uint64_t address, unsigned char* bytes, std::size_t length);

  TransportMode mode_;
  std::uint64_t csr_address_;
  std::uint32_t chunk_bytes_;
  Job job_;
  tlm_utils::tlm_quantumkeeper keeper_;
  bool finished_ = false;
  std::exception_ptr failure_;
};

}  // namespace irc::model
