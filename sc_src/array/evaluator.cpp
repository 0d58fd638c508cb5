// SPDX-License-Identifier: Apache-2.0
#include "irc/array/evaluator.h"

#include <string>

#include "irc/core/error.h"

namespace irc::array {

std::unique_ptr<ColumnEvaluator> make_evaluator(std::string_view name) {
  if (name == "exact") return make_exact_evaluator();
  if (name == "ideal") return make_ideal_evaluator();
  if (name == "fast") return make_fast_evaluator();
  throw InputError("column evaluator \"" + std::string(name) +
                   "\": expected \"exact\", \"fast\" or \"ideal\"");
}

}  // namespace irc::array
