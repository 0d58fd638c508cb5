// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <map>

#include "irc/platform/config.h"

namespace irc::train {

/// Effect of wires and clamp on a column's current. Let S be the sum of the driven cells' currents at the
/// clamp, and M the same sum weighted by the cells' position (-1/2 at the clamp, +1/2 at the far end). The
/// column draws scale * S + slope * M - bend * S^2, fitted by least squares to the exact column solver.
struct Droop {
  double scale = 1, slope = 0;
  double bend = 0;          ///< 1 / unit current
  double residual_rms = 0;  ///< of the fit, relative to the mean current
};

/// Fits the droop of columns of `rows` cells of which `group` are driven at a time, in unit currents. Throws
/// InputError where the configuration's columns have no solution.
Droop fit_droop(const platform::RunConfig& config, std::size_t rows, std::size_t group);

/// Effect of a configuration's array and amplifiers on a layer's sums, for the forward pass of training.
///
/// This class has no parameters of its own. Cells are drawn by the simulator's ProgrammedTile, amplifiers by
/// its SenseAmplifierBank (trimmed where the configuration trims). Both fill tables from which each training
/// step draws anew. The droop is fitted to the exact solver. Currents are in unit currents of the
/// configuration. Left out are off-row leakage, clamp variation that a whole column shares, and the
/// difference in read noise between high-state and low-state cells.
class Hardware {
 public:
  /// Throws InputError for a configuration that training does not model: reference columns, multi-bit
  /// readouts, a bias outside the array together with one operation, or array bias with row groups.
  explicit Hardware(const platform::RunConfig& config);

  /// Sums as the hardware computes them, [n, outputs, h, w]: sum plus bias, where a decision is true above
  /// one half. `input` is [n, channels, height, width] with values 0 and 1; `weights` is [outputs, channels,
  /// k, k] with values -1, 0, +1; `bias` is [outputs] in bias cells, undefined where the bias is applied
  /// elsewhere. Draws from torch's global generator.
  torch::Tensor sums(const torch::Tensor& input, const torch::Tensor& weights, const torch::Tensor& bias,
                     int stride) const;

  /// Whether the bias is added digitally to the sum of the row groups' votes.
  bool digital_bias() const { return group_ > 0; }
  /// Differential current that an amplifier detects between its two inputs, which are [groups, places,
  /// outputs]. The amplifier's errors are drawn anew for each output.
  torch::Tensor sensed(torch::Tensor plus, torch::Tensor minus) const;
  /// The fitted droop for layers with `rows` word lines.
  const Droop& droop(std::size_t rows) const;

 private:
  torch::Tensor cells(const torch::Tensor& low) const;
  torch::Tensor column_currents(const torch::Tensor& lines, const torch::Tensor& low,
                                const torch::Tensor& bias_cells, const Droop& droop) const;

  platform::RunConfig config_;
  std::int64_t group_;  ///< rows per operation; 0: all rows
  double unit_a_;
  torch::Tensor low_, high_;  ///< currents of drawn cells
  torch::Tensor amplifiers_;  ///< [drawn amplifier][offset after trim, injected bias of I+, of I-]
  mutable std::map<std::size_t, Droop> droops_;
};

}  // namespace irc::train
