// SPDX-License-Identifier: Apache-2.0
#include "irc/model/host_driver.h"

#include <cstring>
#include <string>

#include "irc/model/registers.h"

namespace irc::model {

HostDriver::HostDriver(HostBus& bus, const mapping::Program& program, std::uint64_t memory, std::uint64_t csr)
    : bus_(bus), program_(program), memory_(memory), csr_(csr) {}

std::uint32_t HostDriver::read_register(std::uint64_t offset) {
  std::uint8_t bytes[4];
  bus_.read(csr_ + offset, bytes);
  std::uint32_t value;
  std::memcpy(&value, bytes, 4);
  return value;
}

void HostDriver::write_register(std::uint64_t offset, std::uint32_t value) {
  std::uint8_t bytes[4];
  std::memcpy(bytes, &value, 4);
  bus_.write(csr_ + offset, bytes);
}

void HostDriver::load() {
  const auto id = read_register(csr::id), version = read_register(csr::version);
  if (id != csr::id_value || version != csr::version_value)
    throw HostError("no accelerator at address " + std::to_string(csr_) + ": id " + std::to_string(id) +
                    " and version " + std::to_string(version) + " found, expected " +
                    std::to_string(csr::id_value) + " and " + std::to_string(csr::version_value));
  for (const auto& segment : program_.segments) bus_.write(memory_ + segment.address, segment.bytes);
}

void HostDriver::program_weights() {
  if (!program_.setup.empty()) run_program(program_.setup_address);
}

DenseMap<float> HostDriver::detect(const Picture& picture, std::uint32_t picture_id) {
  if (!(picture.shape == program_.picture_shape))
    throw HostError("picture of " + std::to_string(picture.shape.width) + "x" +
                    std::to_string(picture.shape.height) + " given, the network takes " +
                    std::to_string(program_.picture_shape.width) + "x" +
                    std::to_string(program_.picture_shape.height));
  bus_.write(memory_ + program_.picture_address, picture.values);
  write_register(csr::picture, picture_id);
  run_program(program_.picture_program_address);
  std::vector<std::uint8_t> bytes(program_.head_bytes);
  bus_.read(memory_ + program_.head_address, bytes);
  DenseMap<float> head(program_.head_shape);
  std::memcpy(head.values.data(), bytes.data(), bytes.size());
  return head;
}

void HostDriver::run_program(std::uint64_t address) {
  write_register(csr::program_low, static_cast<std::uint32_t>(address));
  write_register(csr::program_high, static_cast<std::uint32_t>(address >> 32));
  write_register(csr::irq_enable, csr::irq_layer | csr::irq_program | csr::irq_error);
  write_register(csr::doorbell, 1);
  std::uint32_t seen = 0;
  while ((seen & csr::irq_program) == 0) {
    bus_.wait_interrupt();
    const auto pending = read_register(csr::irq_status);
    write_register(csr::irq_status, pending);
    if ((pending & csr::irq_layer) != 0) ++layer_interrupts_;
    seen |= pending;
  }
  last_cycles_ = read_register(csr::cycles_low) | (std::uint64_t{read_register(csr::cycles_high)} << 32);
  if ((seen & csr::irq_error) != 0) {
    const auto error = static_cast<mapping::CommandError>(read_register(csr::error));
    throw HostError("command " + std::to_string(read_register(csr::command)) +
                    " failed: " + mapping::text(error));
  }
}

}  // namespace irc::model
