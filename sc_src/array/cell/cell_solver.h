// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "irc/device/technology_card.h"

namespace irc::array {

/// Constants of the cell equations in the units of the solvers.
struct CellConstants {
  double i_s_a = 0;
  double half_per_u_t = 0;   ///< 1 / (2 U_T)
  double i_s_per_u_t_s = 0;  ///< I_s / U_T
  double alpha_per_v = 0;    ///< 0 if ohmic
  double n = 1;
  explicit CellConstants(const device::TechnologyCard& card);
  /// (V_WL - V_t) / (2 n U_T): the part of the softplus argument that depends on the gate.
  double gate(double v_wl_v, double v_t_v) const { return (v_wl_v - v_t_v) / n * half_per_u_t; }
};

/// `count` unconnected cells between v_b_v[i] >= v_s_v[i] >= 0. All arrays have `count` entries.
struct CellBatch {
  std::size_t count = 0;
  const double* r_ohm = nullptr;
  const double* gate = nullptr;  ///< CellConstants::gate of each cell
  const double* v_b_v = nullptr;
  const double* v_s_v = nullptr;
  double* i_a = nullptr;
  double* v_x_v = nullptr;
  double* g_b_s = nullptr;  ///< may be null together with g_s_s
  double* g_s_s = nullptr;
};
/// Solves the cells of a batch. Throws InternalError if a cell does not converge.
void solve_cells(const CellConstants& constants, const CellBatch& batch);

}  // namespace irc::array
