// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"

namespace irc::model {

/// How driver software reaches the platform. A processor model, a DMA model or a test implements it.
///
/// An access must let its simulated time pass, at least one delta cycle. Otherwise the interrupt line is
/// still high after the driver has cleared the interrupt, and the driver serves it for ever.
class HostBus {
 public:
  virtual ~HostBus() = default;
  /// Writes `bytes` from `address` on. Throws HostError where the bus answers with an error.
  virtual void write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
  /// Fills `bytes` from `address` on. Throws HostError where the bus answers with an error.
  virtual void read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;
  /// Returns when the accelerator's interrupt is high.
  virtual void wait_interrupt() = 0;
};

/// The accelerator or the bus refused a request.
class HostError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The accelerator's driver: puts a compiled program into memory, starts it and serves interrupts.
class HostDriver {
 public:
  /// `memory` is the bus address of the program's memory address 0 (the accelerator's DMA sees the same bus).
  /// `csr` is the bus address of the register window. `bus` and `program` must outlive the driver.
  HostDriver(HostBus& bus, const mapping::Program& program, std::uint64_t memory, std::uint64_t csr);

  /// Checks the device's identity and writes all segments. Throws HostError.
  void load();
  /// Runs the setup program. Run it again after changing the chip, for instance.
  void program_weights();
  /// Calls `load` and `program_weights`.
  void setup() {
    load();
    program_weights();
  }
  /// Runs one image through the detector and returns its head. `picture_id` names the noise draws of the
  /// image. Throws HostError.
  DenseMap<float> detect(const Picture& picture, std::uint32_t picture_id);

  /// Layer interrupts served so far.
  std::uint64_t layer_interrupts() const { return layer_interrupts_; }
  /// Busy cycles of the accelerator in the last program.
  std::uint64_t last_cycles() const { return last_cycles_; }

 private:
  std::uint32_t read_register(std::uint64_t offset);
  void write_register(std::uint64_t offset, std::uint32_t value);
  void run_program(std::uint64_t address);

  HostBus& bus_;
  const mapping::Program& program_;
  std::uint64_t memory_, csr_;
  std::uint64_t layer_interrupts_ = 0, last_cycles_ = 0;
};

}  // namespace irc::model
