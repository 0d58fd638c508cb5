// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <map>

#include "irc/platform/config.h"

namespace irc::train {

/// How wires and clamp bend a column's current: with S the sum of the driven cells' currents at the clamp and
/// M the same sum weighted by the cells' position (-1/2 at the clamp, +1/2 at the far end), the column draws
/// scale * S + slope * M - bend * S^2. Fitted by least squares to the exact column solver.
struct Droop {
  double scale = 1, slope = 0;
  double bend = 0;          ///< 1 / unit current
  double residual_rms = 0;  ///< of the fit, relative to the mean current
};

/// Fits the droop of columns of `rows` cells of which `group` are driven at a time, in unit currents.
/// Throws InputError where the configuration's columns have no solution.
Droop fit_droop(const platform::RunConfig& config, std::size_t rows, std::size_t group);

/// What array and amplifiers of a configuration do to a layer's sums, for the forward pass of training.
///
/// Nothing here is a number of its own: cells are drawn by the simulator's ProgrammedTile, amplifiers by its
/// SenseAmplifierBank (trimmed where the configuration trims), both into tables from which each training step
/// draws anew; the droop is fitted to its exact solver. Currents are in unit currents of the configuration.
/// Left out: off-row leakage, clamp spread that a whole column shares, and read noise of high-state cells
/// apart from low-state ones.
class Hardware {
 public:
  /// Throws InputError for a configuration that training does not model: reference columns, multi-bit
  /// readouts, a bias outside the array together with one operation, or array bias with row groups.
  explicit Hardware(const platform::RunConfig& config);

  /// \param input    [n, channels, height, width], values 0 and 1
  /// \param weights  [outputs, channels, k, k], values -1, 0, +1
  /// \param bias     [outputs], bias cells; undefined where the bias is applied elsewhere
  /// Returns [n, outputs, h, w]: sum plus bias as the hardware finds it; a decision is true above a half.
  /// Draws from torch's global generator.
  torch::Tensor sums(const torch::Tensor& input, const torch::Tensor& weights, const torch::Tensor& bias,
                     int stride) const;

  /// The bias is added digitally to the sum of the row groups' votes.
  bool digital_bias() const { return group_ > 0; }
  /// Differential current that an amplifier finds between two inputs, its errors drawn anew per output.
  /// \param plus,minus  [groups, places, outputs]
  torch::Tensor sensed(torch::Tensor plus, torch::Tensor minus) const;
  const Droop& droop(std::size_t rows) const;

 private:
  torch::Tensor cells(const torch::Tensor& low) const;
  torch::Tensor column_currents(const torch::Tensor& lines, const torch::Tensor& low,
                                const torch::Tensor& bias_cells, const Droop& droop) const;

  platform::RunConfig config_;
  std::int64_t group_;  ///< rows per operation, 0: all
  double unit_a_;
  torch::Tensor low_, high_;  ///< currents of drawn cells
  torch::Tensor amplifiers_;  ///< [drawn amplifier][offset after trim, injected bias of I+, of I-]
  mutable std::map<std::size_t, Droop> droops_;
};

}  // namespace irc::train
