// SPDX-License-Identifier: Apache-2.0
// Writes a merged document as TOML or JSON.
#include <algorithm>
#include <cmath>

#include "irc/core/toml.h"
#include "toml_node.h"

namespace irc {
namespace {

using detail::TomlNode;

bool is_bare(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string key_text(const std::string& key) {
  return is_bare(key) ? key : toml_quoted(key);
}

std::string value_text(const TomlNode& node);

struct ValueText {
  std::string operator()(const TomlNode::Table& table) const {
    std::string text;
    for (const auto& [key, child] : table)
      if (child.present) text += (text.empty() ? "" : ", ") + key_text(key) + " = " + value_text(child);
    return "{ " + text + " }";
  }
  std::string operator()(const TomlNode::Array& array) const {
    std::string text;
    for (const auto& item : array) text += (text.empty() ? "" : ", ") + value_text(item);
    return "[" + text + "]";
  }
  std::string operator()(const std::string& text) const { return toml_quoted(text); }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return toml_real(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const TomlNode::DateTime& value) const { return value.text; }
};

std::string value_text(const TomlNode& node) {
  return std::visit(ValueText{}, node.value);
}

void write_table(const TomlNode& node, const std::string& name, std::string& out) {
  std::string own;
  for (const auto& [key, child] : *node.table())
    if (child.present && !child.table()) own += key_text(key) + " = " + value_text(child) + "\n";
  if (!own.empty()) out += (out.empty() ? "" : "\n") + (name.empty() ? "" : "[" + name + "]\n") + own;
  for (const auto& [key, child] : *node.table())
    if (child.present && child.table())
      write_table(child, (name.empty() ? "" : name + ".") + key_text(key), out);
}

std::string json_value(const TomlNode& node);

struct JsonValue {
  std::string operator()(const TomlNode::Table& table) const {
    std::string text;
    for (const auto& [key, child] : table)
      if (child.present) text += (text.empty() ? "" : ",") + toml_quoted(key) + ":" + json_value(child);
    return "{" + text + "}";
  }
  std::string operator()(const TomlNode::Array& array) const {
    std::string text;
    for (const auto& item : array) text += (text.empty() ? "" : ",") + json_value(item);
    return "[" + text + "]";
  }
  // The escapes of toml_quoted are also valid in JSON.
  std::string operator()(const std::string& text) const { return toml_quoted(text); }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return std::isfinite(value) ? toml_real(value) : "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const TomlNode::DateTime& value) const { return toml_quoted(value.text); }
};

std::string json_value(const TomlNode& node) {
  return std::visit(JsonValue{}, node.value);
}

}  // namespace

std::string toml_text(const TomlTable& table, const std::string& prefix) {
  std::string out;
  write_table(*table.node_, prefix, out);
  return out;
}

std::string json_text(const TomlTable& table) {
  return json_value(*table.node_);
}

}  // namespace irc
