// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

/// Register map of the accelerator's CSR window: 32-bit registers, offsets in bytes (docs/registers.md). A
/// change of the map needs a new `csr::version_value`.
namespace irc::model::csr {

inline constexpr std::uint64_t id = 0x00;           ///< read: id_value
inline constexpr std::uint64_t version = 0x04;      ///< read: version_value
inline constexpr std::uint64_t control = 0x08;      ///< bit 0: soft reset (self-clearing; ignored while busy)
inline constexpr std::uint64_t status = 0x0c;       ///< read: status_* bits
inline constexpr std::uint64_t program_low = 0x10;  ///< memory address of the first descriptor
inline constexpr std::uint64_t program_high = 0x14;  ///< upper half of that address
inline constexpr std::uint64_t doorbell = 0x18;      ///< write 1: run the program (ignored while busy)
inline constexpr std::uint64_t irq_status = 0x1c;    ///< irq_* bits, write 1 to clear
inline constexpr std::uint64_t irq_enable = 0x20;    ///< irq_* bits
inline constexpr std::uint64_t error = 0x24;         ///< read: mapping::CommandError of the last program
inline constexpr std::uint64_t command =
    0x28;  ///< read: index of the command under way, or of the one that failed
inline constexpr std::uint64_t layers_done = 0x2c;  ///< read: commands finished since the doorbell
inline constexpr std::uint64_t picture =
    0x30;  ///< number of the image; it names the draws of read and decision noise
inline constexpr std::uint64_t cycles_low = 0x34;      ///< read: busy cycles of the last program, lower half
inline constexpr std::uint64_t cycles_high = 0x38;     ///< read: upper half
inline constexpr std::uint64_t window_bytes = 0x1000;  ///< size of the register window in bytes

inline constexpr std::uint32_t id_value = 0x49524353;  ///< "IRCS"
inline constexpr std::uint32_t version_value = 1;      ///< version of this map
inline constexpr std::uint32_t control_reset = 1;      ///< written to `control`
inline constexpr std::uint32_t doorbell_run = 1;       ///< written to `doorbell`
inline constexpr std::uint32_t status_busy = 1,        ///< bit of `status`: a program runs
    status_error = 2;                                  ///< bit of `status`: the last program failed
inline constexpr std::uint32_t irq_layer = 1,          ///< interrupt: a command is finished
    irq_program = 2,                                   ///< interrupt: the program is finished
    irq_error = 4;                                     ///< interrupt: the program failed

/// One register, for programs that write the map in another language (RTL, firmware).
struct Register {
  std::string_view name;     ///< as in this header
  std::uint64_t offset = 0;  ///< byte offset in the window
  std::uint32_t reset = 0;   ///< value after reset
  bool writable = false;     ///< whether the host may write it
};
/// All registers, by offset.
inline constexpr std::array<Register, 15> registers{{
    {"id", id, id_value, false},
    {"version", version, version_value, false},
    {"control", control, 0, true},
    {"status", status, 0, false},
    {"program_low", program_low, 0, true},
    {"program_high", program_high, 0, true},
    {"doorbell", doorbell, 0, true},
    {"irq_status", irq_status, 0, true},
    {"irq_enable", irq_enable, 0, true},
    {"error", error, 0, false},
    {"command", command, 0, false},
    {"layers_done", layers_done, 0, false},
    {"picture", picture, 0, true},
    {"cycles_low", cycles_low, 0, false},
    {"cycles_high", cycles_high, 0, false},
}};
/// Names and values of the bits above.
inline constexpr std::array<std::pair<std::string_view, std::uint32_t>, 7> bit_names{{
    {"control_reset", control_reset},
    {"doorbell_run", doorbell_run},
    {"status_busy", status_busy},
    {"status_error", status_error},
    {"irq_layer", irq_layer},
    {"irq_program", irq_program},
    {"irq_error", irq_error},
}};

}  // namespace irc::model::csr
