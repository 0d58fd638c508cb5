// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/device/technology_card.h"

namespace irc::energy {

/// The factors by which values move from one process and supply to another; k = node / reference node,
/// v = V_DD / reference V_DD. Constant-field scaling of dimensions with the supply as it is:
/// textbook rules (Dennard et al., JSSC 1974; Rabaey, Digital Integrated Circuits, chapter 5).
struct Scaling {
  double node = 1;    ///< k
  double supply = 1;  ///< v

  double switching() const { return node * supply * supply; }  ///< energy C V^2, C ~ k
  double leakage() const { return node * supply; }             ///< power V I, I ~ gate width ~ k
  double area() const { return node * node; }
  double length() const { return node; }
  double capacitance() const { return node; }     ///< per cell: length ~ k at constant F/m
  double resistance() const { return 1 / node; }  ///< of a wire per cell: length / cross-section ~ k / k^2
};

/// `card` at another node and core supply: the one place where these rules are applied.
///
/// Switching energies of logic, memory and amplifiers, leakage, areas, transistor and cell dimensions, and
/// wires per cell follow Scaling. What does not follow lithography stays: the RRAM element and its
/// programming, voltages of the array, clamp resistances, times, mismatch, system memory (another chip).
/// Throws InputError where node or supply is not above 0.
device::TechnologyCard scaled(device::TechnologyCard card, double node_m, double v_dd_v);

}  // namespace irc::energy
