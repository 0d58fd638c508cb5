// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/space.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "irc/core/random.h"
#include "irc/core/toml.h"

namespace irc::explore {

namespace {

struct Text {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return toml_real(value); }
  std::string operator()(const std::string& value) const { return toml_quoted(value); }
};

/// The value that a parameter gives its key, as TOML.
std::string setting_text(const Parameter& parameter, const Assignment& assignment, const Value& value) {
  if (!parameter.divides) return value_text(value);
  const auto& dividend = assignment[*parameter.divides];
  const auto* above = dividend ? std::get_if<std::int64_t>(&*dividend) : nullptr;
  const auto* below = std::get_if<std::int64_t>(&value);
  // A quotient that is not whole is written as a text, which the configuration refuses with a message.
  if (!above || !below || *below == 0 || *above % *below != 0)
    return toml_quoted((dividend ? value_text(*dividend) : "nothing") + " / " + value_text(value));
  return std::to_string(*above / *below);
}

}  // namespace

std::string value_text(const Value& value) {
  return std::visit(Text{}, value);
}

nlohmann::json value_json(const Value& value) {
  return std::visit([](const auto& v) { return nlohmann::json(v); }, value);
}

Value Parameter::at(double u) const {
  if (continuous()) {
    // exact_exp and exact_log give the same points on every machine.
    if (scale == Scale::log)
      return std::clamp(exact_exp(exact_log(low) + u * (exact_log(high) - exact_log(low))), low, high);
    return low + u * (high - low);
  }
  const auto index = static_cast<std::size_t>(u * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

bool Space::counts(std::size_t parameter, const Assignment& assignment) const {
  return std::all_of(
      parameters[parameter].when.begin(), parameters[parameter].when.end(), [&](const Condition& condition) {
        const auto& value = assignment[condition.parameter];
        return value &&
               std::find(condition.values.begin(), condition.values.end(), *value) != condition.values.end();
      });
}

Assignment Space::at(std::span<const double> coordinates) const {
  Assignment assignment(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p)
    if (counts(p, assignment)) assignment[p] = parameters[p].at(coordinates[p]);
  return assignment;
}

std::vector<std::string> Space::overrides(const Assignment& assignment) const {
  std::vector<std::string> out;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (!assignment[p]) continue;
    const auto& parameter = parameters[p];
    if (parameter.settings.empty()) {
      out.push_back(parameter.key + "=" + setting_text(parameter, assignment, *assignment[p]));
      continue;
    }
    const auto found = std::find(parameter.values.begin(), parameter.values.end(), *assignment[p]);
    const auto& bundle = parameter.settings[static_cast<std::size_t>(found - parameter.values.begin())];
    out.insert(out.end(), bundle.begin(), bundle.end());
  }
  return out;
}

std::size_t Space::grid_size() const {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  std::size_t size = 1;
  for (const auto& parameter : parameters) {
    const auto count = parameter.values.size();
    if (count == 0) return 0;
    size = size > most / count ? most : size * count;
  }
  return size;
}

}  // namespace irc::explore
