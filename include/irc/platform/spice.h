// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "irc/array/tile.h"

namespace irc::platform {

/// An ngspice netlist of one column of a tile with one input vector; it prints the clamp's current in A.
/// Cells, wires and conditions are the tile's. Transistor and conduction are those of `card`, which is the
/// tile's own card unless a test wants a difference. The netlist has no read noise, because that is no
/// circuit element.
std::string spice_netlist(const array::ProgrammedTile& tile, std::size_t column,
                          std::span<const std::uint64_t> vector, const device::TechnologyCard& card);

/// Path of the program found on PATH; empty if there is none.
std::string find_ngspice();
/// The same, but throws InputError that says how to install it.
std::string require_ngspice();

/// Runs a netlist of spice_netlist and returns the current in A. Throws InternalError with the end of
/// ngspice's log if there is no current.
double ngspice_current_a(const std::string& ngspice, const std::string& netlist);

}  // namespace irc::platform
