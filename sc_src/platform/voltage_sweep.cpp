// SPDX-License-Identifier: Apache-2.0
#include "irc/platform/voltage_sweep.h"

#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "irc/core/csv.h"
#include "irc/core/error.h"

namespace irc::platform {

namespace {

using nlohmann::json;
using Point = VoltageSweep::Point;

constexpr double lowest_v = 0, highest_v = 5;  // of array.v_wl_v
constexpr std::size_t most_steps = 1000;

/// Rounds, so that equal voltages are equal numbers however they were computed.
double to_microvolt(double v_v) {
  return std::round(v_v * 1e6) / 1e6;
}

std::optional<double> read_volts(std::string_view text) {
  double v_v = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, v_v);
  if (error != std::errc{} || rest != end || !(v_v >= lowest_v && v_v <= highest_v)) return std::nullopt;
  return v_v;
}

/// Points in ascending order without duplicates, with each mark at its voltage.
std::vector<Point> empty_points(const std::vector<double>& voltages_v,
                                const std::vector<VoltageMark>& marks) {
  std::vector<double> all_v = voltages_v;
  for (const auto& mark : marks) all_v.push_back(mark.v_wl_v);
  std::sort(all_v.begin(), all_v.end());
  all_v.erase(std::unique(all_v.begin(), all_v.end()), all_v.end());
  std::vector<Point> points;
  for (const double v_wl_v : all_v) {
    Point point;
    point.v_wl_v = v_wl_v;
    for (const auto& mark : marks)
      if (mark.v_wl_v == v_wl_v) point.mark += (point.mark.empty() ? "" : ", ") + mark.label;
    points.push_back(std::move(point));
  }
  return points;
}

/// One column of the tables, taken from a report.
struct Column {
  const char* csv;   ///< name and unit in the CSV
  const char* head;  ///< in the table for people
  double factor;     ///< from SI to the table's unit
  const char* format;
  double (*value)(const DeviceReport&);
};

constexpr Column columns[] = {
    {"lrs_mean_current_a", "LRS uA", 1e6, "{:.4f}",
     [](const DeviceReport& r) { return r.lrs_mean_current_a; }},
    {"hrs_mean_current_a", "HRS uA", 1e6, "{:.4f}",
     [](const DeviceReport& r) { return r.hrs_mean_current_a; }},
    {"on_off", "on/off", 1, "{:.2f}", [](const DeviceReport& r) { return r.on_off; }},
    {"lrs_sigma", "sigma/I", 1, "{:.3f}", [](const DeviceReport& r) { return r.lrs_sigma; }},
    {"lrs_sigma_v_t", "of V_t", 1, "{:.3f}", [](const DeviceReport& r) { return r.lrs_sigma_v_t; }},
    {"lrs_sigma_r", "of R", 1, "{:.3f}", [](const DeviceReport& r) { return r.lrs_sigma_r; }},
    {"hrs_sigma", "HRS spr.", 1, "{:.3f}", [](const DeviceReport& r) { return r.hrs_sigma; }},
    {"column_current_a", "column uA", 1e6, "{:.1f}",
     [](const DeviceReport& r) { return r.column_current_a; }},
    {"kept", "kept", 1, "{:.3f}", [](const DeviceReport& r) { return r.kept; }},
};

}  // namespace

std::vector<double> parse_voltage_range(std::string_view text, std::size_t steps) {
  const auto dots = text.find("..");
  const auto from = dots == std::string_view::npos ? std::nullopt : read_volts(text.substr(0, dots));
  const auto to = dots == std::string_view::npos ? std::nullopt : read_volts(text.substr(dots + 2));
  if (!from || !to || !(*from < *to))
    throw InputError(
        fmt::format("--sweep-v-wl: '{}' found, expected FROM..TO in volts, such as 0.35..1.1: two numbers of "
                    "{} to {}, the smaller one first",
                    text, lowest_v, highest_v));
  if (steps < 1 || steps > most_steps)
    throw InputError(fmt::format("--sweep-steps: {} found, expected 1 to {}", steps, most_steps));
  std::vector<double> voltages_v;
  for (std::size_t i = 0; i <= steps; ++i)
    voltages_v.push_back(
        to_microvolt(*from + (*to - *from) * static_cast<double>(i) / static_cast<double>(steps)));
  return voltages_v;
}

VoltageSweep sweep_v_wl(const std::string& config, const std::vector<std::string>& overrides,
                        const std::vector<double>& voltages_v, const ColumnLoad& load,
                        const std::vector<VoltageMark>& marks) {
  VoltageSweep sweep{config, load, marks, empty_points(voltages_v, marks)};
  check_load(load);
  load_config(config, overrides);  // reports mistakes in these as errors instead of points without values
  oneapi::tbb::parallel_for(std::size_t{0}, sweep.points.size(), [&](std::size_t i) {
    auto& point = sweep.points[i];
    auto settings = overrides;
    settings.push_back("array.v_wl_v=" + json(point.v_wl_v).dump());
    try {
      point.report = describe_device(load_config(config, settings), load);
    } catch (const InputError& error) {
      point.refused = error.what();
    }
  });
  return sweep;
}

json to_json(const VoltageSweep& sweep) {
  json marks = json::array(), points = json::array();
  for (const auto& mark : sweep.marks) marks.push_back({{"label", mark.label}, {"v_wl_v", mark.v_wl_v}});
  for (const auto& point : sweep.points) {
    json row{{"v_wl_v", point.v_wl_v}, {"mark", point.mark}};
    if (point.report)
      for (const auto& column : columns) row[column.csv] = column.value(*point.report);
    else
      row["refused"] = point.refused;
    points.push_back(std::move(row));
  }
  return {{"schema", 1},
          {"config", sweep.config},
          {"rows", sweep.load.rows},
          {"driven_share", sweep.load.driven_share},
          {"lrs_share", sweep.load.lrs_share},
          {"marks", marks},
          {"points", points}};
}

std::string to_text(const VoltageSweep& sweep) {
  std::string out =
      fmt::format("{}: column of {} rows, {:.0f} % driven, {:.0f} % of the cells low\n", sweep.config,
                  sweep.load.rows, 100 * sweep.load.driven_share, 100 * sweep.load.lrs_share);
  out += fmt::format("{:>8}", "V_WL V");
  for (const auto& column : columns) out += fmt::format(" {:>9}", column.head);
  out += "\n";
  for (const auto& point : sweep.points) {
    out += fmt::format("{:>8}", fmt::format("{:.6g}", point.v_wl_v));
    if (point.report)
      for (const auto& column : columns)
        out += fmt::format(
            " {:>9}", fmt::format(fmt::runtime(column.format), column.value(*point.report) * column.factor));
    else
      out += "  refused: " + point.refused;
    out += (point.mark.empty() ? "" : "  " + point.mark) + "\n";
  }
  return out;
}

std::string to_csv(const VoltageSweep& sweep) {
  std::string out = "v_wl_v";
  for (const auto& column : columns) out += fmt::format(",{}", column.csv);
  out += ",mark,refused\n";
  for (const auto& point : sweep.points) {
    out += fmt::format("{}", point.v_wl_v);
    for (const auto& column : columns)
      out += point.report ? fmt::format(",{}", column.value(*point.report)) : ",";
    out += fmt::format(",{},{}\n", csv_quoted(point.mark), csv_quoted(point.refused));
  }
  return out;
}

}  // namespace irc::platform
