// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace irc {

/// Returns a name that comes from a file (a layer, a class, a path) in a form that is safe to print on one
/// line of a terminal, a table or a figure. Line breaks, tabs, escape sequences and other control characters
/// become `\n`, `\t`, `\r`, `\x1b` and so on, invisible characters that turn the direction of the text or
/// break lines become `\u{202e}` and so on, and bytes that are not valid UTF-8 become `\xff` and so on.
/// Everything else stays as it is, so the result is valid UTF-8.
///
/// A result longer than `most` bytes is cut; neither a character nor an escape is cut apart.
std::string printable(std::string_view text, std::size_t most = std::string_view::npos);

/// The same for a message or a table that consists of several lines: line breaks stay.
std::string printable_lines(std::string_view text);

}  // namespace irc
