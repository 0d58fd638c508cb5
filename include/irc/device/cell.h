// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "irc/device/technology_card.h"

/// Physics of one cell: technology cards, access transistor, RRAM, variation and drift.
namespace irc::device {

/// The state of a cell's RRAM.
enum class CellState : std::uint8_t {
  hrs,  ///< high resistance
  lrs   ///< low resistance
};

/// Parameters of a programmed cell, with all variation drawn.
struct CellParameters {
  double r_ohm = 0;                  ///< resistance
  double v_t_v = 0;                  ///< threshold voltage of the access transistor
  CellState state = CellState::hrs;  ///< the state it is in; for a stuck cell this is not the programmed one
};

/// The solution of one cell: current, conductances and inner node.
struct CellCurrent {
  double i_a = 0;    ///< current from bit line to source line
  double g_b_s = 0;  ///< dI/dV_b
  double g_s_s = 0;  ///< -dI/dV_s
  double v_x_v = 0;  ///< voltage of the node between RRAM and transistor
};

/// EKV forward function F(u) = ln^2(1 + e^(u/2)) and its derivative.
struct EkvForward {
  double f = 0;           ///< F(u)
  double derivative = 0;  ///< dF/du
};
/// Evaluates the EKV forward function at `u`, a voltage divided by the thermal voltage.
EkvForward ekv_forward(double u);

/// Drain current and conductances of the access transistor. Node voltages are relative to the bulk.
struct TransistorCurrent {
  double i_a = 0;         ///< current from drain to source
  double g_drain_s = 0;   ///< dI/dV_drain
  double g_source_s = 0;  ///< -dI/dV_source
};
/// Evaluates the EKV model of the card's transistor, with threshold v_t_v, at the card's temperature.
TransistorCurrent transistor_current(const TechnologyCard& card, double v_t_v, double v_drain_v,
                                     double v_source_v, double v_wl_v);

/// Current of the RRAM alone, and its slope.
struct ResistorCurrent {
  double i_a = 0;  ///< current
  double g_s = 0;  ///< dI/dV
};
/// Current at voltage `v_v` of an RRAM whose resistance is `r_ohm` at small voltages, by the conduction law
/// of `rram`.
ResistorCurrent resistor_current(const Rram& rram, double r_ohm, double v_v);

/// Solves for the voltage of the node between the RRAM (connected to v_b) and the access transistor
/// (connected to v_s) by safeguarded Newton iteration. The current is within 1e-12 of the equations'
/// solution. Throws InternalError if the iteration does not converge.
CellCurrent solve_cell(const TechnologyCard& card, const CellParameters& cell, double v_b_v, double v_s_v,
                       double v_wl_v);

}  // namespace irc::device
