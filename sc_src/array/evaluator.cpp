// SPDX-License-Identifier: Apache-2.0
#include "irc/array/evaluator.h"

#include <string>

#include "irc/core/error.h"

namespace irc::array {
namespace {

constexpr EvaluatorKind kinds[] = {
    {"exact", "solves every column's nonlinear ladder", [](double) { return make_exact_evaluator(); }},
    {"fast", "the same physics by table look-up and expansion", [](double) { return make_fast_evaluator(); }},
    {"ideal", "leaves out wires and clamp, nothing else", [](double) { return make_ideal_evaluator(); }},
    {"auto", "for each tile the cheapest of these within `accuracy_budget`",
     [](double accuracy_budget) { return make_auto_evaluator(accuracy_budget); }}};

}  // namespace

std::span<const EvaluatorKind> evaluators() {
  return kinds;
}

std::unique_ptr<ColumnEvaluator> make_evaluator(std::string_view name, double accuracy_budget) {
  std::string names;
  for (const auto& kind : kinds) {
    if (kind.name == name) return kind.make(accuracy_budget);
    names += (names.empty() ? "\"" : ", \"") + std::string(kind.name) + "\"";
  }
  throw InputError("column evaluator \"" + std::string(name) + "\": expected one of " + names);
}

}  // namespace irc::array
