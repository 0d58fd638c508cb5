// SPDX-License-Identifier: Apache-2.0
#include "irc/core/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/file.h"

namespace irc {
namespace {

/// The place of the byte at `offset`, from 0.
SourceLocation json_location(std::string_view text, std::size_t offset, const std::string& source) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0 for the first line
  return {source, static_cast<int>(lines) + 1, static_cast<int>(before.size() - line_start) + 1};
}

/// Walks once through a text that may or may not be JSON and looks for what the parser lets pass: nesting
/// without a limit, and repeated keys, of which it keeps the last one.
class JsonScan {
 public:
  JsonScan(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  void run() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '"') {
        const std::size_t begin = i;
        i = string_end(i);
        last_ = {text_.substr(begin, i - begin + 1), begin};
      } else if (c == '{' || c == '[') {
        open(c, i);
      } else if (c == '}' || c == ']') {
        close();
      } else if (c == ':' && !levels_.empty() && levels_.back().object) {
        keys_.push_back(last_);
      }
    }
  }

 private:
  struct Key {
    std::string_view text;  ///< with its quotes, as written
    std::size_t offset = 0;
  };
  struct Level {
    bool object;
    std::size_t first_key;  ///< place in keys_
  };

  /// The closing quote of the string that begins at `i`, or the end of the text.
  std::size_t string_end(std::size_t i) const {
    for (++i; i < text_.size() && text_[i] != '"'; ++i)
      if (text_[i] == '\\') ++i;
    return std::min(i, text_.size());
  }

  void open(char c, std::size_t i) {
    levels_.push_back({c == '{', keys_.size()});
    if (levels_.size() > static_cast<std::size_t>(max_json_depth))
      throw InputError(json_location(text_, i, source_), "the JSON text is nested more than " +
                                                             std::to_string(max_json_depth) +
                                                             " levels deep; no file of ours needs that");
  }

  void close() {
    if (levels_.empty()) return;
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back().first_key);
    std::stable_sort(first, keys_.end(), [](const Key& a, const Key& b) { return a.text < b.text; });
    const auto twice =
        std::adjacent_find(first, keys_.end(), [](const Key& a, const Key& b) { return a.text == b.text; });
    if (twice != keys_.end())
      throw InputError(json_location(text_, (twice + 1)->offset, source_),
                       "the key " + std::string(twice->text) + " is set twice in one object; expected once");
    keys_.erase(first, keys_.end());
    levels_.pop_back();
  }

  std::string_view text_;
  const std::string& source_;
  std::vector<Level> levels_;
  std::vector<Key> keys_;  ///< of all open objects, the innermost last
  Key last_;
};

/// The library's message without its own prefix, "[json.exception.parse_error.101] parse error at line 1, ".
std::string plain_reason(std::string what) {
  if (what.starts_with("[json.exception.")) what.erase(0, what.find("] ") + 2);
  if (what.starts_with("parse error at ")) what.erase(0, what.find(": ") + 2);
  return what;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& source) {
  JsonScan(text, source).run();
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw InputError(json_location(text, error.byte > 0 ? error.byte - 1 : 0, source),
                     "this is not valid JSON: " + plain_reason(error.what()));
  } catch (const nlohmann::json::exception& error) {  // a number that no double holds: "... parsing '1e999'"
    const std::string reason = plain_reason(error.what());
    const std::size_t quote = reason.find('\''), end = reason.rfind('\'');
    const std::size_t found =
        quote < end ? text.find(reason.substr(quote + 1, end - quote - 1)) : std::string_view::npos;
    throw InputError(
        found == std::string_view::npos ? SourceLocation{source} : json_location(text, found, source),
        "this is not valid JSON: " + reason);
  }
}

nlohmann::json read_json(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

}  // namespace irc
