// SPDX-License-Identifier: Apache-2.0
// Figures of the power profile, which gnuplot draws from the tables in the same folder.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "irc/core/csv.h"
#include "irc/core/file.h"
#include "irc/core/printable.h"
#include "irc/energy/energy_ledger.h"
#include "irc/platform/gnuplot.h"
#include "irc/platform/run.h"

namespace irc::platform {
namespace {

namespace fs = std::filesystem;
constexpr const char* layer_table_name = "energy_layers.csv";

/// Components on which any layer spends energy, in the ledger's order.
std::vector<std::string> spent(const RunResult& result) {
  std::vector<std::string> names;
  for (const auto component : energy::components()) {
    const std::string name(energy::name(component));
    for (const auto& layer : result.layers) {
      if (layer.energy_j.at(name) == 0) continue;
      names.push_back(name);
      break;
    }
  }
  return names;
}

/// One row per layer, in J per image.
std::string layer_table(const RunResult& result, const std::vector<std::string>& components) {
  std::string text = "layer";
  for (const auto& component : components) text += "," + component;
  text += "\n";
  for (const auto& layer : result.layers) {
    text += csv_quoted(printable(layer.name));
    for (const auto& component : components) text += fmt::format(",{}", layer.energy_j.at(component));
    text += "\n";
  }
  return text;
}

/// The time range of the figure: the requested window, or else the first image if it is longer than a few
/// windows.
std::string time_range(const RunResult& result, const RunConfig& config) {
  const auto& asked = config.trace.window;
  const bool all = asked == trace::Window{};
  const auto shown = all ? result.first_picture : asked;
  if (!std::isfinite(shown.end_s) || shown.end_s - shown.begin_s < 4 * config.trace.power_window_s)
    return "[*:*]";
  // Starts at the first window that lies within the range as a whole.
  const double width_s = config.trace.power_window_s;
  const double begin_s = asked.begin_s + std::ceil((shown.begin_s - asked.begin_s) / width_s) * width_s;
  return fmt::format("[{}:{}]", begin_s * 1e6, shown.end_s * 1e6);
}

std::string power_script(const RunResult& result, const RunConfig& config) {
  return fmt::format(
      "set xlabel 'simulated time (us)'\n"
      "set ylabel 'power (mW)'\n"
      "set title 'mean and peak power in windows of {} us'\n"
      "set xrange {}\n"
      "set yrange [0:*]\n"
      "set grid\n"
      "set key outside right\n"
      "plot 'power.csv' using ($1*1e6):($3*1e3) skip 1 with fillsteps fs solid 0.35 lc rgb '#4477aa' "
      "title 'mean', \\\n"
      "     'power.csv' using ($1*1e6):($4*1e3) skip 1 with steps lw 1.5 lc rgb '#bb4433' title 'peak'\n",
      config.trace.power_window_s * 1e6, time_range(result, config));
}

/// Stacked bars of the named columns.
std::string bars(const std::vector<std::string>& components, const std::vector<std::string>& shown) {
  // Two dozen distinct colours (Tableau's and some darker ones). A component has the same colour in both
  // plots.
  static constexpr std::array colours{"1f77b4", "ff7f0e", "2ca02c", "d62728", "9467bd", "8c564b",
                                      "e377c2", "7f7f7f", "bcbd22", "17becf", "aec7e8", "ffbb78",
                                      "98df8a", "ff9896", "c5b0d5", "c49c94", "f7b6d2", "c7c7c7",
                                      "dbdb8d", "9edae5", "393b79", "637939", "8c6d31", "843c39"};
  std::string text = "plot ";
  for (std::size_t c = 0; c < components.size(); ++c) {
    if (std::find(shown.begin(), shown.end(), components[c]) == shown.end()) continue;
    text += fmt::format("{}'energy_layers.csv' using (${}*1e9):xtic(1) skip 1 title '{}' lc rgb '#{}'",
                        text.ends_with(' ') ? "" : ", ", c + 2, components[c], colours[c % colours.size()]);
  }
  return text + "\n";
}

/// Plots all components, and below it the same without the two largest, which hide the others.
std::string layer_script(const RunResult& result, const std::vector<std::string>& components) {
  const auto total_j = [&](const std::string& component) {
    double sum_j = 0;
    for (const auto& layer : result.layers) sum_j += layer.energy_j.at(component);
    return sum_j;
  };
  auto rest = components;
  std::sort(rest.begin(), rest.end(),
            [&](const std::string& a, const std::string& b) { return total_j(a) > total_j(b); });
  std::string without;
  for (std::size_t i = 0; i < 2 && rest.size() > 1; ++i) {
    without += (without.empty() ? "" : " and ") + rest.front();
    rest.erase(rest.begin());
  }
  return "set ylabel 'energy (nJ)'\n"
         "set yrange [0:*]\n"
         "set grid ytics\n"
         "set style data histograms\n"
         "set style histogram rowstacked\n"
         "set style fill solid\n"
         "set boxwidth 0.75\n"
         "set xtics rotate by -40\n"
         "set key outside right\n"
         "set multiplot layout 2,1\n"
         "set title 'energy per image, by layer and component'\n" +
         bars(components, components) + "set title 'the same without " + without + "'\n" +
         bars(components, rest) + "unset multiplot\n";
}

}  // namespace

std::vector<std::string> figure_files() {
  return {layer_table_name, "power.svg", "power.png", "energy_layers.svg", "energy_layers.png"};
}

Figures write_figures(const RunResult& result, const RunConfig& config, const std::string& folder,
                      bool power) {
  Figures figures;
  const auto components = spent(result);
  const auto table = fs::path(folder) / layer_table_name;
  atomic_write(table, layer_table(result, components));
  figures.paths.push_back(table.string());
  struct Drawing {
    std::string name;
    int height;
    std::string script;
  };
  const Drawing drawings[] = {{"power", 500, power_script(result, config)},
                              {"energy_layers", 900, layer_script(result, components)}};
  for (const auto& [name, height, script] : drawings) {
    if (name == "power" && !power) continue;
    figures.skipped = draw_figure(folder, name, height, script);
    if (!figures.skipped.empty()) return figures;
    for (const char* suffix : {".svg", ".png"})
      figures.paths.push_back((fs::path(folder) / (name + suffix)).string());
  }
  return figures;
}

}  // namespace irc::platform
