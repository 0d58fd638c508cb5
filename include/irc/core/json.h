// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace irc {

/// How deep arrays and objects may be nested in a JSON text that ircsim reads. Ours need fewer than ten
/// levels. The limit protects the stack, because copying and printing a value descends once per level.
inline constexpr int max_json_depth = 100;

/// Parses a JSON text. `source` is the file or the label that messages name. Throws InputError with source,
/// line and column where the text is not JSON, is nested more than max_json_depth levels deep, or has a key
/// twice in one object. Nothing is parsed before the depth is known.
nlohmann::json parse_json(std::string_view text, const std::string& source);

/// Reads and parses a JSON file. Throws InputError as read_file and parse_json do.
nlohmann::json read_json(const std::filesystem::path& path);

}  // namespace irc
