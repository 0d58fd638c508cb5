// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace irc::tb {

/// A detector's picture on two platforms of one simulation, that of `irc run` and one where the RTL stands in
/// the accelerator's place, behind the same sockets, host, interconnect and memory. Prints cycles; returns 0
/// where the heads are equal bit by bit, else 1.
int run_platform(const std::string& detector, std::uint64_t seed);

}  // namespace irc::tb
