// SPDX-License-Identifier: Apache-2.0
#include "cell/cell_solver.h"

#include "irc/core/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cell/cell_kernel-inl.h"
// Highway requires this order of includes.
#include <hwy/foreach_target.h>
#include "cell/cell_kernel-inl.h"
// clang-format on

namespace irc::array {

HWY_EXPORT(solve_cells_kernel);

CellConstants::CellConstants(const device::TechnologyCard& card) {
  const device::Transistor transistor = card.transistor_at_temperature();
  i_s_a = transistor.i_s_a();
  half_per_u_t = 0.5 / card.u_t_v();
  i_s_per_u_t_s = i_s_a / card.u_t_v();
  alpha_per_v = card.rram.conduction == device::Conduction::sinh ? card.rram.alpha_per_v : 0;
  n = transistor.n;
}

void solve_cells(const CellConstants& constants, const CellBatch& batch) {
  if (!HWY_DYNAMIC_DISPATCH(solve_cells_kernel)(constants, batch))
    throw InternalError("solve_cells: a cell did not converge");
}

}  // namespace irc::array
