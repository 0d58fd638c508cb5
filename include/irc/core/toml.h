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

/// Types that are private to the implementation.
namespace detail {
struct TomlNode;
}

/// A read-only view of one table of a TomlDocument.
///
/// Every getter remembers the key it was asked for. `finish()` then reports the keys that nobody asked for,
/// so a misspelt key is never silently replaced by a default. Copies share the document. Every error is an
/// InputError that names file:line:column, the full key, the value that was found and what was expected.
class TomlTable {
 public:
  /// The number at `key`; an integer is accepted, too. Throws InputError if the key is missing, the value is
  /// not a finite number, or it lies outside [min, max]. The other getters of this group throw in the same
  /// cases.
  double real(std::string_view key, double min = std::numeric_limits<double>::lowest(),
              double max = std::numeric_limits<double>::max()) const;
  /// The integer at `key`, from `min` to `max`.
  std::int64_t integer(std::string_view key, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// The boolean at `key`.
  bool boolean(std::string_view key) const;
  /// The string at `key`.
  std::string string(std::string_view key) const;
  /// The position in `allowed` of the string at `key`. Throws InputError for any other string.
  std::size_t choice(std::string_view key, std::span<const std::string_view> allowed) const;
  /// The table at `key`.
  TomlTable table(std::string_view key) const;
  /// The array of numbers at `key`. Every number must be finite and from `min` to `max`.
  std::vector<double> reals(std::string_view key, double min = std::numeric_limits<double>::lowest(),
                            double max = std::numeric_limits<double>::max()) const;
  /// The array of integers at `key`, each from `min` to `max`.
  std::vector<std::int64_t> integers(std::string_view key,
                                     std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                     std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// The array of strings at `key`.
  std::vector<std::string> strings(std::string_view key) const;
  /// The array of tables at `key`.
  std::vector<TomlTable> tables(std::string_view key) const;

  /// The number at `key`, or nothing if the key is missing. The find_ functions check a value that exists as
  /// the getters above do.
  std::optional<double> find_real(std::string_view key, double min = std::numeric_limits<double>::lowest(),
                                  double max = std::numeric_limits<double>::max()) const;
  /// The integer at `key`, or nothing if the key is missing.
  std::optional<std::int64_t> find_integer(std::string_view key,
                                           std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                           std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// The boolean at `key`, or nothing if the key is missing.
  std::optional<bool> find_boolean(std::string_view key) const;
  /// The string at `key`, or nothing if the key is missing.
  std::optional<std::string> find_string(std::string_view key) const;
  /// The position in `allowed` of the string at `key`, or nothing if the key is missing.
  std::optional<std::size_t> find_choice(std::string_view key,
                                         std::span<const std::string_view> allowed) const;
  /// The table at `key`. A missing table reads as an empty one, so one reading function serves both; `has`
  /// tells them apart.
  TomlTable find_table(std::string_view key) const;

  /// True if the table has `key`. This counts as asking for it.
  bool has(std::string_view key) const;
  /// The keys of this table, sorted.
  std::vector<std::string> keys() const;
  /// Where the value of `key` was set. For a missing key this is the location of the table.
  SourceLocation where(std::string_view key) const;
  /// The location of this table.
  SourceLocation where() const;
  /// The full dotted name of `key` in the document, for messages: "array.v_wl_v".
  std::string path(std::string_view key) const;
  /// The full dotted name of this table; empty for the root.
  std::string path() const;
  /// An error about the value of `key` in the wording of the getters: its location, what was found, and
  /// `expected`. Use it for checks that involve several keys.
  InputError error(std::string_view key, const std::string& expected) const;

  /// Throws InputError for the first key (in file order), of this table or any table below it, that no getter
  /// asked for. The message suggests the nearest known name, the section to which the key belongs, or the
  /// right unit.
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

/// Returns the text of a file that is embedded in the program, by name ("robust.toml"), or nothing if there
/// is none.
using TomlResources = std::function<std::optional<std::string_view>(std::string_view)>;

/// A TOML file, merged with the files it is based on and with overrides from the command line.
///
/// A file may say `base = "other.toml"` at its top level. The other file is searched in the folder of the
/// file itself and then among the embedded resources. It is read first, and this file overrides it, table by
/// table and key by key. Every value keeps the position of the file that set it.
class TomlDocument {
 public:
  /// Reads the file at `path`. If there is no such file, reads the embedded resource of that name.
  /// `overrides` is a list of "section.key=value" that are applied last and in order. The value is TOML, and
  /// a bare word is taken as a string. Messages give their position as "--set section.key=value". Throws
  /// InputError for an unreadable file, a syntax error, a missing base, circular bases or a malformed
  /// override.
  static TomlDocument read(const std::string& path, const TomlResources& resources = {},
                           const std::vector<std::string>& overrides = {});
  /// Reads a document from `text`. Messages use `name` in place of the file.
  static TomlDocument parse(std::string_view text, const std::string& name,
                            const TomlResources& resources = {},
                            const std::vector<std::string>& overrides = {});

  /// Puts the values of `table`, a table of another document, over the values of this one, as a file does
  /// over its base. The values keep their positions and names. In the other document they count as read; here
  /// they are still to be checked.
  void overlay(const TomlTable& table);

  /// The table at the top level.
  TomlTable root() const { return TomlTable(root_, root_.get()); }
  /// The files from which this document was read, the outermost base first. Embedded files are called
  /// "embedded:name".
  const std::vector<std::string>& files() const { return files_; }

 private:
  std::shared_ptr<detail::TomlNode> root_;
  std::vector<std::string> files_;
};

/// Resolves `path` relative to the file that contains it. A relative path is relative to that file's folder;
/// if it was set on the command line or in an embedded file, it is relative to the working directory.
std::string beside(const SourceLocation& where, const std::string& path);

/// The candidate nearest to `word` by edit distance (swapped neighbours count as one edit), if it is near
/// enough to be a typing error.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// Returns the contents of `table` as TOML text with sorted keys and the same values. Sections are named
/// `prefix`, followed by their names below the table. Positions and comments are lost.
std::string toml_text(const TomlTable& table, const std::string& prefix = {});
/// Returns the contents of `table` as JSON text. Dates and times become strings, and numbers that JSON lacks
/// (inf, nan) become null.
std::string json_text(const TomlTable& table);

/// Returns `text` as a TOML basic string, quotes included.
std::string toml_quoted(std::string_view text);
/// Returns `value` as a TOML float that reads back as the same bits.
std::string toml_real(double value);

}  // namespace irc
