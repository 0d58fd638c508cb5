// SPDX-License-Identifier: Apache-2.0
// Reads the file of a sensitivity study.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "irc/core/toml.h"
#include "irc/explore/keys.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"
#include "irc/study/sensitivity.h"
#include "sensitivity_parts.h"

namespace irc::study {

namespace {

using explore::Value;
using nlohmann::json;
using Scale = explore::Parameter::Scale;

constexpr std::array<std::string_view, 3> scale_names{"linear", "log", "category"};
constexpr std::int64_t most_images = 1'000'000'000, most_chips = 100'000;

std::string plain_name(const TomlTable& table) {
  const auto name = table.string("name");
  const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), plain))
    throw table.error("name", "letters, digits, - and _: files are named after it");
  return name;
}

SensitivityBase read_base(const TomlTable& head, std::string_view key, const std::string& prefix) {
  SensitivityBase base;
  base.label = head.find_string(key).value_or(platform::default_preset);
  base.config = explore::located_file(head.where(key), base.label);
  const auto amount = [&](const char* name, std::int64_t least, std::int64_t most) {
    return head.find_integer(prefix + name, least, most);
  };
  base.images = static_cast<std::uint64_t>(amount("images", 0, most_images).value_or(0));
  base.chips = static_cast<std::uint64_t>(amount("chips", 1, most_chips).value_or(1));
  return base;
}

/// Reports a base that cannot be read at the study, or, if the command line's settings cause it, at those.
void check_base(const TomlTable& head, std::string_view key, const SensitivityStudy& study,
                const SensitivityBase& base, const SensitivityOptions& options) {
  try {
    platform::load_run_config(base.config, study.settings);
  } catch (const InputError& error) {
    throw InputError(
        head.where(key),
        "'" + head.path(key) + "': the configuration it names, with 'set', cannot be read: " + error.what());
  }
  auto settings = study.settings;
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  platform::load_run_config(base.config, settings);
}

void read_head(const TomlTable& head, const SensitivityOptions& options, SensitivityStudy& study) {
  study.name = plain_name(head);
  study.title = head.find_string("title").value_or(study.name);
  const auto seed = static_cast<std::uint64_t>(head.find_integer("seed", 0).value_or(1));
  study.seed = options.seed.value_or(seed);
  if (head.has("set")) study.settings = head.strings("set");
  study.bases.push_back(read_base(head, "config", ""));
  check_base(head, "config", study, study.bases.back(), options);
  if (head.has("against")) {
    study.bases.push_back(read_base(head, "against", "against_"));
    check_base(head, "against", study, study.bases.back(), options);
  } else {
    for (const auto* key : {"against_images", "against_chips"})
      if (head.has(key))
        throw head.error(key, "no value without 'against', the configuration that it belongs to");
  }
  study.settings.insert(study.settings.end(), options.settings.begin(), options.settings.end());
}

void check_keys(const TomlTable& table, const std::vector<std::string>& keys,
                const std::map<std::string, json>& in_force) {
  if (keys.empty()) throw table.error("keys", "at least one key of the configuration");
  std::vector<std::string> known;
  for (const auto& [key, value] : in_force)
    if (detail::value_of(value)) known.push_back(key);
  for (const auto& key : keys) {
    if (std::count(keys.begin(), keys.end(), key) > 1)
      throw table.error("keys", "each key once (" + key + " occurs twice)");
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw InputError(table.where("keys"), "'" + table.path("keys") + "': found \"" + key +
                                                "\", expected a key of the configuration "
                                                "(docs/configuration.md)" +
                                                explore::suggestion(key, known));
  }
}

std::vector<Value> read_values(const TomlTable& table, Scale scale) {
  const std::string expected =
      scale == Scale::category
          ? "an array of at least two numbers, strings or truth values, without duplicates"
          : "an array of at least two numbers, without duplicates";
  table.has("values");
  const auto items = json::parse(json_text(table)).value("values", json());
  if (!items.is_array() || items.size() < 2) throw table.error("values", expected);
  std::vector<Value> values;
  for (const auto& item : items) {
    const auto value = detail::value_of(item);
    const bool number = item.is_number();
    if (!value || (scale != Scale::category && !number)) throw table.error("values", expected);
    if (scale == Scale::log && !(item.get<double>() > 0))
      throw table.error("values", "numbers above zero, with scale = \"log\"");
    const auto same = [&](const Value& other) { return explore::value_json(other) == item; };
    if (std::any_of(values.begin(), values.end(), same))
      throw table.error("values", expected + " (" + explore::value_text(*value) + " occurs twice)");
    values.push_back(*value);
  }
  if (scale != Scale::category)
    std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
      return explore::value_json(a).get<double>() < explore::value_json(b).get<double>();
    });
  return values;
}

/// A curve of which the base accepts no value is a mistake. A single refused value is a result.
void check_values(const TomlTable& table, const SensitivityStudy& study, const SensitivityCurve& curve) {
  std::string first;
  for (const auto& value : curve.values) {
    try {
      const auto evaluation = detail::evaluation_of(study, 0, curve, value);
      platform::load_run_config(evaluation.config, evaluation.settings);
      return;
    } catch (const InputError& error) {
      if (first.empty()) first = error.what();
    }
  }
  throw InputError(table.where("values"), "'" + table.path("values") + "': " + study.bases.front().label +
                                              " accepts none of the values; the first error is: " + first);
}

SensitivityCurve read_curve(const TomlTable& table, const SensitivityStudy& study,
                            const std::map<std::string, json>& in_force) {
  SensitivityCurve curve;
  curve.name = plain_name(table);
  const auto same = [&](const SensitivityCurve& other) { return other.name == curve.name; };
  if (std::any_of(study.curves.begin(), study.curves.end(), same))
    throw table.error("name", "a name that no other curve has");
  curve.keys = table.strings("keys");
  check_keys(table, curve.keys, in_force);
  curve.label = table.find_string("label").value_or(curve.keys.front());
  curve.scale = static_cast<Scale>(table.find_choice("scale", scale_names).value_or(0));
  curve.values = read_values(table, curve.scale);
  if (table.has("value_labels")) {
    curve.value_labels = table.strings("value_labels");
    if (curve.scale != Scale::category)
      throw table.error("value_labels",
                        "no labels without scale = \"category\", because the axis shows its numbers");
    if (curve.value_labels.size() != curve.values.size())
      throw table.error("value_labels",
                        "one text for each of the " + std::to_string(curve.values.size()) + " values");
  }
  curve.against = table.find_boolean("against").value_or(true);
  check_values(table, study, curve);
  return curve;
}

/// Keeps only the curves with these names.
void choose(const std::vector<std::string>& names, SensitivityStudy& study) {
  if (names.empty()) return;
  std::vector<std::string> known;
  for (const auto& curve : study.curves) known.push_back(curve.name);
  for (const auto& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string all;
    for (const auto& one : known) all += (all.empty() ? "" : ", ") + one;
    throw InputError("--curve: '" + name + "' found, expected one of the study's curves: " + all);
  }
  std::erase_if(study.curves, [&](const SensitivityCurve& curve) {
    return std::find(names.begin(), names.end(), curve.name) == names.end();
  });
}

SensitivityStudy read(const TomlDocument& document, const SensitivityOptions& options) {
  SensitivityStudy study;
  const auto root = document.root();
  read_head(root.table("sensitivity"), options, study);
  if (!root.has("curve")) throw InputError(root.where(), "'curve' is missing: expected [[curve]] tables");
  const auto in_force =
      explore::configuration_values(platform::load_config(study.bases.front().config, study.settings));
  for (const auto& table : root.tables("curve")) study.curves.push_back(read_curve(table, study, in_force));
  root.finish();
  choose(options.curves, study);
  return study;
}

}  // namespace

namespace detail {

std::optional<Value> value_of(const json& item) {
  if (item.is_boolean()) return Value(item.get<bool>());
  if (item.is_number_integer()) return Value(item.get<std::int64_t>());
  if (item.is_number_float()) return Value(item.get<double>());
  if (item.is_string()) return Value(item.get<std::string>());
  return std::nullopt;
}

}  // namespace detail

SensitivityStudy read_sensitivity(const std::string& path, const SensitivityOptions& options) {
  return read(TomlDocument::read(path, platform::embedded), options);
}

SensitivityStudy parse_sensitivity(std::string_view text, const std::string& name,
                                   const SensitivityOptions& options) {
  return read(TomlDocument::parse(text, name, platform::embedded), options);
}

}  // namespace irc::study
