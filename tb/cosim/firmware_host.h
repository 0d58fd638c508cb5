// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>
#include <cstdint>

#include <cstring>

#include "irc/model/host_driver.h"
#include "irc_driver.h"

namespace irc::tb {

/// A device of the bare-metal driver on a host's bus.
inline irc_device firmware_device(model::HostBus& bus, std::uint64_t csr_base) {
  irc_device device{};
  device.context = &bus;
  device.base = csr_base;
  device.read32 = [](void* context, std::uint64_t address) {
    std::uint8_t bytes[4];
    static_cast<model::HostBus*>(context)->read(address, bytes);
    std::uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
  };
  device.write32 = [](void* context, std::uint64_t address, std::uint32_t value) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &value, 4);
    static_cast<model::HostBus*>(context)->write(address, bytes);
  };
  device.wait_interrupt = [](void* context) {
    try {
      static_cast<model::HostBus*>(context)->wait_interrupt();
    } catch (const model::HostError&) {
      // No exception may pass through the driver's C code. The driver reads the registers and gives up by
      // itself.
    }
  };
  return device;
}

/// Runs one program with the firmware's driver and returns its cycles. Throws HostError with the driver's own
/// words.
inline std::uint64_t run_firmware(const irc_device& device, std::uint64_t program, std::uint32_t picture) {
  irc_result result{};
  constexpr std::uint32_t looks = 1u << 20;
  const auto status = irc_run(&device, program, picture, looks, &result);
  if (status != IRC_OK)
    throw model::HostError(fmt::format("firmware: {} (command {}: {})", irc_status_text(status),
                                       result.command, irc_error_text(result.error)));
  return result.cycles;
}

}  // namespace irc::tb
