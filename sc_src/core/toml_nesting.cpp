// SPDX-License-Identifier: Apache-2.0
#include "toml_nesting.h"

#include <vector>

#include "irc/core/error.h"

namespace irc::detail {
namespace {

/// Walks over a TOML text and counts levels. It knows strings, comments, keys and brackets, and no values.
class TomlNesting {
 public:
  TomlNesting(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  void check() {
    if (starts("\xef\xbb\xbf")) at_ = 3;  // a byte order mark
    while (at_ < text_.size()) {
      skip_blanks_and_lines();
      if (at_ >= text_.size()) return;
      if (text_[at_] == '#')
        skip_comment();
      else if (text_[at_] == '[')
        header();
      else
        pair(header_levels_);
      skip_line_end();
    }
  }

 private:
  bool starts(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  void enter(std::size_t levels) const {
    if (levels > max_toml_levels)
      throw InputError({file_, line_, 0}, "tables and arrays are nested deeper than " +
                                              std::to_string(max_toml_levels) +
                                              " levels, which is the limit");
  }

  /// Moves over one character and counts lines.
  void next() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }
  void skip_blanks_and_lines() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      next();
  }
  /// A valid line is over here. The rest of an invalid one is skipped, its brackets included.
  void skip_line_end() { skip_comment(); }

  /// Moves over a string of any kind, from its opening quote on. A string of one line that has no end is
  /// over at the line's end, as for the parser.
  void skip_string() {
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool many_lines = starts(three);
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\n' && !many_lines) return;
      if (text_[at_] == '\\' && quote == '"') {
        next();
        if (at_ < text_.size()) next();
      } else if (many_lines ? starts(three) : text_[at_] == quote) {
        at_ += many_lines ? 3 : 1;
        // A string of several lines may end with one or two quotes of its own.
        while (many_lines && at_ < text_.size() && text_[at_] == quote) ++at_;
        return;
      } else {
        next();
      }
    }
  }

  /// Moves to one of `ends` or to the end of the line, and returns the number of parts of the dotted key on
  /// the way, added to `levels`.
  std::size_t key(std::size_t levels, std::string_view ends) {
    enter(++levels);
    while (at_ < text_.size() && text_[at_] != '\n' && ends.find(text_[at_]) == std::string_view::npos) {
      if (text_[at_] == '"' || text_[at_] == '\'') {
        skip_string();
        continue;
      }
      if (text_[at_] == '.') enter(++levels);
      ++at_;
    }
    return levels;
  }

  void header() {
    const bool array = starts("[[");
    at_ += array ? 2 : 1;
    header_levels_ = key(array ? 1 : 0, "]");
  }

  /// "key = value", and then everything in the value's brackets.
  void pair(std::size_t levels) {
    levels = key(levels, "=");
    if (at_ >= text_.size() || text_[at_] != '=') return;
    ++at_;
    struct Bracket {
      bool table;
      std::size_t levels;
    };
    std::vector<Bracket> open;
    const auto inner_key = [&] { levels = key(open.back().levels, "=,}]"); };
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && open.empty()) return;
      if (c == '"' || c == '\'') {
        skip_string();
      } else if (c == '#') {
        skip_comment();
      } else if (c == '[' || c == '{') {
        enter(++levels);
        open.push_back({c == '{', levels});
        ++at_;
        if (c == '{') inner_key();
      } else if ((c == ']' || c == '}') && !open.empty()) {
        open.pop_back();
        levels = open.empty() ? 0 : open.back().levels;
        ++at_;
      } else if (c == ',' && !open.empty()) {
        levels = open.back().levels;
        ++at_;
        if (open.back().table) inner_key();
      } else {
        next();
      }
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0, header_levels_ = 0;
  int line_ = 1;
};

}  // namespace

void check_toml_nesting(std::string_view text, const std::string& file) {
  TomlNesting(text, file).check();
}

}  // namespace irc::detail
