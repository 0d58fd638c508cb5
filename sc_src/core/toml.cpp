// SPDX-License-Identifier: Apache-2.0
// The typed view of a document: the functions that readers of a configuration call.
#include "irc/core/toml.h"

#include <algorithm>
#include <filesystem>

#include "toml_node.h"

namespace irc {
namespace {

using detail::TomlNode;

InputError wrong(const TomlNode& node, const std::string& expected) {
  return InputError(node.where,
                    "'" + node.path + "': found " + detail::describe(node) + ", expected " + expected);
}

template <typename T>
std::string show(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return toml_real(value);
  else
    return std::to_string(value);
}

/// Returns for example "a number from 0.1 to 1.2". An end that is no limit is left out.
template <typename T>
std::string range_words(const char* kind, T min, T max) {
  const bool low = min != std::numeric_limits<T>::lowest(), high = max != std::numeric_limits<T>::max();
  if (low && high) return std::string(kind) + " from " + show(min) + " to " + show(max);
  if (low) return std::string(kind) + " of at least " + show(min);
  if (high) return std::string(kind) + " of at most " + show(max);
  return kind;
}

double as_real(const TomlNode& node, double min, double max) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (const auto* r = std::get_if<double>(&node.value)) value = *r;
  if (const auto* i = std::get_if<std::int64_t>(&node.value)) value = static_cast<double>(*i);
  // The condition is written so that it also rejects a nan.
  if (!(value >= min && value <= max)) throw wrong(node, range_words("a number", min, max));
  return value;
}

std::int64_t as_integer(const TomlNode& node, std::int64_t min, std::int64_t max) {
  const auto* value = std::get_if<std::int64_t>(&node.value);
  if (!value || *value < min || *value > max) throw wrong(node, range_words("an integer", min, max));
  return *value;
}

bool as_boolean(const TomlNode& node) {
  const auto* value = std::get_if<bool>(&node.value);
  if (!value) throw wrong(node, "true or false");
  return *value;
}

const std::string& as_string(const TomlNode& node) {
  const auto* value = std::get_if<std::string>(&node.value);
  if (!value) throw wrong(node, "a string");
  return *value;
}

std::size_t as_choice(const TomlNode& node, std::span<const std::string_view> allowed) {
  std::string words;
  for (const auto& name : allowed) words += (words.empty() ? "" : " | ") + std::string(name);
  const auto* value = std::get_if<std::string>(&node.value);
  if (!value) throw wrong(node, "one of " + words);
  const auto found = std::find(allowed.begin(), allowed.end(), *value);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  const auto near = nearest_name(*value, names);
  throw wrong(node, "one of " + words + (near ? " (did you mean " + *near + "?)" : ""));
}

const TomlNode::Array& as_array(const TomlNode& node, const std::string& of) {
  const auto* value = node.array();
  if (!value) throw wrong(node, "an array of " + of);
  return *value;
}

void check_all_asked(const TomlNode& root, const TomlNode& node) {
  const auto* children = node.table();
  if (!children) return;
  // Keys are checked in the order of the file and not of the alphabet, so the first mistake in the file is
  // reported.
  std::vector<const TomlNode::Table::value_type*> ordered;
  for (const auto& child : *children)
    if (child.second.present) ordered.push_back(&child);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return a->second.key_where.line < b->second.key_where.line;
  });
  for (const auto* child : ordered) {
    if (!child->second.used)
      throw InputError(child->second.key_where, detail::explain_unknown(root, node, child->first));
    check_all_asked(root, child->second);
    if (const auto* items = child->second.array())
      for (const auto& item : *items) check_all_asked(root, item);
  }
}

}  // namespace

const TomlNode* TomlTable::ask(std::string_view key) const {
  node_->asked.insert(std::string(key));
  auto& children = *node_->table();
  const auto found = children.find(key);
  if (found == children.end() || !found->second.present) return nullptr;
  found->second.used = true;
  return &found->second;
}

const TomlNode& TomlTable::require(std::string_view key, std::string_view expected) const {
  const auto* node = ask(key);
  if (node) return *node;
  throw InputError(node_->where, "'" + path(key) + "' is missing: expected " + std::string(expected));
}

double TomlTable::real(std::string_view key, double min, double max) const {
  return as_real(require(key, range_words("a number", min, max)), min, max);
}
std::int64_t TomlTable::integer(std::string_view key, std::int64_t min, std::int64_t max) const {
  return as_integer(require(key, range_words("an integer", min, max)), min, max);
}
bool TomlTable::boolean(std::string_view key) const {
  return as_boolean(require(key, "true or false"));
}
std::string TomlTable::string(std::string_view key) const {
  return as_string(require(key, "a string"));
}

std::size_t TomlTable::choice(std::string_view key, std::span<const std::string_view> allowed) const {
  std::string words = "one of";
  for (const auto& name : allowed) words += " " + std::string(name);
  return as_choice(require(key, words), allowed);
}

TomlTable TomlTable::table(std::string_view key) const {
  require(key, "a table, [" + path(key) + "]");
  return find_table(key);
}

TomlTable TomlTable::find_table(std::string_view key) const {
  ask(key);
  auto& child = (*node_->table())[std::string(key)];
  if (child.path.empty()) {
    child.path = path(key);
    child.where = child.key_where = node_->where;
    child.present = false;
  }
  if (!child.table()) throw wrong(child, "a table, [" + child.path + "]");
  return TomlTable(root_, &child);
}

std::vector<double> TomlTable::reals(std::string_view key, double min, double max) const {
  std::vector<double> values;
  for (const auto& item : as_array(require(key, "an array of numbers"), "numbers"))
    values.push_back(as_real(item, min, max));
  return values;
}

std::vector<std::int64_t> TomlTable::integers(std::string_view key, std::int64_t min,
                                              std::int64_t max) const {
  std::vector<std::int64_t> values;
  for (const auto& item : as_array(require(key, "an array of integers"), "integers"))
    values.push_back(as_integer(item, min, max));
  return values;
}

std::vector<std::string> TomlTable::strings(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto& item : as_array(require(key, "an array of strings"), "strings"))
    values.push_back(as_string(item));
  return values;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> values;
  as_array(require(key, "an array of tables"), "tables");
  auto& items = std::get<TomlNode::Array>(node_->table()->find(key)->second.value);
  for (auto& item : items) {
    if (!item.table()) throw wrong(item, "a table");
    values.push_back(TomlTable(root_, &item));
  }
  return values;
}

std::optional<double> TomlTable::find_real(std::string_view key, double min, double max) const {
  const auto* node = ask(key);
  return node ? std::optional(as_real(*node, min, max)) : std::nullopt;
}
std::optional<std::int64_t> TomlTable::find_integer(std::string_view key, std::int64_t min,
                                                    std::int64_t max) const {
  const auto* node = ask(key);
  return node ? std::optional(as_integer(*node, min, max)) : std::nullopt;
}
std::optional<bool> TomlTable::find_boolean(std::string_view key) const {
  const auto* node = ask(key);
  return node ? std::optional(as_boolean(*node)) : std::nullopt;
}
std::optional<std::string> TomlTable::find_string(std::string_view key) const {
  const auto* node = ask(key);
  return node ? std::optional(as_string(*node)) : std::nullopt;
}
std::optional<std::size_t> TomlTable::find_choice(std::string_view key,
                                                  std::span<const std::string_view> allowed) const {
  const auto* node = ask(key);
  return node ? std::optional(as_choice(*node, allowed)) : std::nullopt;
}

bool TomlTable::has(std::string_view key) const {
  return ask(key) != nullptr;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, child] : *node_->table())
    if (child.present) names.push_back(name);
  return names;
}

SourceLocation TomlTable::where(std::string_view key) const {
  const auto& children = *node_->table();
  const auto found = children.find(key);
  return found == children.end() ? node_->where : found->second.where;
}
SourceLocation TomlTable::where() const {
  return node_->where;
}

std::string TomlTable::path(std::string_view key) const {
  return node_->path.empty() ? std::string(key) : node_->path + "." + std::string(key);
}
std::string TomlTable::path() const {
  return node_->path;
}

InputError TomlTable::error(std::string_view key, const std::string& expected) const {
  const auto& children = *node_->table();
  const auto found = children.find(key);
  if (found != children.end() && found->second.present) return wrong(found->second, expected);
  return InputError(node_->where, "'" + path(key) + "' is not set: expected " + expected);
}

void TomlTable::finish() const {
  check_all_asked(*root_, *node_);
}

std::string beside(const SourceLocation& where, const std::string& path) {
  const std::filesystem::path given(path), file(where.file);
  // Only a value from a real file has a line. Overrides have none, and embedded text has no folder.
  if (given.is_absolute() || where.line == 0 || where.file.starts_with("embedded:")) return path;
  return (file.parent_path() / given).lexically_normal().string();
}

}  // namespace irc
