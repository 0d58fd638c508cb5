// SPDX-License-Identifier: Apache-2.0
#include "irc/explore/keys.h"

#include <algorithm>
#include <filesystem>

#include "irc/core/toml.h"

namespace irc::explore {

namespace {

using nlohmann::json;

void add_values(const json& table, const std::string& prefix, std::map<std::string, json>& values) {
  for (const auto& [key, value] : table.items()) {
    if (value.is_object())
      add_values(value, prefix + key + ".", values);
    else
      values.emplace(prefix + key, value);
  }
}

}  // namespace

std::map<std::string, json> configuration_values(const platform::RunConfig& config) {
  auto in_force = platform::to_json(config);
  in_force.erase("derived");
  std::map<std::string, json> values;
  add_values(in_force, "", values);
  return values;
}

std::vector<std::string> configuration_keys(const std::string& config,
                                            const std::vector<std::string>& settings) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : configuration_values(platform::load_config(config, settings)))
    keys.push_back(key);
  return keys;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest_name(word, known);
  return near ? "; did you mean " + *near + "?" : "";
}

void check_setting(const std::string& setting, const SourceLocation& where,
                   const std::vector<std::string>& keys) {
  const auto key = setting.substr(0, setting.find('='));
  if (key.size() == setting.size())
    throw InputError(where, "found \"" + setting + "\", expected \"section.key=value\"");
  if (std::find(keys.begin(), keys.end(), key) == keys.end())
    throw InputError(where, "found \"" + setting +
                                "\", expected a key of the configuration (docs/configuration.md)" +
                                suggestion(key, keys));
}

std::string located_file(const SourceLocation& where, const std::string& given) {
  const auto path = beside(where, given);
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? std::filesystem::absolute(path).string() : given;
}

}  // namespace irc::explore
