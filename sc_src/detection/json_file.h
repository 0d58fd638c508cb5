// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "irc/core/error.h"
#include "irc/detection/types.h"

namespace irc::detection {

/// A value inside a JSON file, with its place ("annotations[3].bbox") for messages. It refers to the
/// document.
class JsonValue {
 public:
  JsonValue(const std::filesystem::path& file, const nlohmann::json& value, std::string place = {})
      : file_(file), value_(value), place_(std::move(place)) {}

  bool has(const char* key) const;
  JsonValue at(const char* key) const;  ///< InputError if this is no object or has no such key
  std::size_t size() const;             ///< of an array; InputError if it is none
  JsonValue at(std::size_t index) const;
  bool is_array() const { return value_.is_array(); }
  std::int64_t integer() const;
  /// An id: an integer, also where it is written as 17.0 or "17". `as_written` becomes false then.
  std::int64_t id(bool& as_written) const;
  /// Whether the value is null or the key of this object is missing.
  bool lacks(const char* key) const;
  double number() const;  ///< finite
  bool flag() const;      ///< true, false, 0 or 1
  std::string text() const;
  Box box() const;  ///< [x, y, width, height]
  SourceLocation where() const { return {file_.string() + " " + place_}; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  [[noreturn]] void expected(const char* what) const;
  const std::filesystem::path& file_;
  const nlohmann::json& value_;
  std::string place_;
};

}  // namespace irc::detection
