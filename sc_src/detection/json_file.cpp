// SPDX-License-Identifier: Apache-2.0
#include "json_file.h"

#include <charconv>
#include <cmath>

#include "irc/core/error.h"

namespace irc::detection {
namespace {

/// A value as in the file, shortened for a message.
std::string excerpt(const nlohmann::json& value) {
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

}  // namespace

void JsonValue::fail(const std::string& what) const {
  throw InputError({file_.string()}, (place_.empty() ? std::string("the top level") : place_) + " " + what);
}
void JsonValue::expected(const char* what) const {
  fail("is " + excerpt(value_) + "; expected " + what);
}

bool JsonValue::has(const char* key) const {
  return value_.is_object() && value_.contains(key);
}

JsonValue JsonValue::at(const char* key) const {
  if (!value_.is_object()) expected("an object");
  const auto found = value_.find(key);
  if (found == value_.end()) fail(std::string("has no \"") + key + "\": " + excerpt(value_));
  return {file_, *found, place_.empty() ? key : place_ + "." + key};
}

std::size_t JsonValue::size() const {
  if (!value_.is_array()) expected("an array");
  return value_.size();
}
JsonValue JsonValue::at(std::size_t index) const {
  return {file_, value_.at(index), place_ + "[" + std::to_string(index) + "]"};
}

std::int64_t JsonValue::integer() const {
  if (value_.is_number_unsigned() && value_.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
    expected("an integer of 64 bits");
  if (!value_.is_number_integer()) expected("an integer");
  return value_.get<std::int64_t>();
}
std::int64_t JsonValue::id(bool& as_written) const {
  constexpr double exact = 9007199254740992.0;  // up to here every integer has its own double
  std::int64_t out = 0;
  if (value_.is_number_float()) {
    const double value = value_.get<double>();
    if (!(std::abs(value) <= exact) || value != std::floor(value)) expected("an integer");
    as_written = false;
    return static_cast<std::int64_t>(value);
  }
  if (!value_.is_string()) return integer();
  const auto& text = value_.get_ref<const std::string&>();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) expected("an integer, or a text that is one");
  as_written = false;
  return out;
}
bool JsonValue::lacks(const char* key) const {
  const auto found = value_.is_object() ? value_.find(key) : value_.end();
  return found == value_.end() || found->is_null();
}
double JsonValue::number() const {
  if (!value_.is_number() || !std::isfinite(value_.get<double>())) expected("a finite number");
  return value_.get<double>();
}
bool JsonValue::flag() const {
  if (value_.is_boolean()) return value_.get<bool>();
  if (!value_.is_number_integer() || (value_ != 0 && value_ != 1)) expected("0 or 1");
  return value_ == 1;
}
std::string JsonValue::text() const {
  if (!value_.is_string()) expected("a text");
  return value_.get<std::string>();
}
Box JsonValue::box() const {
  if (!value_.is_array() || value_.size() != 4) expected("[x, y, width, height]");
  return {at(std::size_t{0}).number(), at(1).number(), at(2).number(), at(3).number()};
}

}  // namespace irc::detection
