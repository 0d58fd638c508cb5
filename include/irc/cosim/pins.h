// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <systemc>
#include <type_traits>

namespace irc::cosim {

/// The SystemC type of a pin of `Width` bits. It is the type that Verilator 5.006 gives a port with --sc.
template <int Width>
using PinVector = std::conditional_t<
    Width == 1, bool,
    std::conditional_t<(Width <= 32), std::uint32_t,
                       std::conditional_t<(Width <= 64), std::uint64_t, sc_dt::sc_bv<Width>>>>;

}  // namespace irc::cosim
