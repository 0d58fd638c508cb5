// SPDX-License-Identifier: Apache-2.0
// Writes an ablation for scripts: ablation.csv and the document of --json.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "ablation_text.h"

namespace irc::study {

namespace {

using nlohmann::json;

/// Quotes a field by RFC 4180.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::vector<std::string> techniques_of(const Ablation& a, const Rung& rung) {
  std::vector<std::string> out;
  for (std::size_t t = 0; t < rung.on.size(); ++t)
    if (rung.on[t]) out.push_back(a.study.techniques[t].name);
  return out;
}

std::string joined(const std::vector<std::string>& words, const char* with) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : with) + word;
  return out;
}

/// The detector's file name. Its folder differs between machines.
std::string model_name(const Rung& rung) {
  return std::filesystem::path(rung.model).filename().string();
}

json outcome_json(const Column& column, const std::optional<Outcome>& outcome) {
  json out = {
      {"column", column.name}, {"status", detail::status_name(outcome)}, {"chips", column.amount.chips}};
  if (!outcome) return out;
  if (!outcome->done()) {
    out["error"] = outcome->error;
    return out;
  }
  out.update({{"images", outcome->images},
              {"map_ideal", outcome->map_ideal},
              {"map", outcome->map},
              {"map_per_chip", outcome->map_per_chip},
              {"map_std", outcome->map_std},
              {"map_ci95", outcome->map_ci95},
              {"map_worst", outcome->map_worst},
              {"map_drop", outcome->map_ideal - outcome->map},
              {"bit_error_rate", outcome->bit_error_rate},
              {"energy_j_per_image", outcome->energy_j},
              {"latency_s_per_image", outcome->latency_s}});
  return out;
}

json mean_json(const std::optional<Mean>& mean, const std::optional<double>& ideal) {
  if (!mean) return nullptr;
  return {{"change", mean->value},
          {"ci95", mean->ci95 ? json(*mean->ci95) : json(nullptr)},
          {"chips", mean->n},
          {"measurable", mean->measurable()},
          {"change_ideal", *ideal}};
}

/// Effect of removing a technique: the negative of `robust minus robust without it`.
json removal_json(const Effect& effect) {
  auto mean = effect.removed;
  auto ideal = effect.removed_ideal;
  if (mean) mean->value = -mean->value;
  if (ideal) ideal = -*ideal;
  return mean_json(mean, ideal);
}

}  // namespace

std::string to_csv(const Ablation& a) {
  std::string out =
      "design,kind,techniques,model,column,status,images,chips,map_ideal,map,map_std,map_ci95,map_worst,map_"
      "drop,"
      "bit_error_rate,energy_j_per_image,latency_s_per_image,note,error\n";
  for (std::size_t r = 0; r < a.rungs.size(); ++r) {
    const auto& rung = a.rungs[r];
    for (std::size_t c = 0; c < a.columns.size(); ++c) {
      const auto& outcome = a.outcomes[r][c];
      out += fmt::format("{},{},{},{},{},{}", quoted(rung.label), detail::kind_name(rung.kind),
                         quoted(joined(techniques_of(a, rung), " ")), quoted(model_name(rung)),
                         quoted(a.columns[c].name), detail::status_name(outcome));
      if (outcome && outcome->done())
        out += fmt::format(",{},{},{},{},{},{},{},{},{},{},{}", outcome->images, outcome->map_per_chip.size(),
                           outcome->map_ideal, outcome->map, outcome->map_std, outcome->map_ci95,
                           outcome->map_worst, outcome->map_ideal - outcome->map, outcome->bit_error_rate,
                           outcome->energy_j, outcome->latency_s);
      else
        out += ",,,,,,,,,,,";
      out += "," + quoted(joined(rung.notes, "; ")) + "," + quoted(outcome ? outcome->error : "") + "\n";
    }
  }
  return out;
}

json to_json(const Ablation& a) {
  json rungs = json::array(), effects = json::array();
  for (std::size_t r = 0; r < a.rungs.size(); ++r) {
    const auto& rung = a.rungs[r];
    json cells = json::array();
    for (std::size_t c = 0; c < a.columns.size(); ++c)
      cells.push_back(outcome_json(a.columns[c], a.outcomes[r][c]));
    rungs.push_back({{"label", rung.label},
                     {"kind", detail::kind_name(rung.kind)},
                     {"techniques", techniques_of(a, rung)},
                     {"model", rung.model.empty() ? json(nullptr) : json(model_name(rung))},
                     {"notes", rung.notes},
                     {"outcomes", cells}});
  }
  for (std::size_t t = 0; t < a.effects.size(); ++t)
    effects.push_back({{"technique", a.study.techniques[t].name},
                       {"added", mean_json(a.effects[t].added, a.effects[t].added_ideal)},
                       {"removed", removal_json(a.effects[t])}});
  return {{"schema", 1},      {"study", a.study.name}, {"seed", a.study.seed},
          {"designs", rungs}, {"effects", effects},    {"failed", a.failed}};
}

}  // namespace irc::study
