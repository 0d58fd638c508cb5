// SPDX-License-Identifier: Apache-2.0
#include "help/command_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "irc/platform/config.h"
#include "irc/platform/config_keys.h"
#include "irc/platform/resources.h"

namespace irc::app {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    part.erase(std::remove(part.begin(), part.end(), ' '), part.end());
    parts.push_back(part);
  }
  return parts;
}

/// The values that the option's type lists in braces, as in "TEXT:{lt,at}". CLI11 adds them where it checks
/// the value itself.
std::vector<std::string> choices_of(const CLI::Option& option) {
  std::smatch found;
  const std::string type = option.get_type_name();
  if (std::regex_search(type, found, std::regex("\\{([^}]*)\\}"))) return split(found[1], ',');
  return {};
}

OptionText option_text(const CLI::Option& option) {
  OptionText text;
  if (option.get_positional()) {
    text.names.push_back(option.get_name(true));
  } else {
    for (const auto& name : option.get_snames()) text.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) text.names.push_back("--" + name);
  }
  text.takes_value = option.get_items_expected_max() > 0;
  text.required = option.get_required();
  text.description = option.get_description();
  text.default_value = option.get_default_str();
  if (text.takes_value) text.choices = choices_of(option);
  return text;
}

void flatten(const nlohmann::json& table, const std::string& prefix, std::vector<std::string>& keys) {
  for (const auto& [key, value] : table.items()) {
    if (value.is_object())
      flatten(value, prefix + key + ".", keys);
    else
      keys.push_back(prefix + key);
  }
}

}  // namespace

CommandText command_text(const CLI::App& app, const std::string& path) {
  CommandText text;
  text.path = path;
  text.description = app.get_description();
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? text.positionals : text.options).push_back(option_text(*option));
  }
  for (const auto* command :
       app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
    text.commands.push_back(
        command_text(*command, path.empty() ? command->get_name() : path + " " + command->get_name()));
  return text;
}

std::vector<const CommandText*> all_commands(const CommandText& root) {
  std::vector<const CommandText*> all{&root};
  for (const auto& command : root.commands)
    for (const auto* below : all_commands(command)) all.push_back(below);
  return all;
}

std::vector<OptionText> common_options(const CommandText& root) {
  const auto commands = all_commands(root);
  std::vector<OptionText> common;
  for (const auto* command : commands)
    for (const auto& option : command->options) {
      if (std::find(common.begin(), common.end(), option) != common.end()) continue;
      const auto takers = std::count_if(commands.begin(), commands.end(), [&](const CommandText* other) {
        return std::find(other->options.begin(), other->options.end(), option) != other->options.end();
      });
      if (2 * static_cast<std::size_t>(takers) > commands.size()) common.push_back(option);
    }
  return common;
}

std::vector<std::string> known_values(const OptionText& option) {
  if (!option.choices.empty()) return option.choices;
  const auto starts = [](const std::string& text, const char* with) { return text.rfind(with, 0) == 0; };
  const auto is = [&](const char* name) { return option.names.back() == name; };
  std::vector<std::string> names;
  for (const auto& name : platform::embedded_names()) {
    const bool preset = name.find('/') == std::string::npos;
    if ((is("config") && preset) || ((is("--model") || is("model")) && starts(name, "models/")) ||
        ((is("experiment") || is("source") || is("study")) && starts(name, "experiments/")))
      names.push_back(name);
  }
  return names;
}

std::vector<std::string> setting_keys() {
  std::vector<std::string> keys;
  for (const auto& key : platform::config_keys())
    if (key.section != platform::layer_section) keys.push_back(key.section + "." + key.name);
  flatten(platform::to_json(platform::load_config()).at("card"), "card.", keys);
  return keys;
}

}  // namespace irc::app
