// SPDX-License-Identifier: Apache-2.0
// Reads the [[parameter]] tables of an experiment.
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "experiment_parts.h"
#include "irc/core/random.h"
#include "irc/explore/keys.h"

namespace irc::explore::detail {

namespace {

using nlohmann::json;

constexpr std::size_t most_values = 4096;
constexpr std::array<std::string_view, 2> scale_names{"linear", "log"};

/// The value at `key`, with the types of TOML.
json raw(const TomlTable& table, std::string_view key) {
  return table.has(key) ? json::parse(json_text(table)).at(std::string(key)) : json();
}

std::optional<Value> as_value(const json& item) {
  if (item.is_boolean()) return Value(item.get<bool>());
  if (item.is_number_integer()) return Value(item.get<std::int64_t>());
  if (item.is_number_float()) return Value(item.get<double>());
  if (item.is_string()) return Value(item.get<std::string>());
  return std::nullopt;
}

std::vector<Value> value_list(const TomlTable& table, std::string_view key) {
  const std::string expected = "an array of at least one number, string or truth value, without duplicates";
  const auto items = raw(table, key);
  if (!items.is_array() || items.empty()) throw table.error(key, expected + "; it must not be empty");
  std::vector<Value> values;
  for (const auto& item : items) {
    const auto value = as_value(item);
    if (!value) throw table.error(key, expected);
    if (std::find(values.begin(), values.end(), *value) != values.end())
      throw table.error(key, expected + " (" + value_text(*value) + " occurs twice)");
    values.push_back(*value);
  }
  return values;
}

/// Numbers from low to high, ends included, with equal steps or equal factors.
std::vector<double> spaced(double low, double high, std::uint64_t steps, Parameter::Scale scale) {
  std::vector<double> out;
  for (std::uint64_t i = 0; i < steps; ++i) {
    const double u = static_cast<double>(i) / static_cast<double>(steps - 1);
    out.push_back(scale == Parameter::Scale::log
                      ? exact_exp(exact_log(low) + u * (exact_log(high) - exact_log(low)))
                      : low + u * (high - low));
  }
  out.front() = low;
  out.back() = high;
  return out;
}

void integer_values(const TomlTable& table, Parameter& parameter, std::optional<std::int64_t> steps) {
  const auto ends = table.integers("range");
  const auto step = table.find_integer("step", 1);
  if (step && (steps || parameter.scale == Parameter::Scale::log))
    throw table.error("step", "no 'step' together with 'steps' or a logarithmic scale");
  if (steps || parameter.scale == Parameter::Scale::log) {
    if (!steps) throw table.error("steps", "a number of steps, for a logarithmic range of integers");
    for (const double x :
         spaced(parameter.low, parameter.high, static_cast<std::uint64_t>(*steps), parameter.scale)) {
      const Value value(static_cast<std::int64_t>(std::llround(x)));
      if (parameter.values.empty() || parameter.values.back() != value) parameter.values.push_back(value);
    }
    return;
  }
  const auto width = static_cast<std::uint64_t>(ends[1]) - static_cast<std::uint64_t>(ends[0]);
  const auto stride = static_cast<std::uint64_t>(step.value_or(1));
  if (width / stride >= most_values)
    throw table.error("range",
                      "at most " + std::to_string(most_values) + " values; set a larger 'step', or 'steps'");
  for (std::uint64_t at = 0; at <= width; at += stride)
    parameter.values.emplace_back(ends[0] + static_cast<std::int64_t>(at));
}

void read_range(const TomlTable& table, Parameter& parameter) {
  const auto ends = table.reals("range");
  if (ends.size() != 2 || !(ends[0] < ends[1]))
    throw table.error(
        "range", "two numbers, the lower first: [low, high] with low < high; the range is empty otherwise");
  parameter.low = ends[0];
  parameter.high = ends[1];
  if (parameter.scale == Parameter::Scale::log && !(parameter.low > 0))
    throw table.error("range", "two numbers above zero, with scale = \"log\"");
  const auto steps = table.find_integer("steps", 2, most_values);
  if (table.find_boolean("integer").value_or(false)) {
    integer_values(table, parameter, steps);
  } else if (steps) {
    for (const double x :
         spaced(parameter.low, parameter.high, static_cast<std::uint64_t>(*steps), parameter.scale))
      parameter.values.emplace_back(x);
  }
}

void read_choices(const TomlTable& table, Parameter& parameter, const std::vector<std::string>& keys) {
  parameter.scale = Parameter::Scale::category;
  for (const auto& choice : table.tables("choice")) {
    const Value label(choice.string("label"));
    if (std::find(parameter.values.begin(), parameter.values.end(), label) != parameter.values.end())
      throw choice.error("label", "a label that no other choice of this parameter has");
    parameter.values.push_back(label);
    const auto settings = choice.strings("set");
    for (const auto& setting : settings) check_setting(setting, choice.where("set"), keys);
    parameter.settings.push_back(settings);
  }
  if (parameter.values.size() < 2)
    throw table.error("choice", "at least two [[parameter.choice]] tables, each with 'label' and 'set'");
}

std::string unit_of(const std::string& key) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> units{{{"_v", "V"},
                                                                                       {"_a", "A"},
                                                                                       {"_ohm", "ohm"},
                                                                                       {"_s", "s"},
                                                                                       {"_m", "m"},
                                                                                       {"_f", "F"},
                                                                                       {"_j", "J"},
                                                                                       {"_k", "K"}}};
  for (const auto& [suffix, unit] : units)
    if (key.ends_with(suffix)) return std::string(unit);
  return "";
}

/// Reads a configuration key, or the name of a bundle.
void read_name(const TomlTable& table, Parameter& parameter, const std::vector<std::string>& keys) {
  if (table.has("choice")) {
    parameter.name = table.string("name");
    if (table.has("key"))
      throw table.error("key", "no 'key' together with [[parameter.choice]]; a bundle has a 'name'");
    return;
  }
  parameter.key = table.string("key");
  if (std::find(keys.begin(), keys.end(), parameter.key) == keys.end())
    throw table.error("key",
                      "a key of the configuration (docs/configuration.md)" + suggestion(parameter.key, keys));
  parameter.name = table.find_string("name").value_or(parameter.key);
}

std::size_t index_of(const TomlTable& table, std::string_view key, const std::string& name,
                     const Space& earlier) {
  const auto found = std::find_if(earlier.parameters.begin(), earlier.parameters.end(),
                                  [&](const Parameter& other) { return other.name == name; });
  if (found == earlier.parameters.end()) throw table.error(key, "the name of an earlier parameter");
  return static_cast<std::size_t>(found - earlier.parameters.begin());
}

void read_conditions(const TomlTable& table, const Space& earlier, Parameter& parameter) {
  if (!table.has("when")) return;
  const auto when = table.table("when");
  for (const auto& name : when.keys()) {
    Condition condition{index_of(when, name, name, earlier), value_list(when, name)};
    const auto& possible = earlier.parameters[condition.parameter].values;
    for (const auto& value : condition.values)
      if (std::find(possible.begin(), possible.end(), value) == possible.end())
        throw when.error(name, "values that '" + name + "' may take (" + value_text(value) + " is none)");
    parameter.when.push_back(std::move(condition));
  }
}

Parameter read_parameter(const TomlTable& table, const Space& earlier, const std::vector<std::string>& keys) {
  Parameter parameter;
  parameter.where = table.where();
  read_name(table, parameter, keys);
  for (const auto& other : earlier.parameters)
    if (other.name == parameter.name)
      throw table.error(table.has("name") ? "name" : "key", "a name that no other parameter has");
  parameter.label = table.find_string("label").value_or(parameter.name);
  parameter.unit = table.find_string("unit").value_or(unit_of(parameter.key));
  parameter.scale = static_cast<Parameter::Scale>(table.find_choice("scale", scale_names).value_or(0));
  const int ways = int{table.has("values")} + int{table.has("range")} + int{table.has("choice")};
  if (ways != 1)
    throw InputError(table.where(),
                     "parameter '" + parameter.name +
                         "': expected exactly one of 'values', 'range' and [[parameter.choice]]");
  if (table.has("values")) {
    parameter.values = value_list(table, "values");
    const bool numbers =
        std::all_of(parameter.values.begin(), parameter.values.end(), [](const Value& value) {
          return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
        });
    if (!numbers) parameter.scale = Parameter::Scale::category;
  } else if (table.has("range")) {
    read_range(table, parameter);
  } else {
    read_choices(table, parameter, keys);
  }
  if (table.has("divides")) parameter.divides = index_of(table, "divides", table.string("divides"), earlier);
  read_conditions(table, earlier, parameter);
  return parameter;
}

}  // namespace

Space read_space(const TomlTable& root, const std::vector<std::string>& keys) {
  Space space;
  for (const auto& table : root.tables("parameter"))
    space.parameters.push_back(read_parameter(table, space, keys));
  return space;
}

}  // namespace irc::explore::detail
