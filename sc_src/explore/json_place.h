// SPDX-License-Identifier: Apache-2.0
// A value of a JSON document with its place, so that every refusal names file, key, value and expectation.
#pragma once
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace irc::explore::detail {

class JsonPlace {
 public:
  /// `source` is the file for messages, or empty. Keeps a reference to `value`.
  JsonPlace(const nlohmann::json& value, std::string source, std::string path = {})
      : value_(value), source_(std::move(source)), path_(std::move(path)) {}

  /// The value of a key. Throws InputError where this is no object or has no such key; the message then says
  /// that `expected` was expected.
  JsonPlace member(const std::string& key, const char* expected) const;
  /// Whether this is an object with such a key.
  bool has(const char* key) const { return value_.is_object() && value_.contains(key); }
  /// Length of an array. Throws InputError for anything else.
  std::size_t size() const;
  /// An element of an array.
  JsonPlace item(std::size_t index) const;
  /// The same place under another name.
  JsonPlace called(std::string path) const { return {value_, source_, std::move(path)}; }

  /// A text. Throws InputError for anything else, as the following do.
  std::string text() const;
  /// An integer from 0 to `most`.
  std::uint64_t whole(std::uint64_t most = std::numeric_limits<std::int64_t>::max()) const;
  /// A number from `low` to `high`.
  double number(double low, double high) const;
  /// A number from `low` to `high`, or null.
  void number_or_null(double low, double high) const;
  /// Throws InputError unless this is an object.
  void object() const;

  /// The value itself.
  const nlohmann::json& value() const { return value_; }
  /// Where the value is: "shards[2][0].id".
  const std::string& path() const { return path_; }
  /// Throws InputError with the place, the value and `expected`.
  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  [[noreturn]] void fail(const std::string& path, const std::string& words) const;

  const nlohmann::json& value_;
  std::string source_, path_;
};

}  // namespace irc::explore::detail
