// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace irc::tb {

/// Runs a detector's image on two platforms in one simulation: that of `irc run`, and one whose accelerator
/// is the RTL, with the same sockets, host, interconnect and memory. Prints cycles. Returns 0 where the heads
/// are equal bit by bit, else 1.
int run_platform(const std::string& detector, std::uint64_t seed);

}  // namespace irc::tb
