// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "config_parts.h"
#include "irc/platform/resources.h"

namespace irc::platform::detail {
namespace {

constexpr std::string_view card_folder = "cards/", suffix = ".toml";

/// A card may name a shipped card as its base by its bare file name.
std::optional<std::string_view> card_resource(std::string_view name) {
  if (const auto text = embedded(name)) return text;
  return embedded(std::string(card_folder) + std::string(name));
}

std::vector<std::string> shipped_cards() {
  std::vector<std::string> names;
  for (const auto& name : embedded_names())
    if (name.starts_with(card_folder) && name.ends_with(suffix))
      names.push_back(name.substr(card_folder.size(), name.size() - card_folder.size() - suffix.size()));
  return names;
}

InputError no_such_card(const TomlTable& technology, const std::string& given) {
  const auto names = shipped_cards();
  std::string words = "a card file, \"inline\" (all of it in [card]), or a shipped card:";
  for (const auto& name : names) words += " " + name;
  if (const auto near = nearest_name(given, names)) words += " (did you mean " + *near + "?)";
  return technology.error("card", words);
}

TomlDocument open_card(const TomlTable& technology, const std::string& given) {
  if (given == "inline") return TomlDocument::parse("", "[card]");
  if (embedded(std::string(card_folder) + given + std::string(suffix)))
    return TomlDocument::read(std::string(card_folder) + given + std::string(suffix), embedded);
  const auto path = beside(technology.where("card"), given);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) throw no_such_card(technology, given);
  return TomlDocument::read(path, card_resource);
}

}  // namespace

void read_technology(const TomlTable& root, RunConfig& config) {
  const auto technology = root.find_table("technology");
  const auto given = technology.find_string("card").value_or(default_card);
  auto document = open_card(technology, given);
  document.overlay(root.find_table("card"));
  const auto table = document.root();
  config.card = device::read_card(table, std::filesystem::path(given).stem().string());
  table.finish();
  config.card_toml = toml_text(table, "card");
}

}  // namespace irc::platform::detail
