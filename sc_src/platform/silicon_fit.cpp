// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>

#include "irc/platform/silicon.h"

namespace irc::platform {
namespace {

using Member = double SiliconCoefficients::*;
using Cost = std::function<double(const SiliconCoefficients&)>;

/// Searches along each logarithm in turn and halves the step until it is below 1e-4, which gives four digits.
void search(SiliconCoefficients& best, const std::vector<Member>& members, const Cost& cost) {
  double lowest = cost(best);
  for (double step = 1; step > 1e-4;) {
    bool better = false;
    for (const auto member : members) {
      for (const double sign : {1.0, -1.0}) {
        auto next = best;
        next.*member *= std::exp(sign * step);
        const double value = cost(next);
        if (value >= lowest) continue;
        lowest = value;
        best = next;
        better = true;
      }
    }
    if (!better) step /= 2;
  }
}

/// Squared logarithm up to about 25 %, linear beyond (pseudo-Huber). One publication whose values contradict
/// each other must not determine the coefficients of all.
double loss(double predicted, double published) {
  constexpr double width = 0.223;  // ln 1.25
  const double log = std::log(predicted / published) / width;
  return std::sqrt(1 + log * log) - 1;
}

/// If a macro's breakdown is published, each block counts as well; all blocks together weigh as much as the
/// total.
double energy_loss(const SiliconMacro& macro, const SiliconPrediction& predicted) {
  if (!macro.energy_j) return 0;
  double total = loss(predicted.total_j, *macro.energy_j);
  for (const auto& block : macro.blocks)
    total += loss(block_j(predicted, block), block.share * *macro.energy_j) /
             static_cast<double>(macro.blocks.size());
  return total;
}

}  // namespace

SiliconCoefficients SiliconCoefficients::of(const device::TechnologyCard& card) {
  return {card.biases.t_word_line_s, card.wires.r_settle_ohm, card.sense.sense_charge_c,
          card.sense.e_decision_j, card.energy.macro_control_j_per_readout};
}

device::TechnologyCard SiliconCoefficients::in(device::TechnologyCard card) const {
  card.biases.t_word_line_s = t_word_line_s;
  card.wires.r_settle_ohm = r_settle_ohm;
  card.sense.sense_charge_c = sense_charge_c;
  card.sense.e_decision_j = e_decision_j;
  card.energy.macro_control_j_per_readout = macro_control_j;
  return card;
}

SiliconCoefficients fit_silicon(const std::vector<SiliconMacro>& macros, const device::TechnologyCard& card,
                                const std::string& without) {
  const auto sum = [&](const SiliconCoefficients& values, auto&& term) {
    const auto candidate = values.in(card);
    double total = 0;
    for (const auto& macro : macros)
      if (macro.fitted && macro.publication != without) total += term(macro, predict(macro, candidate));
    return total;
  };
  auto best = SiliconCoefficients::of(card);
  search(best,
         {&SiliconCoefficients::t_word_line_s, &SiliconCoefficients::r_settle_ohm,
          &SiliconCoefficients::sense_charge_c},
         [&](const SiliconCoefficients& values) {
           return sum(values, [](const SiliconMacro& m, const SiliconPrediction& p) {
             return m.t_access_s ? loss(p.latency_s, *m.t_access_s) : 0.0;
           });
         });
  search(best, {&SiliconCoefficients::e_decision_j, &SiliconCoefficients::macro_control_j},
         [&](const SiliconCoefficients& values) { return sum(values, energy_loss); });
  return best;
}

}  // namespace irc::platform
