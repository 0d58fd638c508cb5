// SPDX-License-Identifier: Apache-2.0
#include "irc/device/variation.h"

#include <algorithm>
#include <array>
#include <vector>

namespace irc::device {
namespace {

constexpr std::size_t cells_at_once = 256;

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

void CellVariation::draw(const CellIdentity& first, std::span<const CellState> programmed,
                         std::span<double> r_ohm, std::span<double> v_t_v,
                         std::span<CellState> states) const {
  for (std::size_t done = 0; done < programmed.size(); done += cells_at_once) {
    const std::size_t n = std::min(cells_at_once, programmed.size() - done);
    draw_some({first.row + done, first.column}, programmed.subspan(done, n), r_ohm.data() + done,
              v_t_v.data() + done, states.data() + done);
  }
}

void CellVariation::draw_some(const CellIdentity& first, std::span<const CellState> programmed, double* r_ohm,
                              double* v_t_v, CellState* states) const {
  const std::size_t n = programmed.size();
  std::array<std::uint64_t, cells_at_once> indices;
  std::array<double, cells_at_once> ln_shift{}, normals;
  std::vector<CounterRandom> families;
  families.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    indices[i] = ((first.row + i) << 32) | first.column;
    states[i] = final_state(indices[i], programmed[i]);
  }
  const auto values = [&](std::size_t i) -> const RramState& {
    return states[i] == CellState::lrs ? rram_.lrs : rram_.hrs;
  };
  // Sets normals[i] to the draw of cell i from its family.
  const auto draw_normals = [&](const auto& family) {
    families.clear();
    for (std::size_t i = 0; i < n; ++i) families.push_back(family(i));
    CounterRandom::normals(families, std::span(indices).first(n), normals.data());
  };
  if (nonidealities_.device_variation) {
    draw_normals([&](std::size_t i) { return states[i] == CellState::lrs ? lrs_ : hrs_; });
    for (std::size_t i = 0; i < n; ++i)
      if (values(i).ln_sigma_device > 0) ln_shift[i] += values(i).ln_sigma_device * normals[i];
  }
  if (nonidealities_.cycle_to_cycle && (rram_.lrs.ln_sigma_cycle > 0 || rram_.hrs.ln_sigma_cycle > 0)) {
    draw_normals([&](std::size_t) { return cycle_; });
    for (std::size_t i = 0; i < n; ++i)
      if (values(i).ln_sigma_cycle > 0) ln_shift[i] += values(i).ln_sigma_cycle * normals[i];
  }
  exact_exp(std::span(ln_shift).first(n));  // exp(0) is exactly 1, so a shift of 0 changes nothing
  for (std::size_t i = 0; i < n; ++i)
    r_ohm[i] = (states[i] == CellState::lrs ? lrs_median_ohm_ : hrs_median_ohm_) * ln_shift[i];
  std::fill_n(v_t_v, n, v_t_v_);
  if (!nonidealities_.vt_mismatch || !(sigma_v_t_v_ > 0)) return;
  draw_normals([&](std::size_t) { return v_t_; });
  for (std::size_t i = 0; i < n; ++i) v_t_v[i] += sigma_v_t_v_ * normals[i];
}

}  // namespace irc::device
