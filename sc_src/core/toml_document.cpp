// SPDX-License-Identifier: Apache-2.0
// Merges files into one tree: syntax, bases and overrides. Only this file uses toml++.
//
// toml++ 3.3 asserts conditions that malformed text violates (for example "[="), and in release builds it
// assumes them, before its own checks can report them. Without the assumptions those checks work.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "irc/core/file.h"
#include "irc/core/toml.h"
#include "toml_nesting.h"
#include "toml_node.h"

namespace irc {
namespace {

using detail::TomlNode;
namespace fs = std::filesystem;

/// Far larger than any configuration. The limit stops a mistaken path (a model, a device) from filling the
/// memory.
constexpr std::size_t max_file_bytes = std::size_t{16} << 20;
/// More than any sensible chain. Each file of a chain takes stack and is read completely.
constexpr std::size_t max_bases = 32;
constexpr std::size_t max_shown_override = 200;
constexpr std::string_view embedded_prefix = "embedded:";
constexpr std::string_view override_prefix = "--set ";

SourceLocation location(const toml::source_position& at, const std::string& file) {
  return {file, static_cast<int>(at.line), static_cast<int>(at.column)};
}

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

TomlNode convert(const toml::node& from, const std::string& file, const std::string& path);

TomlNode::Table convert_table(const toml::table& from, const std::string& file, const std::string& path) {
  TomlNode::Table out;
  for (const auto& [key, value] : from) {
    TomlNode child = convert(value, file, joined(path, key.str()));
    child.key_where = location(key.source().begin, file);
    if (child.where.line == 0) child.where = child.key_where;
    out.emplace(std::string(key.str()), std::move(child));
  }
  return out;
}

TomlNode convert(const toml::node& from, const std::string& file, const std::string& path) {
  TomlNode node;
  node.path = path;
  node.where = node.key_where = location(from.source().begin, file);
  if (const auto* table = from.as_table()) {
    node.value = convert_table(*table, file, path);
  } else if (const auto* array = from.as_array()) {
    TomlNode::Array items;
    for (std::size_t i = 0; i < array->size(); ++i)
      items.push_back(convert((*array)[i], file, path + "[" + std::to_string(i) + "]"));
    node.value = std::move(items);
  } else if (const auto* text = from.as_string()) {
    node.value = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.value = integer->get();
  } else if (const auto* real = from.as_floating_point()) {
    node.value = real->get();
  } else if (const auto* truth = from.as_boolean()) {
    node.value = truth->get();
  } else {
    std::ostringstream words;
    from.visit([&](const auto& any) {
      if constexpr (toml::is_value<decltype(any)>) words << any.get();
    });
    node.value = TomlNode::DateTime{words.str()};
  }
  return node;
}

TomlNode parse_text(std::string_view text, const std::string& file) {
  // Parsing, merging and destroying a tree recurse, so its depth is limited before it exists.
  detail::check_toml_nesting(text, file);
  try {
    const toml::table table = toml::parse(text, file);
    TomlNode root;
    root.where = root.key_where = SourceLocation{file, 0, 0};
    root.value = convert_table(table, file, "");
    return root;
  } catch (const toml::parse_error& error) {
    throw InputError(location(error.source().begin, file),
                     "not valid TOML: " + std::string(error.description()));
  }
}

std::string read_text(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw InputError(path + ": is a folder, expected a TOML file");
  return read_file(path, max_file_bytes);
}

/// Merges `over` into `under`: tables key by key, while everything else is replaced. Values keep their
/// positions. The position of a section is where a file last opened it, and overrides do not change it.
void merge(TomlNode& under, TomlNode&& over) {
  if (under.table() && over.table()) {
    for (auto& [key, child] : *over.table()) {
      const auto found = under.table()->find(key);
      if (found == under.table()->end())
        under.table()->emplace(key, std::move(child));
      else
        merge(found->second, std::move(child));
    }
    if (over.where.file.starts_with(override_prefix)) return;
    under.where = over.where;
    under.key_where = over.key_where;
  } else {
    under = std::move(over);
  }
}

/// Reads a file and the chain of its bases.
class Reader {
 public:
  explicit Reader(const TomlResources& resources) : resources_(resources) {}

  /// Reads the file that the user names, or else the embedded file of that name.
  TomlNode start(const std::string& path) { return read(path, path, nullptr); }

  TomlNode with_base(std::string_view text, const std::string& label, const std::string& identity,
                     const SourceLocation* asked_by) {
    if (std::find(chain_.begin(), chain_.end(), identity) != chain_.end()) {
      std::string words;
      for (const auto& file : chain_labels_) words += file + " -> ";
      throw InputError(asked_by ? *asked_by : SourceLocation{label, 0, 0},
                       "'base': the files are based on each other: " + words + label);
    }
    if (chain_.size() > max_bases)
      throw InputError(asked_by ? *asked_by : SourceLocation{label, 0, 0},
                       "'base': more than " + std::to_string(max_bases) +
                           " files are based on each other in a chain, which begins with " +
                           chain_labels_.front());
    chain_.push_back(identity);
    chain_labels_.push_back(label);
    TomlNode own = parse_text(text, label);
    const auto base = own.table()->find("base");
    if (base == own.table()->end()) {
      files_.push_back(label);
      return own;
    }
    const TomlNode said = base->second;
    own.table()->erase(base);
    const auto* name = std::get_if<std::string>(&said.value);
    if (!name || name->empty())
      throw InputError(said.where,
                       "'base': found " + detail::describe(said) + ", expected the name of a TOML file");
    // An embedded file has no folder on disk, so its base is embedded, too, whatever the working directory
    // holds.
    const bool embedded = label.starts_with(embedded_prefix);
    TomlNode merged = read(embedded ? "" : beside(said.where, *name), *name, &said.where);
    merge(merged, std::move(own));
    files_.push_back(label);
    return merged;
  }

  std::vector<std::string> files() && { return std::move(files_); }

 private:
  TomlNode read(const std::string& path, const std::string& name, const SourceLocation* asked_by) {
    std::error_code ignored;
    if (!path.empty() && fs::exists(path, ignored)) {
      const auto real = fs::weakly_canonical(path, ignored).string();
      return with_base(read_text(path), path, real.empty() ? path : real, asked_by);
    }
    // Embedded files have folders, too. A base is first looked up in the folder of the file that names it.
    std::vector<std::string> candidates{name};
    if (asked_by && asked_by->file.starts_with(embedded_prefix)) {
      const fs::path user(asked_by->file.substr(embedded_prefix.size()));
      candidates.insert(candidates.begin(), (user.parent_path() / name).lexically_normal().string());
    }
    for (const auto& candidate : candidates) {
      const auto label = std::string(embedded_prefix) + candidate;
      if (const auto text = resources_ ? resources_(candidate) : std::nullopt)
        return with_base(*text, label, label, asked_by);
    }
    const std::string problem = "there is neither a file '" + (path.empty() ? name : path) +
                                "' nor an embedded one named '" + name + "'";
    if (asked_by) throw InputError(*asked_by, "'base': " + problem);
    throw InputError(problem);
  }

  const TomlResources& resources_;
  std::vector<std::string> chain_, chain_labels_, files_;
};

void relocate(TomlNode& node, const SourceLocation& where) {
  node.where = node.key_where = where;
  if (auto* children = node.table())
    for (auto& [key, child] : *children) relocate(child, where);
  if (auto* items = std::get_if<TomlNode::Array>(&node.value))
    for (auto& item : *items) relocate(item, where);
}

bool is_dotted_key(std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  bool expect_letter = true;
  for (const char c : key) {
    if (c == '.' ? expect_letter : !plain(c)) return false;
    expect_letter = c == '.';
  }
  return !expect_letter;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin, end - begin + 1);
}

/// Parses one "section.key=value" into a tree of its own.
TomlNode parse_override(const std::string& text) {
  std::string shown = text.substr(0, max_shown_override);
  if (text.size() > max_shown_override) shown += "...";
  const SourceLocation where{std::string(override_prefix) + shown, 0, 0};
  const auto equals = text.find('=');
  const auto key = trimmed(std::string_view(text).substr(0, equals));
  if (equals == std::string::npos || !is_dotted_key(key) || text.find_first_of("\r\n") != std::string::npos)
    throw InputError(where, "expected section.key=value");
  if (key == "base") throw InputError(where, "'base' can only be set in a file: name that file instead");
  const auto value = trimmed(std::string_view(text).substr(equals + 1));
  if (value.empty()) throw InputError(where, "the value is missing: expected section.key=value");
  const std::string left = std::string(key) + " = ";
  TomlNode tree;
  try {
    tree = parse_text(left + std::string(value), where.file);
  } catch (const InputError&) {
    // Shells remove quotes, so mapping=ternary means the string. A value that looks like other TOML is a
    // mistake.
    if (std::string_view("\"'[{").find(value.front()) != std::string_view::npos)
      throw InputError(where, "the value is not valid TOML");
    tree = parse_text(left + toml_quoted(value), where.file);
  }
  relocate(tree, where);
  return tree;
}

void apply_overrides(TomlNode& root, const std::vector<std::string>& overrides) {
  const auto where = root.where;
  for (const auto& text : overrides) merge(root, parse_override(text));
  root.where = root.key_where = where;
}

void mark_used(TomlNode& node) {
  node.used = true;
  if (auto* children = node.table())
    for (auto& [key, child] : *children) mark_used(child);
}

}  // namespace

void TomlDocument::overlay(const TomlTable& table) {
  TomlNode copy = *table.node_;
  mark_used(*table.node_);
  const auto where = root_->where;
  merge(*root_, std::move(copy));
  root_->where = root_->key_where = where;
}

TomlDocument TomlDocument::read(const std::string& path, const TomlResources& resources,
                                const std::vector<std::string>& overrides) {
  Reader reader(resources);
  TomlDocument document;
  document.root_ = std::make_shared<TomlNode>(reader.start(path));
  document.files_ = std::move(reader).files();
  apply_overrides(*document.root_, overrides);
  return document;
}

TomlDocument TomlDocument::parse(std::string_view text, const std::string& name,
                                 const TomlResources& resources, const std::vector<std::string>& overrides) {
  Reader reader(resources);
  TomlDocument document;
  document.root_ = std::make_shared<TomlNode>(reader.with_base(text, name, name, nullptr));
  document.files_ = std::move(reader).files();
  apply_overrides(*document.root_, overrides);
  return document;
}

}  // namespace irc
