// SPDX-License-Identifier: Apache-2.0
// Draws an ablation: mAP of each design with all nonidealities on beside its ideal mAP, and the cost of each
// nonideality.
#include <fmt/format.h>

#include "ablation_text.h"
#include "irc/platform/gnuplot.h"

namespace irc::study {

namespace {

using platform::gnuplot_text;

/// The design's place on the axis. The first design is at the top.
std::size_t place(const Ablation& a, std::size_t rung) {
  return a.rungs.size() - 1 - rung;
}

std::string design_tics(const Ablation& a) {
  std::string out;
  for (std::size_t r = 0; r < a.rungs.size(); ++r)
    out += fmt::format("{}{} {}", r == 0 ? "" : ", ", gnuplot_text(a.rungs[r].label), place(a, r));
  return "set ytics (" + out + ") scale 0\n";
}

/// Columns: mean, mean - std, mean + std, ideal, place.
std::string bar_block(const Ablation& a) {
  std::string out = "$bars << EOD\n";
  for (std::size_t r = 0; r < a.rungs.size(); ++r) {
    const auto* all = a.under_all(r);
    if (all == nullptr) continue;
    out += fmt::format("{:.4f},{:.4f},{:.4f},{:.4f},{}\n", 100 * all->map, 100 * (all->map - all->map_std),
                       100 * (all->map + all->map_std), 100 * all->map_ideal, place(a, r));
  }
  return out + "EOD\n";
}

/// Columns: column, place, drop, text of the drop.
std::string drop_block(const Ablation& a) {
  std::string out = "$drops << EOD\n";
  for (std::size_t r = 0; r < a.rungs.size(); ++r)
    for (std::size_t c = 0; c < a.columns.size(); ++c) {
      const auto& outcome = a.outcomes[r][c];
      if (!outcome || !outcome->done()) continue;
      const double drop = outcome->map_ideal - outcome->map;
      out += fmt::format("{},{},{:.4f},{}\n", c, place(a, r), 100 * drop, detail::points(drop));
    }
  return out + "EOD\n";
}

std::string column_tics(const Ablation& a) {
  std::string out;
  for (std::size_t c = 0; c < a.columns.size(); ++c)
    out += fmt::format("{}{} {}", c == 0 ? "" : ", ", gnuplot_text(a.columns[c].label), c);
  return "set xtics (" + out + ") rotate by -35 scale 0\n";
}

std::string script(const Ablation& a) {
  const auto range = [](std::size_t count) { return static_cast<double>(count) - 0.5; };
  std::string out = bar_block(a) + drop_block(a);
  out += fmt::format("set multiplot\nset yrange [-0.5:{}]\n", range(a.rungs.size())) + design_tics(a);
  out +=
      "set title 'mAP, all nonidealities (points)'\n"
      "set lmargin at screen 0.24\nset rmargin at screen 0.44\nset tmargin at screen 0.93\nset bmargin at "
      "screen 0.17\n"
      "set xrange [0:100]\nset xtics 20\nset grid xtics\nset style fill solid 0.7\nset key at screen "
      "0.44,0.09\n"
      "plot $bars using ($1/2):5:(0):1:($5-0.3):($5+0.3) with boxxyerror lc rgb '#4477aa' title 'mean over "
      "chips', "
      "$bars using 1:5:2:3 with xerrorbars pt 0 lw 1.5 lc rgb 'black' title 'standard deviation', "
      "$bars using 4:5 with points pt 2 ps 1 lw 2 lc rgb '#bb4433' title 'ideal network'\n";
  out +=
      "set title 'drop from the ideal network (points of mAP)'\nunset ytics\nunset key\nunset grid\n"
      "set lmargin at screen 0.47\nset rmargin at screen 0.98\nunset colorbox\n"
      "set palette defined (0 '#f7f7f7', 5 '#fddbc7', 20 '#f4a582', 50 '#d6604d', 80 '#b2182b')\nset cbrange "
      "[0:80]\n";
  out += fmt::format("set xrange [-0.5:{}]\n", range(a.columns.size())) + column_tics(a);
  out +=
      "plot $drops using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fs solid 1 fc palette, "
      "$drops using 1:2:4 with labels\nunset multiplot\n";
  return out;
}

}  // namespace

std::string draw_ablation(const Ablation& ablation, const std::string& folder) {
  bool any = false;
  for (std::size_t r = 0; r < ablation.rungs.size(); ++r) any = any || ablation.under_all(r) != nullptr;
  if (!any) return "no design has a result to draw";
  const int height = 260 + 34 * static_cast<int>(ablation.rungs.size());
  return platform::draw_figure(folder, "ablation", height, script(ablation));
}

}  // namespace irc::study
