// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "irc/platform/gnuplot.h"
#include "irc/platform/validate.h"
#include "programs.h"

namespace irc::platform {
namespace {

/// The figure labels macros with letters; the key at its foot explains them.
std::string letter(std::size_t index) {
  return std::string(1, static_cast<char>('A' + index % 26));
}

/// Points of one kind of figure as an inline data block. Macros outside the fit are drawn separately.
std::string block(const SiliconValidation& v, const char* name, bool energy, bool fitted, double factor) {
  std::string out = fmt::format("${} << EOD\n", name);
  for (std::size_t i = 0; i < v.cases.size(); ++i) {
    const auto& c = v.cases[i];
    const auto& published = energy ? c.macro.energy_j : c.macro.t_access_s;
    if (!published || c.macro.fitted != fitted) continue;
    out += fmt::format("{:.6g} {:.6g} {}\n", *published * factor,
                       (energy ? c.predicted.total_j : c.predicted.latency_s) * factor, letter(i));
  }
  return out + "EOD\n";
}

std::string foot(const SiliconValidation& v) {
  constexpr std::size_t per_line = 6;
  std::string out;
  for (std::size_t begin = 0; begin < v.cases.size(); begin += per_line) {
    std::string line;
    for (std::size_t i = begin; i < std::min(v.cases.size(), begin + per_line); ++i)
      line += letter(i) + "  " + v.cases[i].macro.name + "      ";
    out += fmt::format("set label {} {} at screen 0.03,{} font \",10\"\n", begin / per_line + 1,
                       gnuplot_text(line), 0.075 - 0.04 * static_cast<double>(begin / per_line));
  }
  return out;
}

std::string panel(const char* title, const char* unit, const char* fitted, const char* others) {
  return fmt::format(
      "set title \"{0}\"\nset xlabel \"published, {1}\"\nset ylabel \"predicted, {1}\"\n"
      "plot x with lines lc rgb \"#404040\" title \"equal\", 2*x with lines dt 2 lc rgb \"#a0a0a0\" title "
      "\"factor 2\", x/2 with lines dt 2 lc rgb \"#a0a0a0\" notitle, "
      "${2} using 1:2 with points pt 7 ps 0.7 lc rgb \"#1f6fb4\" title \"fitted\", "
      "${3} using 1:2 with points pt 6 ps 0.9 lw 2 lc rgb \"#c8501e\" title \"not fitted\", "
      "${2} using 1:2:3 with labels left offset 0.6,-0.4 notitle, "
      "${3} using 1:2:3 with labels left offset 0.8,-0.4 notitle\n",
      title, unit, fitted, others);
}

}  // namespace

std::string silicon_plot_script(const SiliconValidation& v, const std::string& svg) {
  std::string out = block(v, "energy", true, true, 1e12) + block(v, "energy_other", true, false, 1e12) +
                    block(v, "time", false, true, 1e9) + block(v, "time_other", false, false, 1e9);
  out += "set terminal svg size 1100,580 font \"sans,11\" background rgb \"white\"\nset output " +
         gnuplot_text(svg) + "\n" + foot(v) +
         "set multiplot layout 1,2 margins 0.07,0.98,0.22,0.93 spacing 0.09\n"
         "set logscale xy\nset key top left\nset grid lc rgb \"#e0e0e0\"\n";
  out += "set xrange [0.5:10000]\nset yrange [0.5:10000]\n" +
         panel("Energy per access", "pJ", "energy", "energy_other");
  for (std::size_t line = 1; line <= (v.cases.size() + 5) / 6; ++line)
    out += fmt::format("unset label {}\n", line);
  out += "set xrange [4:200]\nset yrange [4:200]\n" + panel("Time per access", "ns", "time", "time_other");
  return out + "unset multiplot\nunset output\n";
}

std::string plot_silicon(const SiliconValidation& v, const std::string& svg) {
  const ScratchFolder scratch;
  const auto drawn = scratch / "silicon.svg";
  const auto failure = run_gnuplot(silicon_plot_script(v, drawn.string()));
  if (failure.empty()) keep_picture(drawn, svg);
  return failure;
}

}  // namespace irc::platform
