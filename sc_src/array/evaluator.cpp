// SPDX-License-Identifier: Apache-2.0
#include "irc/array/evaluator.h"

#include <string>

#include "irc/core/error.h"

namespace irc::array {

std::unique_ptr<ColumnEvaluator> make_evaluator(std::string_view name, double accuracy_budget) {
  if (name == "exact") return make_exact_evaluator();
  if (name == "ideal") return make_ideal_evaluator();
  if (name == "fast") return make_fast_evaluator();
  if (name == "auto") return make_auto_evaluator(accuracy_budget);
  throw InputError("column evaluator \"" + std::string(name) +
                   "\": expected \"auto\", \"exact\", \"fast\" or \"ideal\"");
}

}  // namespace irc::array
