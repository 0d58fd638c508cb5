// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "irc/platform/validate.h"

namespace irc::platform {
namespace {

using nlohmann::json;

json value(const std::optional<double>& number) {
  return number ? json(*number) : json(nullptr);
}

std::string text(const std::optional<double>& number, const char* format = "{:.2f}", double factor = 1) {
  return number ? fmt::format(fmt::runtime(format), *number * factor) : "-";
}

const char* boundary(const SiliconMacro& macro) {
  return macro.whole_macro ? "macro" : "core";
}

/// One-bit operations per joule, in 10^12. A multiply-accumulate counts as 2.
double tops_per_w(const SiliconMacro& macro, double energy_j) {
  return macro.operations / energy_j * 1e-12;
}

double share(const SiliconCase& c, const SiliconBlock& block) {
  return block_j(c.predicted, block) / c.predicted.total_j;
}

json to_json(const RatioError& error) {
  if (error.count == 0) return {{"count", 0}, {"geometric_mean", nullptr}, {"worst", nullptr}};
  return {{"count", error.count}, {"geometric_mean", error.mean}, {"worst", error.worst}};
}

json to_json(const SiliconCoefficients& c) {
  return {{"t_word_line_s", c.t_word_line_s},
          {"r_settle_ohm", c.r_settle_ohm},
          {"sense_charge_c", c.sense_charge_c},
          {"e_decision_j", c.e_decision_j},
          {"macro_control_j_per_readout", c.macro_control_j}};
}

json to_json(const SiliconCase& c) {
  json blocks = json::array();
  for (const auto& block : c.macro.blocks)
    blocks.push_back({{"name", block.name},
                      {"predicted", share(c, block)},
                      {"published", block.share},
                      {"input", block.input}});
  const auto& m = c.macro;
  return {{"macro", m.name},
          {"boundary", boundary(m)},
          {"publication", m.publication},
          {"fitted", m.fitted},
          {"energy_ratio", value(c.energy_ratio)},
          {"latency_ratio", value(c.latency_ratio)},
          {"area_ratio", value(c.area_ratio)},
          {"loo_energy_ratio", value(c.loo_energy_ratio)},
          {"loo_latency_ratio", value(c.loo_latency_ratio)},
          {"energy_j", c.predicted.total_j},
          {"published_energy_j", value(m.energy_j)},
          {"energy_by_component_j", c.predicted.energy_j},
          {"latency_s", c.predicted.latency_s},
          {"published_latency_s", value(m.t_access_s)},
          {"area_m2", c.predicted.area_m2 > 0 ? json(c.predicted.area_m2) : json(nullptr)},
          {"published_area_m2", value(m.area_m2)},
          {"tops_per_w_1bit", tops_per_w(m, c.predicted.total_j)},
          {"published_tops_per_w_1bit", m.energy_j ? json(tops_per_w(m, *m.energy_j)) : json(nullptr)},
          {"assumed", m.assumed},
          {"blocks", blocks},
          {"passed", c.passed()}};
}

std::string case_rows(const SiliconValidation& v) {
  std::string out =
      fmt::format("{:<22} {:<6} {:>8} {:>8} {:>6} {:>6} {:>8} {:>8} {:>6} {:>6} {:>8} {:>8} {:>6}\n", "macro",
                  "bound.", "pJ pred", "pJ publ", "ratio", "unseen", "ns pred", "ns publ", "ratio", "unseen",
                  "mm2 pred", "mm2 publ", "ratio");
  for (const auto& c : v.cases) {
    const auto& m = c.macro;
    const std::optional<double> area =
        c.predicted.area_m2 > 0 ? std::optional(c.predicted.area_m2) : std::nullopt;
    out += fmt::format("{:<22} {:<6} {:>8} {:>8} {:>6} {:>6} {:>8} {:>8} {:>6} {:>6} {:>8} {:>8} {:>6}{}{}\n",
                       m.name, boundary(m), text(c.predicted.total_j, "{:.2f}", 1e12),
                       text(m.energy_j, "{:.2f}", 1e12), text(c.energy_ratio), text(c.loo_energy_ratio),
                       text(c.predicted.latency_s, "{:.2f}", 1e9), text(m.t_access_s, "{:.2f}", 1e9),
                       text(c.latency_ratio), text(c.loo_latency_ratio), text(area, "{:.3f}", 1e6),
                       text(m.area_m2, "{:.3f}", 1e6), text(c.area_ratio), m.fitted ? "" : "  not fitted",
                       c.passed() ? "" : "  FAILED");
  }
  return out;
}

std::string error_line(const char* what, const RatioError& e, double mean_target, double worst_target) {
  if (e.count == 0) return fmt::format("{:<40} geometric mean -, worst -, no macros\n", what);
  const auto judged = [](double found, double target) {
    return target == 0 ? std::string()
                       : fmt::format(" (target {:.2f}: {})", target, found <= target ? "met" : "NOT MET");
  };
  return fmt::format("{:<40} geometric mean {:.2f}{}, worst {:.2f}{}, {} macros\n", what, e.mean,
                     judged(e.mean, mean_target), e.worst, judged(e.worst, worst_target), e.count);
}

std::string block_rows(const SiliconValidation& v) {
  std::string out =
      fmt::format("\n{:<22} {:<12} {:>10} {:>10}\n", "share of energy", "block", "predicted", "published");
  for (const auto& c : v.cases)
    for (const auto& block : c.macro.blocks)
      out += fmt::format("{:<22} {:<12} {:>8.1f} % {:>8.1f} %{}\n", c.macro.name, block.name,
                         100 * share(c, block), 100 * block.share, block.input ? "  input" : "");
  return out;
}

/// Parameters of a macro that differ from the defaults although its publication does not state them.
std::string assumption_rows(const SiliconValidation& v) {
  std::string out = fmt::format("\n{:<34} {:>12}  (reasons: configs/cards/silicon_28nm.toml, default.toml)\n",
                                "set by hand for all macros", "in the card");
  for (const auto& [name, value] : v.assumed_for_all) out += fmt::format("{:<34} {:>12.4g}\n", name, value);
  out += fmt::format("\n{:<22} {}\n", "assumed for one macro", "(reasons: configs/silicon/macros.toml)");
  for (const auto& c : v.cases)
    if (!c.macro.assumed.empty())
      out += fmt::format("{:<22} {}\n", c.macro.name, fmt::join(c.macro.assumed, " "));
  return out;
}

std::string fit_rows(const SiliconValidation& v) {
  std::string out = fmt::format("\n{:<42} {:>12} {:>12}\n", "fitted at 28 nm, 0.9 V", "in the card", "fit");
  const auto row = [&](const char* name, double SiliconCoefficients::*member) {
    out += fmt::format("{:<42} {:>12.4g} {:>12.4g}\n", name, v.shipped.*member, v.refitted.*member);
  };
  row("biases.t_word_line_s", &SiliconCoefficients::t_word_line_s);
  row("wires.r_settle_ohm", &SiliconCoefficients::r_settle_ohm);
  row("sense.sense_charge_c", &SiliconCoefficients::sense_charge_c);
  row("sense.e_decision_j", &SiliconCoefficients::e_decision_j);
  row("energy.macro_control_j_per_readout", &SiliconCoefficients::macro_control_j);
  out += "\n" + error_line("energy, fitted macros, with this fit", v.refitted_energy, 0, 0);
  out += error_line("latency, fitted macros, with this fit", v.refitted_latency, 0, 0);
  for (const auto& c : v.cases)
    if (c.macro.fitted)
      out += fmt::format("{:<22} energy {:>6} latency {:>6}\n", c.macro.name, text(c.refitted_energy_ratio),
                         text(c.refitted_latency_ratio));
  return out;
}

}  // namespace

nlohmann::json to_json(const SiliconValidation& v) {
  auto cases = json::array();
  for (const auto& c : v.cases) cases.push_back(to_json(c));
  auto set_by_hand = json::object();
  for (const auto& [name, number] : v.assumed_for_all) set_by_hand[name] = number;
  return {{"cases", cases},
          {"fitted",
           {{"energy", to_json(v.energy)},
            {"latency", to_json(v.latency)},
            {"loo_energy", to_json(v.loo_energy)},
            {"loo_latency", to_json(v.loo_latency)}}},
          {"not_fitted", {{"energy", to_json(v.unseen_energy)}, {"latency", to_json(v.unseen_latency)}}},
          {"refitted", {{"energy", to_json(v.refitted_energy)}, {"latency", to_json(v.refitted_latency)}}},
          {"set_by_hand", set_by_hand},
          {"coefficients", {{"card", to_json(v.shipped)}, {"refitted", to_json(v.refitted)}}},
          {"targets",
           {{"energy_geometric_mean", SiliconValidation::energy_mean_target},
            {"energy_worst", SiliconValidation::energy_worst_target},
            {"latency_geometric_mean", SiliconValidation::latency_mean_target}}},
          {"passed", v.passed()}};
}

std::string to_text(const SiliconValidation& v, bool fit) {
  using V = SiliconValidation;
  std::string out = case_rows(v);
  out += "ratio: predicted over published; unseen: with coefficients fitted without that publication\n\n";
  out += error_line("energy, fitted macros", v.energy, V::energy_mean_target, V::energy_worst_target);
  out += error_line("latency, fitted macros", v.latency, V::latency_mean_target, 0);
  out += error_line("energy, each left out of the fit", v.loo_energy, 0, 0);
  out += error_line("latency, each left out of the fit", v.loo_latency, 0, 0);
  out += error_line("energy, macros that were never fitted", v.unseen_energy, 0, 0);
  out += error_line("latency, macros that were never fitted", v.unseen_latency, 0, 0);
  out += block_rows(v);
  out += assumption_rows(v);
  if (fit) out += fit_rows(v);
  return out;
}

}  // namespace irc::platform
