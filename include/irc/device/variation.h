// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "irc/core/random.h"
#include "irc/device/cell.h"
#include "irc/device/nonidealities.h"

namespace irc::device {

/// Names a physical cell. Draws depend on the name only, so a cell has the same parameters wherever and
/// whenever they are drawn.
struct CellIdentity {
  std::uint64_t row = 0;     ///< physical row of the macro
  std::uint64_t column = 0;  ///< physical column of the macro
};

/// Draws the parameters of the cells of one macro of one chip.
class CellVariation {
 public:
  /// Prepares the draws of macro `macro` of the chip with seed `chip_seed`. `programming_count` tells how
  /// often these cells were programmed before; it changes the cycle-to-cycle draws only.
  CellVariation(const TechnologyCard& card, const Nonidealities& nonidealities, std::uint64_t chip_seed,
                std::uint64_t macro, std::uint64_t programming_count);
  /// Parameters of `cell` after it is programmed to `programmed`.
  CellParameters draw(const CellIdentity& cell, CellState programmed) const;
  /// The parameters of several cells of one column: `first` and the cells in the rows after it. The results
  /// have the same bits as single draws. All spans are as long as `programmed`.
  void draw(const CellIdentity& first, std::span<const CellState> programmed, std::span<double> r_ohm,
            std::span<double> v_t_v, std::span<CellState> states) const;

 private:
  void draw_some(const CellIdentity& first, std::span<const CellState> programmed, double* r_ohm,
                 double* v_t_v, CellState* states) const;
  CellState final_state(std::uint64_t index, CellState programmed) const;
  Rram rram_;
  Nonidealities nonidealities_;
  double v_t_v_, sigma_v_t_v_, lrs_median_ohm_, hrs_median_ohm_;
  CounterRandom lrs_, hrs_, v_t_, cycle_, stuck_;
};

/// Median resistance of a state as it is read. Drift and temperature count only if drift is switched on.
inline double median_ohm(const TechnologyCard& card, const RramState& state,
                         const Nonidealities& nonidealities) {
  return nonidealities.drift ? card.r_median_ohm(state) : state.r_ohm;
}

/// Relative standard deviation of the current of one read, for a cell in `state`.
inline double read_noise_sigma(const Rram& rram, CellState state) {
  return state == CellState::lrs ? rram.lrs.read_noise : rram.hrs.read_noise;
}

}  // namespace irc::device
