// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "irc/platform/config.h"

namespace irc::platform {

/// The column that a working point is tried on.
struct ColumnLoad {
  std::size_t rows = 0;        ///< on one line segment
  double driven_share = 0.18;  ///< of the rows, as binary maps of detectors drive them
  double lrs_share = 0.30;     ///< of the cells
};

/// What the cells of a configuration do at its working point, without a network.
struct DeviceReport {
  double sigma_v_t_v = 0;
  double cell_area_m2 = 0;
  double lrs_current_a = 0, hrs_current_a = 0;            ///< of the median cell
  double lrs_mean_current_a = 0, hrs_mean_current_a = 0;  ///< over cells, spread drawn
  double on_off = 0;                                      ///< of the means
  double lrs_sigma = 0;      ///< relative spread of a low-resistance cell's current
  double lrs_sigma_v_t = 0;  ///< the part of it that threshold mismatch alone makes, resistances all median
  double lrs_sigma_r = 0;    ///< the part that the resistance's spread alone makes, thresholds all median
  double hrs_sigma = 0;  ///< spread of a high-resistance cell's current, over the mean low-resistance current
  ColumnLoad load;
  double column_current_a = 0;  ///< mean, all of the column's wires solved
  double kept = 0;              ///< the same over the sum of its cells' currents at the clamp
};

/// Throws InputError (naming the option) for a load without rows or with shares outside (0, 1].
void check_load(const ColumnLoad& load);

/// Throws InputError as check_load does.
DeviceReport describe_device(const RunConfig& config, const ColumnLoad& load);

nlohmann::json to_json(const DeviceReport& report, const RunConfig& config);
std::string to_text(const DeviceReport& report, const RunConfig& config);

}  // namespace irc::platform
