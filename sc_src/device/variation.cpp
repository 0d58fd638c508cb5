// SPDX-License-Identifier: Apache-2.0
#include "irc/device/variation.h"

namespace irc::device {
namespace {

CounterRandom family(std::uint64_t chip_seed, Stream stream, std::uint64_t macro) {
  return CounterRandom(chip_seed, stream).fork(macro);
}

}  // namespace

CellVariation::CellVariation(const TechnologyCard& card, const Nonidealities& nonidealities,
                             std::uint64_t chip_seed, std::uint64_t macro, std::uint64_t programming_count)
    : rram_(card.rram),
      nonidealities_(nonidealities),
      v_t_v_(card.transistor_at_temperature().v_t_v),
      sigma_v_t_v_(card.transistor.sigma_v_t_v()),
      lrs_median_ohm_(median_ohm(card, card.rram.lrs, nonidealities)),
      hrs_median_ohm_(median_ohm(card, card.rram.hrs, nonidealities)),
      lrs_(family(chip_seed, Stream::device_lrs, macro)),
      hrs_(family(chip_seed, Stream::device_hrs, macro)),
      v_t_(family(chip_seed, Stream::device_vt, macro)),
      cycle_(family(chip_seed, Stream::cycle_to_cycle, macro).fork(programming_count)),
      stuck_(family(chip_seed, Stream::stuck_at, macro)) {}

CellState CellVariation::final_state(std::uint64_t index, CellState programmed) const {
  if (!nonidealities_.stuck_at) return programmed;
  const double lrs = rram_.lrs.stuck_fraction, hrs = rram_.hrs.stuck_fraction;
  if (lrs + hrs == 0) return programmed;
  const double u = stuck_.uniform(index);
  if (u < lrs) return CellState::lrs;
  return u < lrs + hrs ? CellState::hrs : programmed;
}

CellParameters CellVariation::draw(const CellIdentity& cell, CellState programmed) const {
  const std::uint64_t index = (cell.row << 32) | cell.column;
  const CellState state = final_state(index, programmed);
  const bool low = state == CellState::lrs;
  const RramState& values = low ? rram_.lrs : rram_.hrs;
  double ln_shift = 0;
  if (nonidealities_.device_variation && values.ln_sigma_device > 0)
    ln_shift += values.ln_sigma_device * (low ? lrs_ : hrs_).normal(index);
  if (nonidealities_.cycle_to_cycle && values.ln_sigma_cycle > 0)
    ln_shift += values.ln_sigma_cycle * cycle_.normal(index);
  const double median_ohm = low ? lrs_median_ohm_ : hrs_median_ohm_;
  double v_t_v = v_t_v_;
  if (nonidealities_.vt_mismatch && sigma_v_t_v_ > 0) v_t_v += sigma_v_t_v_ * v_t_.normal(index);
  return {ln_shift == 0 ? median_ohm : median_ohm * exact_exp(ln_shift), v_t_v, state};
}

}  // namespace irc::device
