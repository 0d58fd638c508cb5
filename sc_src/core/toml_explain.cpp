// SPDX-License-Identifier: Apache-2.0
// Explains an unknown key to the user.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "irc/core/toml.h"
#include "toml_node.h"

namespace irc {
namespace {

struct Unit {
  std::string_view suffix, name;
};
/// Unit suffixes of ircsim's keys. All are SI units.
constexpr std::array units{Unit{"v", "V"},   Unit{"a", "A"}, Unit{"s", "s"}, Unit{"ohm", "ohm"},
                           Unit{"j", "J"},   Unit{"f", "F"}, Unit{"m", "m"}, Unit{"m2", "m^2"},
                           Unit{"hz", "Hz"}, Unit{"k", "K"}, Unit{"w", "W"}, Unit{"siemens", "S"}};

struct Prefix {
  std::string_view letter, factor;
};
constexpr std::array prefixes{Prefix{"a", "1e-18"}, Prefix{"f", "1e-15"}, Prefix{"p", "1e-12"},
                              Prefix{"n", "1e-9"},  Prefix{"u", "1e-6"},  Prefix{"m", "1e-3"},
                              Prefix{"k", "1e3"},   Prefix{"meg", "1e6"}, Prefix{"g", "1e9"}};

const Unit* si_unit(std::string_view suffix) {
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.suffix == suffix; });
  return found == units.end() ? nullptr : &*found;
}

/// Returns the factor of a suffix relative to an SI unit ("1e-3" for "mv" and "v"), or nothing if the suffix
/// is not a multiple of that unit.
std::optional<std::string_view> factor_of(std::string_view suffix, std::string_view si) {
  if (suffix.size() <= si.size() || !suffix.ends_with(si)) return std::nullopt;
  const auto letter = suffix.substr(0, suffix.size() - si.size());
  for (const auto& prefix : prefixes)
    if (prefix.letter == letter) return prefix.factor;
  return std::nullopt;
}

std::string_view stem_of(std::string_view key) {
  const auto at = key.rfind('_');
  return at == std::string_view::npos ? std::string_view{} : key.substr(0, at);
}

/// Explains the known key that differs from `key` only in its unit, if there is one.
std::optional<std::string> explain_unit(const std::string& key, const std::vector<std::string>& known) {
  for (const auto& candidate : known) {
    const auto stem = stem_of(candidate);
    if (stem.empty()) continue;
    const auto* unit = si_unit(std::string_view(candidate).substr(stem.size() + 1));
    if (!unit) continue;
    const bool bare = key == stem;
    if (!bare && stem_of(key) != stem) continue;
    std::string text = "values are in SI and the key says the unit: did you mean '" + candidate + "', in " +
                       std::string(unit->name) + "?";
    const auto suffix = bare ? std::string() : key.substr(stem.size() + 1);
    if (const auto factor = factor_of(suffix, unit->suffix))
      text += " (1 " + suffix + " = " + std::string(*factor) + " " + std::string(unit->name) + ")";
    return text;
  }
  return std::nullopt;
}

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

/// Sections other than `table` in which a reader asked for `key`.
std::vector<std::string> homes(const detail::TomlNode& node, const detail::TomlNode& table,
                               const std::string& key) {
  std::vector<std::string> found;
  if (&node != &table && node.asked.contains(key)) found.push_back(node.path);
  if (const auto* children = node.table())
    for (const auto& [name, child] : *children) {
      const auto below = homes(child, table, key);
      found.insert(found.end(), below.begin(), below.end());
    }
  return found;
}

std::string listing(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates) {
  // A word longer than any known key is no typing error. The limit also bounds the work.
  if (word.empty() || word.size() > 64) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

std::string detail::describe(const TomlNode& node) {
  struct Words {
    std::string operator()(const TomlNode::Table&) const { return "a table"; }
    std::string operator()(const TomlNode::Array& a) const {
      return "an array of " + std::to_string(a.size()) + (a.size() == 1 ? " value" : " values");
    }
    std::string operator()(const std::string& s) const {
      return s.size() > 80 ? toml_quoted(s.substr(0, 80)) + "..." : toml_quoted(s);
    }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double r) const { return toml_real(r); }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(const TomlNode::DateTime& t) const { return "the date or time " + t.text; }
  };
  return std::visit(Words{}, node.value);
}

std::string detail::explain_unknown(const TomlNode& root, const TomlNode& table, const std::string& key) {
  const bool top = table.path.empty();
  const std::string what =
      top ? "unknown key or section '" + key + "'" : "unknown key '" + key + "' in [" + table.path + "]";
  const std::vector<std::string> known(table.asked.begin(), table.asked.end());
  if (const auto unit = explain_unit(key, known)) return what + ": " + *unit;
  const auto sections = homes(root, table, key);
  if (!sections.empty() && sections.front().empty()) return what + ": it belongs at the top of the file";
  if (!sections.empty()) return what + ": it belongs in [" + sections.front() + "]";
  if (const auto near = nearest_name(key, known)) return what + ": did you mean '" + *near + "'?";
  return what + (known.empty() ? "; no key is expected here" : "; expected one of: " + listing(known));
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_real(double value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(digits, end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace irc
