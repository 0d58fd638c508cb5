// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "irc/core/error.h"

namespace irc::explore {

/// One value of a parameter.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// The value as TOML ("0.6", "\"ternary\"") and as JSON.
std::string value_text(const Value& value);
nlohmann::json value_json(const Value& value);

/// A parameter counts only where an earlier one has one of these values.
struct Condition {
  std::size_t parameter = 0;  ///< index in the space
  std::vector<Value> values;
};

/// One dimension of a space: a configuration key, or a name for a bundle of settings.
struct Parameter {
  enum class Scale { linear, log, category };

  std::string name;  ///< in the experiment; by default its key
  std::string key;   ///< of the configuration ("array.v_wl_v"); empty for a bundle
  std::string label, unit;
  Scale scale = Scale::linear;
  std::vector<Value> values;  ///< all of them; empty: any number from low to high
  /// Of a bundle: for each value the settings it stands for, "section.key=value".
  std::vector<std::vector<std::string>> settings;
  /// If given, the key is set to the value of that (earlier) parameter divided by this one's: a column mux.
  std::optional<std::size_t> divides;
  double low = 0, high = 0;     ///< ends of a continuous parameter, in the key's unit
  std::vector<Condition> when;  ///< all must hold; empty: always
  SourceLocation where;         ///< in the experiment file

  bool continuous() const { return values.empty(); }
  /// The value at u in [0, 1): evenly over the values, or over low to high (log: over their logarithms).
  Value at(double u) const;
};

/// A value for every parameter that counts; nothing for those whose condition does not hold.
using Assignment = std::vector<std::optional<Value>>;

/// What may vary.
struct Space {
  std::vector<Parameter> parameters;

  /// The point at coordinates in [0, 1), one for each parameter. Coordinates of parameters that do not count
  /// are ignored.
  Assignment at(std::span<const double> coordinates) const;
  bool counts(std::size_t parameter, const Assignment& assignment) const;
  /// "section.key=value" for every setting of the point, in the order of the parameters.
  std::vector<std::string> overrides(const Assignment& assignment) const;
  /// Points of the full grid before conditions make some equal; 0 with a continuous parameter.
  std::size_t grid_size() const;
};

}  // namespace irc::explore
