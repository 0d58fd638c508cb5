// SPDX-License-Identifier: Apache-2.0
// The merged tree behind TomlDocument and TomlTable. It is private to the core room.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "irc/core/error.h"

namespace irc::detail {

struct TomlNode {
  using Table = std::map<std::string, TomlNode, std::less<>>;
  using Array = std::vector<TomlNode>;
  struct DateTime {
    std::string text;
  };
  std::variant<Table, Array, std::string, std::int64_t, double, bool, DateTime> value;
  SourceLocation where;      ///< position of the value
  SourceLocation key_where;  ///< position of its key
  std::string path;          ///< full dotted name
  bool present = true;       ///< false: the empty table that a reader gets for one that does not exist
  bool used = false;
  std::set<std::string, std::less<>> asked;  ///< of a table: every key that a getter asked for

  Table* table() { return std::get_if<Table>(&value); }
  const Table* table() const { return std::get_if<Table>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
};

/// Describes a value for a message: `"ternary"`, `0.5`, `a table`.
std::string describe(const TomlNode& node);

/// The message about an unknown key. It suggests what the writer probably meant.
std::string explain_unknown(const TomlNode& root, const TomlNode& table, const std::string& key);

}  // namespace irc::detail
