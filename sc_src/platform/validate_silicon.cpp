// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "irc/platform/resources.h"
#include "irc/platform/validate.h"

namespace irc::platform {
namespace {

std::optional<double> ratio(double predicted, const std::optional<double>& published) {
  if (!published || predicted == 0) return {};
  return predicted / *published;
}

RatioError error_of(const std::vector<SiliconCase>& cases, std::optional<double> SiliconCase::*member,
                    bool fitted) {
  RatioError error;
  double sum = 0, worst = 0;
  for (const auto& c : cases) {
    if (c.macro.fitted != fitted || !(c.*member)) continue;
    const double log = std::abs(std::log(*(c.*member)));
    ++error.count;
    sum += log;
    worst = std::max(worst, log);
  }
  if (error.count == 0) return error;
  return {error.count, std::exp(sum / static_cast<double>(error.count)), std::exp(worst)};
}

SiliconCase compare(const SiliconMacro& macro, const device::TechnologyCard& card) {
  SiliconCase c;
  c.macro = macro;
  c.predicted = predict(macro, card);
  c.energy_ratio = ratio(c.predicted.total_j, macro.energy_j);
  c.latency_ratio = ratio(c.predicted.latency_s, macro.t_access_s);
  c.area_ratio = ratio(c.predicted.area_m2, macro.area_m2);
  return c;
}

bool near(const std::optional<double>& value, double bound) {
  return !value || (*value <= bound && *value >= 1 / bound);
}

}  // namespace

bool SiliconCase::passed() const {
  if (!macro.fitted) return true;
  return (energy_ratio || latency_ratio) && near(energy_ratio, case_bound) && near(latency_ratio, case_bound);
}

bool SiliconValidation::passed() const {
  return energy.count > 0 && latency.count > 0 && energy.mean <= energy_mean_target &&
         latency.mean <= latency_mean_target &&
         std::all_of(cases.begin(), cases.end(), [](const SiliconCase& c) { return c.passed(); });
}

SiliconValidation validate_silicon(const std::vector<SiliconMacro>& macros,
                                   const device::TechnologyCard& card) {
  SiliconValidation out;
  out.assumed_for_all = {{"wires.c_wl_f", card.wires.c_wl_f},
                         {"wires.r_wl_ohm", card.wires.r_wl_ohm},
                         {"wires.c_bl_f", card.wires.c_bl_f},
                         {"rram.lrs.r_ohm", card.rram.lrs.r_ohm},
                         {"rram.hrs.r_ohm", card.rram.hrs.r_ohm},
                         {"biases.v_bl_v", card.biases.v_bl_v},
                         {"biases.v_wl_v", card.biases.v_wl_v},
                         {"energy.word_line_driver_j", card.energy.word_line_driver_j},
                         {"energy.word_line_register_j", card.energy.word_line_register_j},
                         {"energy.precharge_j", card.energy.precharge_j},
                         {"energy.leakage_periphery_w", card.energy.leakage_periphery_w},
                         {"energy.reference_current_ratio", card.energy.reference_current_ratio}};
  out.shipped = SiliconCoefficients::of(card);
  out.refitted = fit_silicon(macros, card);
  const auto refitted = out.refitted.in(card);
  // All macros of one publication are left out together.
  std::map<std::string, device::TechnologyCard> without;
  for (const auto& macro : macros) {
    auto c = compare(macro, card);
    const auto with_fit = predict(macro, refitted);
    c.refitted_energy_ratio = ratio(with_fit.total_j, macro.energy_j);
    c.refitted_latency_ratio = ratio(with_fit.latency_s, macro.t_access_s);
    if (macro.fitted) {
      auto found = without.find(macro.publication);
      if (found == without.end())
        found =
            without.emplace(macro.publication, fit_silicon(macros, card, macro.publication).in(card)).first;
      const auto unseen = predict(macro, found->second);
      if (!macro.has_input_block()) c.loo_energy_ratio = ratio(unseen.total_j, macro.energy_j);
      c.loo_latency_ratio = ratio(unseen.latency_s, macro.t_access_s);
    }
    out.cases.push_back(std::move(c));
  }
  out.energy = error_of(out.cases, &SiliconCase::energy_ratio, true);
  out.latency = error_of(out.cases, &SiliconCase::latency_ratio, true);
  out.refitted_energy = error_of(out.cases, &SiliconCase::refitted_energy_ratio, true);
  out.refitted_latency = error_of(out.cases, &SiliconCase::refitted_latency_ratio, true);
  out.loo_energy = error_of(out.cases, &SiliconCase::loo_energy_ratio, true);
  out.loo_latency = error_of(out.cases, &SiliconCase::loo_latency_ratio, true);
  out.unseen_energy = error_of(out.cases, &SiliconCase::energy_ratio, false);
  out.unseen_latency = error_of(out.cases, &SiliconCase::latency_ratio, false);
  return out;
}

SiliconValidation validate_silicon(const std::string& macros, const std::vector<std::string>& overrides) {
  const auto card = shipped_card("silicon_28nm", overrides);
  const auto document = TomlDocument::read(macros, embedded);
  return validate_silicon(read_silicon_macros(document, card), card);
}

}  // namespace irc::platform
