// SPDX-License-Identifier: Apache-2.0
// Reads bounds on metrics.
#include <charconv>
#include <map>
#include <regex>

#include "experiment_parts.h"
#include "irc/explore/keys.h"

namespace irc::explore {

double Constraint::violation(double value) const {
  return std::max(0.0, at_most ? value - bound : bound - value);
}

namespace detail {

Constraint parse_constraint(const std::string& text, const SourceLocation& where) {
  const auto wrong = [&](const std::string& words) {
    return InputError(where, "'experiment.constraints': found \"" + text + "\", expected " + words);
  };
  static const std::regex form(R"(\s*([A-Za-z_0-9]+)\s*(<=|>=)\s*([-+.0-9eE]+)\s*)");
  std::smatch parts;
  if (!std::regex_match(text, parts, form))
    throw wrong("a metric, <= or >=, and a number, such as \"map_drop <= 0.05\"");
  const auto name = parts[1].str(), digits = parts[3].str();
  const auto* metric = find_metric(name);
  if (!metric) {
    std::vector<std::string> known;
    for (const auto& m : all_metrics()) known.emplace_back(m.name);
    throw wrong("the name of a metric" + suggestion(name, known));
  }
  Constraint constraint{*metric, parts[2] == "<=", 0, text};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), constraint.bound);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size())
    throw wrong("a number after " + parts[2].str());
  return constraint;
}

void check_constraints(const std::vector<Constraint>& constraints, const SourceLocation& where) {
  std::map<std::string_view, std::pair<double, double>> room;
  for (const auto& constraint : constraints) {
    auto& [low, high] =
        room.try_emplace(constraint.metric.name, constraint.metric.low, constraint.metric.high).first->second;
    (constraint.at_most ? high : low) =
        constraint.at_most ? std::min(high, constraint.bound) : std::max(low, constraint.bound);
    if (low > high)
      throw InputError(where, "'experiment.constraints': found \"" + constraint.text +
                                  "\", which no result can meet: " + std::string(constraint.metric.name) +
                                  " lies from " + toml_real(constraint.metric.low) + " to " +
                                  toml_real(constraint.metric.high) +
                                  "; other constraints may narrow this range");
  }
}

}  // namespace detail
}  // namespace irc::explore
