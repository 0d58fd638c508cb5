// SPDX-License-Identifier: Apache-2.0
#include "json_place.h"

#include <fmt/format.h>

#include <cmath>

#include "irc/core/error.h"

namespace irc::explore::detail {

namespace {

using nlohmann::json;

constexpr std::size_t longest_json = 60;

std::string json_excerpt(const json& value) {
  auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > longest_json) text = text.substr(0, longest_json - 3) + "...";
  return text;
}

/// `high` counts as no limit where it is the largest number.
std::string range_words(double low, double high) {
  return high == std::numeric_limits<double>::max() ? fmt::format("a number of at least {:g}", low)
                                                    : fmt::format("a number from {:g} to {:g}", low, high);
}

bool within(const json& value, double low, double high) {
  if (!value.is_number()) return false;
  const auto number = value.get<double>();
  // A mean of values that are at most 1 may exceed 1 by a rounding error.
  const double slack = 1e-9;
  return std::isfinite(number) && number >= low - slack && number <= high + (high < 2 ? slack : 0);
}

}  // namespace

JsonPlace JsonPlace::member(const std::string& key, const char* expected) const {
  object();
  const auto found = value_.find(key);
  const auto path = path_.empty() ? key : path_ + "." + key;
  if (found == value_.end()) fail(path, std::string("is missing; expected ") + expected);
  return {*found, source_, path};
}

std::size_t JsonPlace::size() const {
  if (!value_.is_array()) refuse("an array");
  return value_.size();
}

JsonPlace JsonPlace::item(std::size_t index) const {
  return {value_.at(index), source_, path_ + "[" + std::to_string(index) + "]"};
}

std::string JsonPlace::text() const {
  if (!value_.is_string()) refuse("a text");
  return value_.get<std::string>();
}

std::uint64_t JsonPlace::whole(std::uint64_t most) const {
  if (!value_.is_number_unsigned() || value_.get<std::uint64_t>() > most)
    refuse("an integer from 0 to " + std::to_string(most));
  return value_.get<std::uint64_t>();
}

double JsonPlace::number(double low, double high) const {
  if (!within(value_, low, high)) refuse(range_words(low, high));
  return value_.get<double>();
}

void JsonPlace::number_or_null(double low, double high) const {
  if (!value_.is_null() && !within(value_, low, high)) refuse(range_words(low, high) + ", or null");
}

void JsonPlace::object() const {
  if (!value_.is_object()) refuse("an object");
}

void JsonPlace::refuse(const std::string& expected) const {
  fail(path_, "is " + json_excerpt(value_) + "; expected " + expected);
}

void JsonPlace::fail(const std::string& path, const std::string& words) const {
  throw InputError((source_.empty() ? "" : source_ + ": ") + (path.empty() ? "the document" : path) + " " +
                   words);
}

}  // namespace irc::explore::detail
