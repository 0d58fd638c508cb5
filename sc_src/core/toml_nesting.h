// SPDX-License-Identifier: Apache-2.0
// The parser of TOML, and everything that walks over a tree, recurses. A file of 16 KB with thousands of
// levels would overflow the stack, so its depth is looked at before it is parsed.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace irc::detail {

/// The most levels of nesting that a TOML text may have. No file that this project defines needs ten.
inline constexpr std::size_t max_toml_levels = 64;

/// Throws InputError with file and line where `text` nests tables and arrays deeper than `max_toml_levels`.
/// Each part of a dotted key and of a section's name is a level, and so is each bracket. A text that is not
/// valid TOML may pass, so that its parser can say what is wrong.
void check_toml_nesting(std::string_view text, const std::string& file);

}  // namespace irc::detail
