// SPDX-License-Identifier: Apache-2.0
// Private to the core room: the merged tree behind TomlDocument and TomlTable.
#pragma once
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
  SourceLocation where;      ///< of the value
  SourceLocation key_where;  ///< of its key
  std::string path;          ///< dotted
  bool present = true;       ///< false: made for a reader that asked for a table which is not there
  bool used = false;
  std::set<std::string, std::less<>> asked;  ///< of a table: every key a getter asked for

  Table* table() { return std::get_if<Table>(&value); }
  const Table* table() const { return std::get_if<Table>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
};

/// What stands there, as a message says it: `"ternary"`, `0.5`, `a table`.
std::string describe(const TomlNode& node);

/// Message of an unknown key: what the writer probably meant.
std::string explain_unknown(const TomlNode& root, const TomlNode& table, const std::string& key);

}  // namespace irc::detail
