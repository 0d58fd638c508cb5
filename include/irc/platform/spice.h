// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "irc/array/tile.h"

namespace irc::platform {

/// One column of a tile with one input vector as an ngspice netlist that prints the clamp's current.
/// Cells, wires and conditions are the tile's; transistor and conduction are of `card`, which is the tile's
/// own unless a test wants a difference. Read noise is no circuit element and stays out.
std::string spice_netlist(const array::ProgrammedTile& tile, std::size_t column,
                          std::span<const std::uint64_t> vector, const device::TechnologyCard& card);

/// The program on PATH; empty if there is none.
std::string find_ngspice();
/// The same; throws InputError that says how to install it.
std::string require_ngspice();

/// Runs a netlist of spice_netlist. Throws InternalError with the end of ngspice's log if it gives no
/// current.
double ngspice_current_a(const std::string& ngspice, const std::string& netlist);

}  // namespace irc::platform
