// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "irc/core/error.h"

namespace irc {

namespace detail {
struct TomlNode;
}

/// Reading view of one table of a TomlDocument.
///
/// Every getter remembers the key it asked for; `finish()` then reports keys nobody asked for, so a misspelt
/// key never passes as a silent default. Copies share the document. Every error is an InputError that names
/// file:line:column, the full key, the value found and what was expected.
class TomlTable {
 public:
  /// The value of `key`; missing, of another type or out of range: InputError. Numbers must be finite;
  /// `real` takes an integer too.
  double real(std::string_view key, double min = std::numeric_limits<double>::lowest(),
              double max = std::numeric_limits<double>::max()) const;
  std::int64_t integer(std::string_view key, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  bool boolean(std::string_view key) const;
  std::string string(std::string_view key) const;
  /// The position in `allowed` of the string at `key`.
  std::size_t choice(std::string_view key, std::span<const std::string_view> allowed) const;
  TomlTable table(std::string_view key) const;
  std::vector<double> reals(std::string_view key, double min = std::numeric_limits<double>::lowest(),
                            double max = std::numeric_limits<double>::max()) const;
  std::vector<std::int64_t> integers(std::string_view key,
                                     std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                     std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  std::vector<std::string> strings(std::string_view key) const;
  std::vector<TomlTable> tables(std::string_view key) const;

  /// The same, nothing where the key is missing.
  std::optional<double> find_real(std::string_view key, double min = std::numeric_limits<double>::lowest(),
                                  double max = std::numeric_limits<double>::max()) const;
  std::optional<std::int64_t> find_integer(std::string_view key,
                                           std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                           std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  std::optional<bool> find_boolean(std::string_view key) const;
  std::optional<std::string> find_string(std::string_view key) const;
  std::optional<std::size_t> find_choice(std::string_view key,
                                         std::span<const std::string_view> allowed) const;
  /// A missing table reads as an empty one, so one reading function serves both; `has` tells them apart.
  TomlTable find_table(std::string_view key) const;

  bool has(std::string_view key) const;
  /// Keys that stand in this table, sorted.
  std::vector<std::string> keys() const;
  /// Where the value of `key` was set; for a missing key, where this table stands.
  SourceLocation where(std::string_view key) const;
  SourceLocation where() const;
  /// Full dotted name of `key` in the document, for messages: "array.v_wl_v".
  std::string path(std::string_view key) const;
  /// Full dotted name of this table; empty for the root.
  std::string path() const;
  /// An error about the value of `key`, in the words of the getters: where it stands, what was found,
  /// `expected`. For checks that involve several keys.
  InputError error(std::string_view key, const std::string& expected) const;

  /// Throws InputError for the first key (in file order) of this table or of any table below it that no
  /// getter asked for: with the nearest known name, the section the key belongs to, or the right unit.
  void finish() const;

 private:
  friend class TomlDocument;
  friend std::string toml_text(const TomlTable& table, const std::string& prefix);
  friend std::string json_text(const TomlTable& table);
  TomlTable(std::shared_ptr<detail::TomlNode> root, detail::TomlNode* node)
      : root_(std::move(root)), node_(node) {}
  const detail::TomlNode* ask(std::string_view key) const;
  const detail::TomlNode& require(std::string_view key, std::string_view expected) const;
  std::shared_ptr<detail::TomlNode> root_;
  detail::TomlNode* node_;
};

/// Text of a file that ships inside the program, by name ("robust.toml"); nothing where there is none.
using TomlResources = std::function<std::optional<std::string_view>(std::string_view)>;

/// A TOML file merged with the files it is based on and with command-line overrides.
///
/// A file may say `base = "other.toml"` at its top level: the other file (looked up beside the file itself,
/// then among the embedded resources) is read first and this one overrides it, table by table, key by key.
/// Every value keeps the position of the file that set it.
class TomlDocument {
 public:
  /// Reads the file at `path`, or, where there is no such file, the embedded resource of that name.
  /// Throws InputError: unreadable file, syntax error, missing base, circular bases, malformed override.
  /// \param overrides  "section.key=value" each, applied last and in order; the value is TOML, and a bare
  ///                   word is taken as a string. Their position reads "--set section.key=value".
  static TomlDocument read(const std::string& path, const TomlResources& resources = {},
                           const std::vector<std::string>& overrides = {});
  /// The same of a text; `name` stands for the file in messages.
  static TomlDocument parse(std::string_view text, const std::string& name,
                            const TomlResources& resources = {},
                            const std::vector<std::string>& overrides = {});

  /// Puts the values of `table`, a table of another document, over this one's, as a file does over its base.
  /// They keep their positions and names; over there they count as read, here they are checked.
  void overlay(const TomlTable& table);

  TomlTable root() const { return TomlTable(root_, root_.get()); }
  /// Files this document was read from, the outermost base first; embedded ones as "embedded:name".
  const std::vector<std::string>& files() const { return files_; }

 private:
  std::shared_ptr<detail::TomlNode> root_;
  std::vector<std::string> files_;
};

/// `path` as seen from the file in which it stands: relative paths are relative to that file's folder, or to
/// the working directory where it was set on the command line or in an embedded file.
std::string beside(const SourceLocation& where, const std::string& path);

/// The candidate nearest to `word` by edit distance (with transpositions), if near enough to be a typo.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// Everything that stands in `table`, as TOML text with sorted keys and the same values. Sections are named
/// `prefix`, then by their names below the table; positions and comments are not kept.
std::string toml_text(const TomlTable& table, const std::string& prefix = {});
/// The same as JSON text. Dates and times become strings; numbers that JSON lacks (inf, nan) null.
std::string json_text(const TomlTable& table);

/// `text` as a TOML basic string, quotes included.
std::string toml_quoted(std::string_view text);
/// `value` so that reading it back gives the same bits, and TOML reads a float.
std::string toml_real(double value);

}  // namespace irc
