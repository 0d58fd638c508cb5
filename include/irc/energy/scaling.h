// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "irc/device/technology_card.h"

namespace irc::energy {

/// Factors that convert values from one process and supply to another, with k = node / reference node and v =
/// V_DD / reference V_DD. Dimensions scale with constant field, while the supply is free. These are textbook
/// rules (Dennard et al., JSSC 1974; Rabaey, Digital Integrated Circuits, chapter 5).
struct Scaling {
  double node = 1;    ///< k
  double supply = 1;  ///< v

  double switching() const { return node * supply * supply; }  ///< energy C V^2 with C ~ k
  double leakage() const { return node * supply; }             ///< power V I with I ~ gate width ~ k
  double area() const { return node * node; }                  ///< ~ k^2
  double length() const { return node; }                       ///< ~ k
  double capacitance() const { return node; }                  ///< per cell: length ~ k at constant F/m
  double resistance() const { return 1 / node; }  ///< of a wire, per cell: length / cross-section ~ k / k^2
};

/// Converts `card` to another node and core supply. These rules are applied nowhere else.
///
/// Scaling applies to switching energies of logic, memory and amplifiers, to leakage, areas, transistor and
/// cell dimensions, and to wires per cell. Values that do not depend on lithography stay: the RRAM element
/// and its programming, the array's voltages, clamp resistances, times, mismatch, and system memory, which is
/// another chip. Throws InputError if the node or the supply is not above 0.
device::TechnologyCard scaled(device::TechnologyCard card, double node_m, double v_dd_v);

}  // namespace irc::energy
