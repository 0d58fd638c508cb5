// SPDX-License-Identifier: Apache-2.0
#include "irc/array/tile.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "derived.h"
#include "irc/core/error.h"
#include "irc/core/random.h"
#include "irc/device/variation.h"

namespace irc::array {
namespace {

constexpr std::uint64_t clamp_draws = std::uint64_t{1} << 63;  // separate from the draws of injected biases

void check_range(const char* what, double value, double min, double max) {
  if (!(value >= min && value <= max))
    throw InputError(std::string("array conditions: ") + what + " = " + std::to_string(value) +
                     ", expected " + std::to_string(min) + " to " + std::to_string(max));
}

void check(const TileGeometry& geometry, std::size_t states, const ArrayConditions& conditions) {
  if (geometry.rows == 0 || geometry.columns == 0)
    throw InputError("tile of " + std::to_string(geometry.rows) + " rows x " +
                     std::to_string(geometry.columns) + " columns: expected at least one of each");
  if (states != geometry.rows * geometry.columns)
    throw InputError("tile of " + std::to_string(geometry.rows) + " x " + std::to_string(geometry.columns) +
                     " cells got " + std::to_string(states) + " states");
  check_range("v_bl_v", conditions.v_bl_v, 1e-3, 2);
  check_range("v_wl_v", conditions.v_wl_v, 0, 5);
  check_range("v_wl_off_v", conditions.v_wl_off_v, -1, conditions.v_wl_v);
  check_range("r_bl_ohm", conditions.r_bl_ohm, 0, 1e4);
  check_range("r_sl_ohm", conditions.r_sl_ohm, 0, 1e4);
  check_range("r_clamp_ohm", conditions.r_clamp_ohm, 0, 1e6);
}

bool has_spread(const device::TechnologyCard& card, const device::Nonidealities& n) {
  const auto& lrs = card.rram.lrs;
  const auto& hrs = card.rram.hrs;
  return (n.device_variation && (lrs.ln_sigma_device > 0 || hrs.ln_sigma_device > 0)) ||
         (n.cycle_to_cycle && (lrs.ln_sigma_cycle > 0 || hrs.ln_sigma_cycle > 0)) ||
         (n.vt_mismatch && card.transistor.sigma_v_t_v() > 0) ||
         (n.clamp_variation && card.biases.v_bl_sigma_v > 0);
}

}  // namespace

ArrayConditions ArrayConditions::nominal(const device::TechnologyCard& card) {
  ArrayConditions out;
  out.v_wl_v = card.biases.v_wl_v;
  out.v_bl_v = card.biases.v_bl_v;
  out.v_wl_off_v = card.biases.v_wl_off_v;
  out.r_bl_ohm = card.wires.r_bl_ohm;
  out.r_sl_ohm = card.wires.r_sl_ohm;
  out.r_clamp_ohm = card.wires.r_clamp_ohm;
  return out;
}

ProgrammedTile::ProgrammedTile(TileGeometry geometry, std::span<const CellState> states,
                               const device::TechnologyCard& card, const ArrayConditions& conditions,
                               const device::Nonidealities& nonidealities, const TilePlace& place)
    : geometry_(geometry),
      card_(card),
      conditions_(conditions),
      nonidealities_(nonidealities),
      place_(place),
      uniform_states_(!has_spread(card, nonidealities)) {
  check(geometry, states.size(), conditions);
  if (!nonidealities.wire_resistance) conditions_.r_bl_ohm = conditions_.r_sl_ohm = 0;
  if (!nonidealities.clamp_resistance) conditions_.r_clamp_ohm = 0;
  r_ohm_.resize(states.size());
  v_t_v_.resize(states.size());
  states_.resize(states.size());
  const device::CellVariation variation(card, nonidealities, place.chip_seed, place.macro,
                                        place.programming_count);
  tbb::parallel_for(std::size_t{0}, geometry.columns, [&](std::size_t column) {
    const std::size_t begin = column * geometry.rows, rows = geometry.rows;
    variation.draw({place.origin_row, place.origin_column + column}, states.subspan(begin, rows),
                   std::span(r_ohm_).subspan(begin, rows), std::span(v_t_v_).subspan(begin, rows),
                   std::span(states_).subspan(begin, rows));
  });
  v_bl_v_.assign(geometry.columns, conditions.v_bl_v);
  if (nonidealities.clamp_variation && card.biases.v_bl_sigma_v > 0) {
    const auto random = CounterRandom(place.chip_seed, Stream::bias_source).fork(place.macro);
    // A clamp cannot pull its bit line to the source line or below it. With a spread of a fifth, the largest
    // that a configuration may ask for, one column of four million draws so low.
    const double least_v = 0.01 * conditions.v_bl_v;
    for (std::size_t column = 0; column < geometry.columns; ++column) {
      const double draw = random.normal(clamp_draws | (place.origin_column + column));
      v_bl_v_[column] = std::max(least_v, v_bl_v_[column] + card.biases.v_bl_sigma_v * draw);
    }
  }
  const auto reads =
      CounterRandom(place.chip_seed, Stream::read_noise).fork(place.macro).fork(place.origin_row);
  for (std::size_t column = 0; column < geometry.columns; ++column)
    read_noise_.push_back(reads.fork(place.programming_count << 32 | (place.origin_column + column)));
  derived_ = std::make_unique<Derived>(geometry.columns);
}

ProgrammedTile::~ProgrammedTile() = default;
ProgrammedTile::ProgrammedTile(ProgrammedTile&&) noexcept = default;
ProgrammedTile& ProgrammedTile::operator=(ProgrammedTile&&) noexcept = default;

std::span<const double> ProgrammedTile::r_ohm(std::size_t column) const {
  return {r_ohm_.data() + column * geometry_.rows, geometry_.rows};
}
std::span<const double> ProgrammedTile::v_t_v(std::size_t column) const {
  return {v_t_v_.data() + column * geometry_.rows, geometry_.rows};
}
std::span<const CellState> ProgrammedTile::states(std::size_t column) const {
  return {states_.data() + column * geometry_.rows, geometry_.rows};
}

}  // namespace irc::array
