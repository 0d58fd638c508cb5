// SPDX-License-Identifier: Apache-2.0
// Writes a sensitivity study as JSON, CSV and Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "irc/core/csv.h"
#include "irc/core/file.h"
#include "sensitivity_parts.h"

namespace irc::study {

namespace {

using nlohmann::json;

json point_json(const SensitivityPoint& point) {
  const auto& o = point.outcome;
  json out{{"value", explore::value_json(point.value)},
           {"label", point.label},
           {"working_point", point.working_point},
           {"status", detail::status_name(o.status)}};
  if (!o.done()) {
    out["reason"] = o.error;
    return out;
  }
  out.update({{"map", o.map},
              {"map_std", o.map_std},
              {"map_ci95", o.map_ci95},
              {"map_worst", o.map_worst},
              {"map_per_chip", o.map_per_chip},
              {"map_ideal", o.map_ideal},
              {"bit_error_rate", o.bit_error_rate},
              {"energy_j_per_image", o.energy_j},
              {"latency_s_per_image", o.latency_s},
              {"images", o.images}});
  return out;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// Text that may be placed in a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

std::string percent(double share) {
  return fmt::format("{:.2f}", 100 * share);
}

/// Mean, standard deviation and worst chip, or the reason why they are missing.
std::string outcome_cells(const Outcome& outcome) {
  if (!outcome.done())
    return fmt::format(" {}: {} | | |", detail::status_name(outcome.status), cell(outcome.error));
  return fmt::format(" {} | {} | {} |", percent(outcome.map), percent(outcome.map_std),
                     percent(outcome.map_worst));
}

/// One line of a table: the label of a place on the axis, and each base's point there.
struct Line {
  std::string label;
  std::vector<const SensitivityPoint*> points;
};

std::map<double, Line> lines_of(const std::vector<SensitivitySeries>& curve) {
  std::map<double, Line> lines;
  for (std::size_t s = 0; s < curve.size(); ++s)
    for (const auto& point : curve[s].points) {
      auto& line = lines[point.x];
      line.label = point.label;
      line.points.resize(curve.size());
      line.points[s] = &point;
    }
  return lines;
}

std::string curve_table(const SensitivityStudy& study, const SensitivityCurve& curve,
                        const std::vector<SensitivitySeries>& all) {
  std::string out = "\n## " + curve.label + "\n\n";
  for (const auto& key : curve.keys) out += (key == curve.keys.front() ? "`" : ", `") + key + "`";
  out += "\n\n| value |";
  std::string rule = "\n|---|";
  for (const auto& series : all) {
    out += " " + cell(study.bases[series.base].label) + ": mAP@0.5 % | std | worst |";
    rule += "---|---|---|";
  }
  out += rule + "\n";
  for (const auto& [x, line] : lines_of(all)) {
    std::string of;
    for (std::size_t s = 0; s < all.size(); ++s)
      if (line.points[s] && line.points[s]->working_point)
        of += (of.empty() ? "" : ", ") + study.bases[all[s].base].label;
    out += "| " + cell(line.label) + (of.empty() ? "" : " (working point of " + cell(of) + ")") + " |";
    for (const auto* point : line.points) out += point ? outcome_cells(point->outcome) : " – | | |";
    out += "\n";
  }
  return out;
}

std::string csv_row(const SensitivityStudy& study, const SensitivityCurve& curve, std::size_t base,
                    const SensitivityPoint& point) {
  const auto& o = point.outcome;
  const auto value = explore::value_json(point.value);
  auto out = fmt::format("{},{},{},{},{}", curve.name, csv_quoted(study.bases[base].label),
                         value.is_string() ? csv_quoted(value.get<std::string>()) : value.dump(),
                         point.working_point ? 1 : 0, detail::status_name(o.status));
  if (o.done())
    out +=
        fmt::format(",{},{},{},{},{},{},{},{},{},{}", o.map, o.map_std, o.map_ci95, o.map_worst, o.map_ideal,
                    o.bit_error_rate, o.energy_j, o.latency_s, o.images, o.map_per_chip.size());
  else
    out += ",,,,,,,,,,";
  return out + "," + csv_quoted(one_line(o.error)) + "\n";
}

/// How much a base ran, taken from its own run.
std::string base_line(const SensitivityResult& result, std::size_t base) {
  const auto& o = result.base_outcome(base);
  const auto& label = result.study.bases[base].label;
  if (!o.done())
    return fmt::format("- {}: its own run {}: {}\n", label, detail::status_name(o.status), o.error);
  return fmt::format(
      "- {}: {} pictures, {} chips; ideal {} %, at its working point {} % +- {}, worst chip {} %\n", label,
      o.images, o.map_per_chip.size(), percent(o.map_ideal), percent(o.map), percent(o.map_std),
      percent(o.map_worst));
}

/// Indices of the bases that have at least one curve.
std::vector<std::size_t> bases_of(const SensitivityResult& result) {
  std::size_t count = 0;
  for (const auto& curve : result.curves) count = std::max(count, curve.size());
  std::vector<std::size_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = i;
  return out;
}

}  // namespace

json to_json(const SensitivityResult& result) {
  const auto& study = result.study;
  json curves = json::array();
  for (std::size_t c = 0; c < result.curves.size(); ++c) {
    json all = json::array();
    for (const auto& series : result.curves[c]) {
      json points = json::array();
      for (const auto& point : series.points) points.push_back(point_json(point));
      all.push_back({{"config", study.bases[series.base].label}, {"points", points}});
    }
    const auto& curve = study.curves[c];
    curves.push_back({{"name", curve.name}, {"label", curve.label}, {"keys", curve.keys}, {"series", all}});
  }
  return {{"schema", 1},        {"name", study.name},    {"title", study.title},
          {"seed", study.seed}, {"set", study.settings}, {"curves", curves}};
}

std::string to_csv(const SensitivityResult& result) {
  std::string out =
      "curve,config,value,working_point,status,map,map_std,map_ci95,map_worst,map_ideal,bit_error_rate,"
      "energy_j_per_image,latency_s_per_image,images,chips,reason\n";
  for (std::size_t c = 0; c < result.curves.size(); ++c)
    for (const auto& series : result.curves[c])
      for (const auto& point : series.points)
        out += csv_row(result.study, result.study.curves[c], series.base, point);
  return out;
}

std::string to_markdown(const SensitivityResult& result) {
  const auto& study = result.study;
  auto out = fmt::format("# {}\n\nSeed {}; all other values as the configuration has them.\n\n", study.title,
                         study.seed);
  for (const auto base : bases_of(result)) out += base_line(result, base);
  for (std::size_t c = 0; c < result.curves.size(); ++c)
    out += curve_table(study, study.curves[c], result.curves[c]);
  return out;
}

std::string write_sensitivity(const SensitivityResult& result, const std::string& folder) {
  const std::filesystem::path path(folder);
  // Removes figures of an earlier run, which must not lie beside this run's tables.
  std::vector<std::string> figures{"sensitivity"};
  for (const auto& curve : result.study.curves) figures.push_back("sensitivity-" + curve.name);
  for (const auto& figure : figures)
    for (const auto* suffix : {".svg", ".png"}) std::filesystem::remove(path / (figure + suffix));
  atomic_write(path / "sensitivity.csv", to_csv(result));
  atomic_write(path / "sensitivity.md", to_markdown(result));
  atomic_write(path / "sensitivity.json", to_json(result).dump(2) + "\n");
  return detail::draw_sensitivity(result, folder);
}

}  // namespace irc::study
