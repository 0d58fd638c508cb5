// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/device/technology_card.h"

namespace irc::device {

enum class CellState : std::uint8_t { hrs, lrs };

/// What a programmed cell is made of, all variation drawn.
struct CellParameters {
  double r_ohm = 0;
  double v_t_v = 0;
  CellState state = CellState::hrs;  ///< the state it is in (stuck cells: not what was programmed)
};

struct CellCurrent {
  double i_a = 0;    ///< from bit line to source line
  double g_b_s = 0;  ///< dI/dV_b
  double g_s_s = 0;  ///< -dI/dV_s
  double v_x_v = 0;  ///< node between RRAM and transistor
};

/// EKV forward function F(u) = ln^2(1 + e^(u/2)) and its derivative.
struct EkvForward {
  double f = 0;
  double derivative = 0;
};
EkvForward ekv_forward(double u);

/// Drain current and conductances of the access transistor at node voltages against the bulk.
struct TransistorCurrent {
  double i_a = 0;
  double g_drain_s = 0;   ///< dI/dV_drain
  double g_source_s = 0;  ///< -dI/dV_source
};
TransistorCurrent transistor_current(const TechnologyCard& card, double v_t_v, double v_drain_v,
                                     double v_source_v, double v_wl_v);

/// Current of the RRAM alone at voltage v_v, and its slope.
struct ResistorCurrent {
  double i_a = 0;
  double g_s = 0;
};
ResistorCurrent resistor_current(const Rram& rram, double r_ohm, double v_v);

/// Solves the node between RRAM (to v_b) and access transistor (to v_s) by safeguarded Newton; the current
/// is within 1e-12 of the equations' solution. Throws InternalError if it does not converge.
CellCurrent solve_cell(const TechnologyCard& card, const CellParameters& cell, double v_b_v, double v_s_v,
                       double v_wl_v);

}  // namespace irc::device
