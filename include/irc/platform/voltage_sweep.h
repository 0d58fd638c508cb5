// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "irc/platform/device_report.h"

namespace irc::platform {

/// A word-line voltage somebody works at.
struct VoltageMark {
  std::string label;
  double v_wl_v = 0;
};

/// What a configuration's cells and columns do at several word-line voltages, all else equal.
struct VoltageSweep {
  struct Point {
    double v_wl_v = 0;
    std::optional<DeviceReport> report;
    std::string
        refused;       ///< why the configuration does not go with this voltage; empty where there is a report
    std::string mark;  ///< labels of the marks at this voltage, joined by ", "
  };
  std::string config;  ///< as named by the user
  ColumnLoad load;
  std::vector<VoltageMark> marks;
  std::vector<Point> points;  ///< in ascending order of v_wl_v, none twice
};

/// The voltages of "FROM..TO" (V), both ends and `steps` equal steps between, to the microvolt.
/// Throws InputError (naming --sweep-v-wl or --sweep-steps) for other text, a range that does not ascend or
/// leaves 0 to 5 V, or steps outside 1 to 1000.
std::vector<double> parse_voltage_range(std::string_view text, std::size_t steps);

/// describe_device at each voltage and each mark, array.v_wl_v being all that changes. A voltage that the
/// configuration refuses (at or below the off voltage, say) is a point with its reason. Points are computed
/// side by side; their values depend on configuration, seed and load only.
/// \param overrides  "section.key=value" for every point
/// Throws InputError as load_config and describe_device do.
VoltageSweep sweep_v_wl(const std::string& config, const std::vector<std::string>& overrides,
                        const std::vector<double>& voltages_v, const ColumnLoad& load,
                        const std::vector<VoltageMark>& marks = {});

nlohmann::json to_json(const VoltageSweep& sweep);
std::string to_text(const VoltageSweep& sweep);
/// One row per point, SI units; empty fields where a voltage is refused.
std::string to_csv(const VoltageSweep& sweep);

/// Names of what write_sweep leaves in its folder.
std::vector<std::string> sweep_files();

/// Writes v_wl_sweep.csv into `folder`, and of it v_wl_sweep.svg and .png with the marks as lines. Returns
/// why there is no figure, or nothing. Throws InputError where the folder cannot be written.
std::string write_sweep(const VoltageSweep& sweep, const std::string& folder);

}  // namespace irc::platform
