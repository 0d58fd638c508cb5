// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "irc/platform/device_report.h"

namespace irc::platform {

/// A word-line voltage of interest, with a label.
struct VoltageMark {
  std::string label;  ///< shown in the figure
  double v_wl_v = 0;  ///< word-line voltage
};

/// Currents of a configuration's cells and columns at several word-line voltages, with all other values
/// equal.
struct VoltageSweep {
  /// Result at one voltage.
  struct Point {
    double v_wl_v = 0;                   ///< word-line voltage
    std::optional<DeviceReport> report;  ///< empty where the configuration refuses the voltage
    std::string refused;  ///< why the configuration refuses this voltage; empty where there is a report
    std::string mark;     ///< labels of the marks at this voltage, joined by ", "
  };
  std::string config;              ///< as the user named it
  ColumnLoad load;                 ///< the column
  std::vector<VoltageMark> marks;  ///< voltages of interest
  std::vector<Point> points;       ///< in ascending order of v_wl_v, without duplicates
};

/// The voltages of "FROM..TO" (V): both ends and `steps` equal steps between them, rounded to the microvolt.
/// Throws InputError (naming --sweep-v-wl or --sweep-steps) for other text, for a range that does not ascend
/// or leaves 0 to 5 V, or for steps outside 1 to 1000.
std::vector<double> parse_voltage_range(std::string_view text, std::size_t steps);

/// Runs describe_device at each voltage and each mark; only array.v_wl_v changes. A voltage that the
/// configuration refuses (at or below the off voltage, for instance) becomes a point with its reason. Points
/// are computed in parallel; their values depend only on configuration, seed and load. `overrides`
/// ("section.key=value") apply to every point. Throws InputError as load_config and describe_device do.
VoltageSweep sweep_v_wl(const std::string& config, const std::vector<std::string>& overrides,
                        const std::vector<double>& voltages_v, const ColumnLoad& load,
                        const std::vector<VoltageMark>& marks = {});

/// The sweep as JSON.
nlohmann::json to_json(const VoltageSweep& sweep);
/// The sweep as text for people.
std::string to_text(const VoltageSweep& sweep);
/// One row per point, in SI units. Fields are empty where a voltage is refused.
std::string to_csv(const VoltageSweep& sweep);

/// Names of the files that write_sweep writes.
std::vector<std::string> sweep_files();

/// Writes v_wl_sweep.csv into `folder` and draws it as v_wl_sweep.svg and v_wl_sweep.png, with the marks as
/// lines. Returns the reason why there is no figure, or an empty string. Throws InputError where the folder
/// cannot be written.
std::string write_sweep(const VoltageSweep& sweep, const std::string& folder);

}  // namespace irc::platform
