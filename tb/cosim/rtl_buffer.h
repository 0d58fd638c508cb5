// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

class Virc_controller;

namespace irc::tb {

/// Reads a word of the Verilated controller's activation buffer. This is the only access to Verilated
/// internals, so programs around different translations of the RTL share everything else.
std::uint64_t buffer_word(const Virc_controller& rtl, std::size_t word);

}  // namespace irc::tb
