// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "irc/core/error.h"
#include "irc/core/file.h"

namespace irc::detection {

struct Line {
  std::string text;  ///< without the line end
  int number = 0;    ///< from 1
};

/// Lists of millions of images and labels fit.
inline constexpr std::uintmax_t max_list_bytes = std::uintmax_t{1} << 28;

/// The lines of a text file, with either kind of line end.
inline std::vector<Line> read_lines(const std::filesystem::path& path) {
  std::string bytes = read_file(path, max_list_bytes);
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
    throw InputError({path.string(), 1}, "the file is UTF-16 text; expected UTF-8");
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.erase(0, 3);  // a byte order mark, as Windows editors write it
  std::vector<Line> lines;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    std::string text = bytes.substr(begin, end - begin);
    if (!text.empty() && text.back() == '\r') text.pop_back();
    lines.push_back({std::move(text), static_cast<int>(lines.size()) + 1});
    begin = end + 1;
  }
  return lines;
}

inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

inline std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = text.find_first_not_of(" \t"); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(" \t", end);
  }
  return words;
}

/// The whole text as a finite number, independent of the locale; nothing if it is none.
inline std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

}  // namespace irc::detection
