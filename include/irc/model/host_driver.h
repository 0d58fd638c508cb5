// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "irc/core/tensor.h"
#include "irc/mapping/compiler.h"

namespace irc::model {

/// How driver software reaches the platform: a processor model, a DMA model or a test implements this.
class HostBus {
 public:
  virtual ~HostBus() = default;
  /// Throw HostError where the bus answers with an error.
  virtual void write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
  virtual void read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;
  /// Returns when the accelerator's interrupt is high.
  virtual void wait_interrupt() = 0;
};

/// The accelerator or the bus refused.
class HostError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The accelerator's driver: puts a compiled program into memory, starts it, serves interrupts.
class HostDriver {
 public:
  /// \param memory  bus address of memory address 0 of the program (the accelerator's DMA sees the same bus)
  /// \param csr     bus address of the register window
  HostDriver(HostBus& bus, const mapping::Program& program, std::uint64_t memory, std::uint64_t csr);

  /// Checks the device's identity and writes all segments. Throws HostError.
  void load();
  /// Runs the setup program; again, for instance, for another chip.
  void program_weights();
  /// Both.
  void setup() {
    load();
    program_weights();
  }
  /// Runs one picture through. `picture_id` names its noise draws.
  DenseMap<float> detect(const Picture& picture, std::uint32_t picture_id);

  std::uint64_t layer_interrupts() const { return layer_interrupts_; }
  /// Accelerator cycles of the last program run.
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
