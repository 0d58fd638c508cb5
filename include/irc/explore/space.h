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

/// The value as TOML ("0.6", "\"ternary\"").
std::string value_text(const Value& value);
/// The value as JSON.
nlohmann::json value_json(const Value& value);

/// A parameter with this condition counts only where an earlier parameter has one of these values.
struct Condition {
  std::size_t parameter = 0;  ///< index of the earlier parameter in the space
  std::vector<Value> values;  ///< its values for which the condition holds
};

/// One dimension of a space: a configuration key, or a name for a bundle of settings.
struct Parameter {
  /// How values are spread and drawn.
  enum class Scale {
    linear,   ///< evenly
    log,      ///< evenly in the logarithm
    category  ///< as names without distances
  };

  std::string name;             ///< in the experiment; by default the key
  std::string key;              ///< of the configuration ("array.v_wl_v"); empty for a bundle
  std::string label,            ///< for people
      unit;                     ///< for people
  Scale scale = Scale::linear;  ///< how values are spread
  std::vector<Value> values;    ///< the possible values; empty: any number from low to high
  /// For a bundle: the settings of each value, "section.key=value".
  std::vector<std::vector<std::string>> settings;
  /// If given, the key is set to the value of that (earlier) parameter divided by this one's. Used for column
  /// multiplexing.
  std::optional<std::size_t> divides;
  double low = 0,               ///< lower end of a continuous parameter, in the key's unit
      high = 0;                 ///< upper end of a continuous parameter, in the key's unit
  std::vector<Condition> when;  ///< all must hold; empty: the parameter always counts
  SourceLocation where;         ///< in the experiment file

  /// Whether any number from low to high is possible.
  bool continuous() const { return values.empty(); }
  /// The value at u in [0, 1): evenly over the values, or over low to high (log: over the logarithms).
  Value at(double u) const;
};

/// A value for every parameter that counts, and nothing for parameters whose condition does not hold.
using Assignment = std::vector<std::optional<Value>>;

/// All parameters of an experiment.
struct Space {
  std::vector<Parameter> parameters;  ///< in the order of the file

  /// The point at coordinates in [0, 1), one for each parameter. Coordinates of parameters that do not count
  /// are ignored.
  Assignment at(std::span<const double> coordinates) const;
  /// Whether all conditions of a parameter hold in an assignment.
  bool counts(std::size_t parameter, const Assignment& assignment) const;
  /// "section.key=value" for every setting of the point, in the order of the parameters.
  std::vector<std::string> overrides(const Assignment& assignment) const;
  /// Number of points of the full grid, before conditions make some of them equal; 0 with a continuous
  /// parameter, and the largest number where it is larger than that.
  std::size_t grid_size() const;
};

}  // namespace irc::explore
