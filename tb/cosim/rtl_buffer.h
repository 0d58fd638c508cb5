// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

class Virc_controller;

namespace irc::tb {

/// Word of the Verilated controller's activation buffer. The only look into Verilated internals: programs
/// around different translations of the RTL share all but this.
std::uint64_t buffer_word(const Virc_controller& rtl, std::size_t word);

}  // namespace irc::tb
