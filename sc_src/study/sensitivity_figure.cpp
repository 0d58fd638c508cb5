// SPDX-License-Identifier: Apache-2.0
// Draws a sensitivity study with gnuplot.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "irc/platform/gnuplot.h"
#include "sensitivity_parts.h"

namespace irc::study {

namespace {

using platform::gnuplot_text;
using Scale = explore::Parameter::Scale;

constexpr const char* colours[] = {"#1f6fb4", "#c8501e"};  // of the first and the second base

const char* colour(std::size_t base) {
  return colours[std::min<std::size_t>(base, 1)];
}

/// Whether an axis can show the point. A base's own value may be zero, which a logarithmic axis cannot show.
bool shown(const SensitivityCurve& curve, const SensitivityPoint& point) {
  return curve.scale != Scale::log || point.x > 0;
}

/// Points as an inline data block; empty where there are no points.
struct Block {
  std::string name, text;
  bool empty() const { return text.empty(); }
  std::string definition() const { return empty() ? "" : "$" + name + " << EOD\n" + text + "EOD\n"; }
};

struct Blocks {
  Block done, own, refused;
};

Blocks blocks_of(const SensitivityCurve& curve, const SensitivitySeries& series, const std::string& name) {
  Blocks out{{name, ""}, {name + "_own", ""}, {name + "_refused", ""}};
  for (const auto& point : series.points) {
    if (!shown(curve, point)) continue;
    const auto& o = point.outcome;
    const auto line = fmt::format("{},{},{},{}\n", point.x, 100 * o.map, 100 * o.map_std, 100 * o.map_worst);
    if (o.done()) out.done.text += line;
    if (o.done() && point.working_point) out.own.text += line;
    if (!o.done()) out.refused.text += fmt::format("{},0\n", point.x);
  }
  return out;
}

/// Numbers of ordinary size are written directly, others with an SI prefix.
std::string number_format(const std::vector<SensitivitySeries>& all) {
  for (const auto& series : all)
    for (const auto& point : series.points)
      if (point.x != 0 && (std::fabs(point.x) < 0.01 || std::fabs(point.x) >= 1e4)) return "%.0s%c";
  return "%g";
}

std::string axis(const SensitivityCurve& curve, const std::vector<SensitivitySeries>& all) {
  double low = INFINITY, high = -INFINITY;
  std::string tics;
  for (const auto& series : all)
    for (const auto& point : series.points) {
      if (!shown(curve, point)) continue;
      low = std::min(low, point.x);
      high = std::max(high, point.x);
      tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_text(point.label), point.x);
    }
  const double margin = curve.scale == Scale::category ? 0.3 : 0.04 * (high - low);
  std::string out = "set xlabel " + gnuplot_text(curve.label) + "\nunset logscale x\nset xtics auto\n";
  if (curve.scale == Scale::category)
    return out + fmt::format("set xtics ({})\nset xrange [{}:{}]\n", tics, low - margin, high + margin);
  out += "set format x '" + number_format(all) + "'\n";
  if (curve.scale == Scale::log)
    return out + fmt::format("set logscale x\nset xrange [{}:{}]\n", low / 1.25, high * 1.25);
  return out + fmt::format("set xrange [{}:{}]\n", low - margin, high + margin);
}

/// The curves of one base, as parts of a plot command.
std::vector<std::string> parts_of(const SensitivityResult& result, const SensitivitySeries& series,
                                  const Blocks& blocks) {
  const auto& label = result.study.bases[series.base].label;
  const auto& own = result.base_outcome(series.base);
  const auto with = [&](const std::string& data, const std::string& style, const std::string& title) {
    return fmt::format("{} {} lc rgb '{}' title {}", data, style, colour(series.base),
                       gnuplot_text(label + ": " + title));
  };
  std::vector<std::string> parts;
  if (!blocks.done.empty()) {
    parts.push_back(with("$" + blocks.done.name + " using 1:2:3", "with yerrorlines pt 7 ps 0.6 lw 1.5",
                         "mean and standard deviation over chips"));
    if (own.map_per_chip.size() > 1)
      parts.push_back(with("$" + blocks.done.name + " using 1:4", "with points pt 10 ps 0.8", "worst chip"));
  }
  if (!blocks.own.empty())
    parts.push_back(
        with("$" + blocks.own.name + " using 1:2", "with points pt 6 ps 2 lw 2", "working point"));
  if (!blocks.refused.empty())
    parts.push_back(
        with("$" + blocks.refused.name + " using 1:2", "with points pt 2 ps 1.5 lw 2", "no result"));
  if (own.done())
    parts.push_back(with(fmt::format("{}", 100 * own.map_ideal), "with lines dt 3 lw 1.5", "ideal"));
  return parts;
}

/// Draws a dashed line at each base's working point.
std::string own_lines(const SensitivityCurve& curve, const std::vector<SensitivitySeries>& all) {
  std::string out = "unset arrow\n";
  for (const auto& series : all)
    for (const auto& point : series.points)
      if (point.working_point && shown(curve, point))
        out += fmt::format("set arrow from first {0},graph 0 to first {0},graph 1 nohead dt 2 lc rgb '{1}'\n",
                           point.x, colour(series.base));
  return out;
}

std::string panel(const SensitivityResult& result, std::size_t c) {
  const auto& curve = result.study.curves[c];
  const auto& all = result.curves[c];
  std::string out = axis(curve, all) + own_lines(curve, all);
  std::vector<std::string> parts;
  for (const auto& series : all) {
    const auto blocks = blocks_of(curve, series, fmt::format("c{}b{}", c, series.base));
    out += blocks.done.definition() + blocks.own.definition() + blocks.refused.definition();
    const auto of_base = parts_of(result, series, blocks);
    parts.insert(parts.end(), of_base.begin(), of_base.end());
  }
  return out + fmt::format("plot {}\n", fmt::join(parts, ", \\\n     "));
}

std::string common_settings() {
  return "set ylabel 'mAP@0.5 (%)'\nset yrange [-2:100]\nset grid lc rgb '#e0e0e0'\n";
}

/// The last panel of the sheet, which explains the lines.
std::string legend(const SensitivityResult& result, std::size_t bases) {
  std::vector<std::string> parts;
  for (std::size_t base = 0; base < bases; ++base) {
    const auto add = [&](const char* style, const char* title) {
      parts.push_back(fmt::format("-9 {} lc rgb '{}' title {}", style, colour(base),
                                  gnuplot_text(result.study.bases[base].label + ": " + title)));
    };
    add("with linespoints pt 7 ps 0.6 lw 1.5", "mean and standard deviation over chips");
    add("with points pt 10 ps 0.8", "worst chip");
    add("with points pt 6 ps 2 lw 2", "working point");
    add("with points pt 2 ps 1.5 lw 2", "no result");
    add("with lines dt 3 lw 1.5", "ideal");
  }
  return fmt::format(
      "unset logscale\nunset arrow\nunset tics\nunset border\nunset xlabel\nunset ylabel\nset key center "
      "center\nset xrange [0:1]\nplot {}\n",
      fmt::join(parts, ", "));
}

std::string sheet(const SensitivityResult& result, std::size_t rows) {
  std::size_t bases = 1;
  auto out = common_settings() + fmt::format("unset key\nset multiplot layout {},2\n", rows);
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    out += panel(result, c);
    bases = std::max(bases, result.curves[c].size());
  }
  return out + legend(result, bases) + "unset multiplot\n";
}

}  // namespace

namespace detail {

std::string draw_sensitivity(const SensitivityResult& result, const std::string& folder) {
  constexpr int figure_height = 700, row_height = 420;  // pixels
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    const auto script = common_settings() + "set key below maxcols 2\nset title " +
                        gnuplot_text(result.study.title) + "\n" + panel(result, c);
    const auto missing =
        platform::draw_figure(folder, "sensitivity-" + result.study.curves[c].name, figure_height, script);
    if (!missing.empty()) return missing;
  }
  const auto rows = result.curves.size() / 2 + 1;  // one more panel than curves, for the legend
  return platform::draw_figure(folder, "sensitivity", static_cast<int>(rows) * row_height,
                               sheet(result, rows));
}

}  // namespace detail

}  // namespace irc::study
