// SPDX-License-Identifier: Apache-2.0
// Figure of the sweep, which gnuplot draws from the table in the same folder.
#include <fmt/format.h>

#include <filesystem>

#include "irc/core/file.h"
#include "irc/platform/gnuplot.h"
#include "irc/platform/voltage_sweep.h"

namespace irc::platform {

namespace {

constexpr const char* figure_name = "v_wl_sweep";
constexpr const char* table_name = "v_wl_sweep.csv";

/// A dashed line with a label at each mark, in all panels that follow.
std::string mark_lines(const VoltageSweep& sweep) {
  std::string out;
  for (std::size_t i = 0; i < sweep.marks.size(); ++i) {
    const auto& mark = sweep.marks[i];
    out += fmt::format(
        "set arrow {0} from first {1},graph 0 to first {1},graph 1 nohead dt 2 lc rgb '#606060'\n"
        "set label {0} {2} at first {1},graph 0.04 rotate by 90 offset character 0.8,0 tc rgb '#606060'\n",
        i + 1, mark.v_wl_v, gnuplot_text(fmt::format("{}: {:.6g} V", mark.label, mark.v_wl_v)));
  }
  return out;
}

struct Line {
  int column;  ///< of the table, from 1
  const char* factor;
  const char* title;
  const char* colour;
};

std::string panel(const char* title, const char* y, bool log, std::initializer_list<Line> lines) {
  auto out = fmt::format("set title \"{}\"\nset ylabel '{}'\n{}set yrange [{}:*]\nplot ", title, y,
                         log ? "set logscale y\n" : "unset logscale y\n", log ? "*" : "0");
  for (const auto& line : lines)
    out += fmt::format(
        "{}'{}' using 1:(${}*{}) skip 1 with linespoints pt 7 ps 0.4 lw 1.5 lc rgb '{}' title '{}'",
        line.column == lines.begin()->column ? "" : ", ", table_name, line.column, line.factor, line.colour,
        line.title);
  return out + "\n";
}

std::string script(const VoltageSweep& sweep) {
  constexpr const char *blue = "#1f6fb4", *orange = "#c8501e", *green = "#3a8f3a";
  const auto column = fmt::format("column current kept: {} rows, {:.0f} % driven, {:.0f} % of the cells low",
                                  sweep.load.rows, 100 * sweep.load.driven_share, 100 * sweep.load.lrs_share);
  return "set xlabel 'V_WL (V)'\nset grid lc rgb '#e0e0e0'\nset key right bottom\nset multiplot layout "
         "2,2\n" +
         mark_lines(sweep) +
         panel("cell current, mean over cells", "uA", true,
               {{2, "1e6", "low-resistance state", blue}, {3, "1e6", "high-resistance state", orange}}) +
         panel("on/off", "ratio of the mean currents", true, {{4, "1", "on/off", blue}}) +
         // The lines of the marks stay, but their labels would cross the curves below.
         "unset label\nset key right top\n" +
         panel("spread of the low-resistance cell's current", "sigma(I)/I", false,
               {{5, "1", "all", blue},
                {6, "1", "V_t mismatch alone", orange},
                {7, "1", "resistance alone", green}}) +
         "unset key\n" + panel(column.c_str(), "of the ideal sum", false, {{10, "1", "kept", blue}}) +
         "unset multiplot\n";
}

}  // namespace

std::vector<std::string> sweep_files() {
  return {table_name, std::string(figure_name) + ".svg", std::string(figure_name) + ".png"};
}

std::string write_sweep(const VoltageSweep& sweep, const std::string& folder) {
  atomic_write(std::filesystem::path(folder) / table_name, to_csv(sweep));
  return draw_figure(folder, figure_name, 900, script(sweep));
}

}  // namespace irc::platform
