// SPDX-License-Identifier: Apache-2.0
// Every way in which one key of a JSON document may be wrong.
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace irc::explore::test {

/// Values that replace a value, with their names. Numbers that JSON cannot hold are replaced in the text.
inline const std::vector<std::pair<std::string, std::string>> replacements{
    {"null", "null"},
    {"string", "\"x\""},
    {"number", "7"},
    {"negative", "-5"},
    {"huge", "1e300"},
    {"NaN", "NaN"},
    {"overflow", "1e999"},
    {"array", "[]"},
    {"nested array", "[[1]]"},
    {"object", "{}"},
    {"empty", "\"\""},
    {"true", "true"},
    {"fraction", "0.5"},
    {"control", "\"\\u001b[2J\""},
    {"deep", std::string(5000, '[') + std::string(5000, ']')}};

/// Places of all values of a document, containers included, the document itself not.
inline std::vector<nlohmann::json::json_pointer> places_of(
    const nlohmann::json& document, const nlohmann::json::json_pointer& at = nlohmann::json::json_pointer()) {
  std::vector<nlohmann::json::json_pointer> out;
  const auto add = [&](const nlohmann::json& value, const nlohmann::json::json_pointer& place) {
    out.push_back(place);
    for (auto& inner : places_of(value, place)) out.push_back(inner);
  };
  if (document.is_object())
    for (const auto& [key, value] : document.items()) add(value, at / key);
  if (document.is_array())
    for (std::size_t i = 0; i < document.size(); ++i) add(document[i], at / i);
  return out;
}

/// Calls `check` with the name and the text of every mutation of a document. `key` is the innermost name of
/// the place.
inline std::size_t for_each_mutation(const nlohmann::json& document,
                                     const std::function<void(const std::string& name, const std::string& key,
                                                              const std::string& text)>& check) {
  std::size_t count = 0;
  for (const auto& place : places_of(document)) {
    auto key_place = place;
    while (key_place.back().find_first_not_of("0123456789") == std::string::npos) key_place.pop_back();
    const auto key = key_place.back();
    auto without = document;
    auto& parent = without.at(place.parent_pointer());
    if (parent.is_array())
      parent.erase(std::stoul(place.back()));
    else
      parent.erase(place.back());
    check(place.to_string() + " removed", key, without.dump());
    ++count;
    for (const auto& [name, value] : replacements) {
      auto other = document;
      other.at(place) = "@MUTATION@";
      auto text = other.dump();
      text.replace(text.find("\"@MUTATION@\""), 12, value);
      check(place.to_string() + " = " + name, key, text);
      ++count;
    }
  }
  return count;
}

}  // namespace irc::explore::test
