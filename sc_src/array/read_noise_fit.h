// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstddef>
#include <span>

#include "irc/array/tile.h"
#include "irc/device/variation.h"

namespace irc::array {

/// The variance of a column's read noise as by_weight * (sum of driven weights) + by_row * (driven rows).
struct ReadNoiseFit {
  double by_weight = 0, by_row = 0;
};

/// Fits the variance. The variance of a driven cell depends mainly on its state, and two known sums (weight
/// and count) give the number of driven cells in each state. The fit is exact if the cells of each state are
/// equal.
/// \param weight  weight(row) is the weight of a row
/// \param current_a  current_a(row) is the current of the row's driven cell
template <typename Weight, typename Current>
ReadNoiseFit fit_read_noise(const device::Rram& rram, std::span<const CellState> states, const Weight& weight,
                            const Current& current_a) {
  double weights[2] = {}, cells[2] = {}, variance[2] = {};
  for (std::size_t row = 0; row < states.size(); ++row) {
    const auto state = static_cast<std::size_t>(states[row]);
    const double sigma_a = device::read_noise_sigma(rram, states[row]) * current_a(row);
    weights[state] += weight(row);
    cells[state] += 1;
    variance[state] += sigma_a * sigma_a;
  }
  const double determinant = weights[1] * cells[0] - weights[0] * cells[1];
  const double scale = (weights[0] + weights[1]) * (cells[0] + cells[1]);
  if (!(std::abs(determinant) > 1e-6 * scale))
    return {0, (variance[0] + variance[1]) / static_cast<double>(states.size())};
  return {(cells[0] * variance[1] - cells[1] * variance[0]) / determinant,
          (weights[1] * variance[0] - weights[0] * variance[1]) / determinant};
}

}  // namespace irc::array
