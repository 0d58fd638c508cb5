// SPDX-License-Identifier: Apache-2.0
#include "irc/core/printable.h"

#include <cstdint>
#include <cstdio>

namespace irc {
namespace {

/// One character of a text: its bytes, and its code point, or none if the bytes are not valid UTF-8.
struct Character {
  std::size_t bytes = 1;
  std::uint32_t code = 0;
  bool valid = false;
};

/// Decodes the first character. Overlong forms, surrogates and codes above U+10FFFF are not valid.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, lead, true};
  const std::size_t bytes = lead >= 0xc2 && lead < 0xe0   ? 2
                            : lead >= 0xe0 && lead < 0xf0 ? 3
                            : lead >= 0xf0 && lead < 0xf5 ? 4
                                                          : 0;
  if (bytes == 0 || text.size() < bytes) return {};
  std::uint32_t code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0u) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {};
  return {bytes, code, true};
}

/// Line separators, and marks that turn the direction of the text that follows them.
bool is_layout_mark(std::uint32_t code) {
  return code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::string code_escape(const char* format, unsigned code) {
  char text[16];
  std::snprintf(text, sizeof text, format, code);
  return text;
}

std::string shown_character(std::string_view bytes, const Character& c, bool keep_lines) {
  if (!c.valid) return code_escape("\\x%02x", static_cast<unsigned char>(bytes[0]));
  if (c.code == '\n') return keep_lines ? "\n" : "\\n";
  if (c.code == '\t') return "\\t";
  if (c.code == '\r') return "\\r";
  if (c.code < 0x20 || c.code == 0x7f) return code_escape("\\x%02x", c.code);
  if ((c.code >= 0x80 && c.code < 0xa0) || is_layout_mark(c.code)) return code_escape("\\u{%x}", c.code);
  return std::string(bytes.substr(0, c.bytes));
}

std::string converted(std::string_view text, std::size_t most, bool keep_lines) {
  std::string out;
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::string piece = shown_character(text, c, keep_lines);
    if (piece.size() > most - out.size()) break;
    out += piece;
    text.remove_prefix(c.bytes);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  return converted(text, most, false);
}

std::string printable_lines(std::string_view text) {
  return converted(text, std::string_view::npos, true);
}

}  // namespace irc
