// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "irc/platform/config.h"

namespace irc::platform {

/// The column on which a working point is tried.
struct ColumnLoad {
  std::size_t rows = 0;        ///< number of cells on one line segment
  double driven_share = 0.18;  ///< share of driven rows, typical of detectors' binary maps
  double lrs_share = 0.30;     ///< share of low-resistance cells
};

/// Currents of a configuration's cells and columns at its working point, without a network.
struct DeviceReport {
  double sigma_v_t_v = 0;         ///< standard deviation of the cell transistor's threshold voltage
  double cell_area_m2 = 0;        ///< area of one cell
  double lrs_current_a = 0,       ///< median low-resistance cell
      hrs_current_a = 0;          ///< median high-resistance cell
  double lrs_mean_current_a = 0,  ///< mean over low-resistance cells, with their variation
      hrs_mean_current_a = 0;     ///< mean over high-resistance cells, with their variation
  double on_off = 0;              ///< ratio of the two means
  double lrs_sigma = 0;           ///< relative standard deviation of a low-resistance cell's current
  double lrs_sigma_v_t =
      0;  ///< the part of lrs_sigma due to threshold mismatch: all resistances at their median
  double lrs_sigma_r =
      0;  ///< the part of lrs_sigma due to the resistance's variation: all thresholds at their median
  double hrs_sigma =
      0;  ///< standard deviation of a high-resistance cell's current over the mean low-resistance current
  ColumnLoad load;              ///< the column
  double column_current_a = 0;  ///< mean current of the column, with all its wires solved
  double kept = 0;              ///< column_current_a over the sum of its cells' currents at the clamp
};

/// Throws InputError (naming the option) for a load without rows, or with shares outside (0, 1].
void check_load(const ColumnLoad& load);

/// Computes the report. Throws InputError as check_load does.
DeviceReport describe_device(const RunConfig& config, const ColumnLoad& load);

/// The report as JSON.
nlohmann::json to_json(const DeviceReport& report, const RunConfig& config);
/// The report as text for people.
std::string to_text(const DeviceReport& report, const RunConfig& config);

}  // namespace irc::platform
