// SPDX-License-Identifier: Apache-2.0
#include "check_data.h"

#include <set>
#include <string>
#include <string_view>

#include "irc/core/error.h"

namespace irc::explore {

namespace {

using nlohmann::json;
using Kind = bool (*)(const json&);

struct Expectation {
  Kind fits;
  std::string_view words;
};

bool is_scalar(const json& value) {
  return value.is_number() || value.is_string() || value.is_boolean();
}
bool is_number_or_null(const json& value) {
  return value.is_number() || value.is_null();
}
bool is_text_or_null(const json& value) {
  return value.is_string() || value.is_null();
}

const Expectation object{[](const json& value) { return value.is_object(); }, "an object"};
const Expectation array{[](const json& value) { return value.is_array(); }, "an array"};
const Expectation text{[](const json& value) { return value.is_string(); }, "a string"};
const Expectation flag{[](const json& value) { return value.is_boolean(); }, "true or false"};
const Expectation number{[](const json& value) { return value.is_number(); }, "a number"};
const Expectation scalar{is_scalar, "a number, a string or a truth value"};
const Expectation number_or_null{is_number_or_null, "a number or null"};
const Expectation text_or_null{is_text_or_null, "a string or null"};

// Shortens long values, which would hide the message.
std::string shown(const json& value) {
  constexpr std::size_t longest = 40;
  auto written = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (written.size() > longest) written = written.substr(0, longest) + "...";
  return written;
}

[[noreturn]] void refuse(const std::string& place, const std::string& problem) {
  throw InputError("report data: " + place + " " + problem);
}

void expect(const json& value, const std::string& place, const Expectation& expectation) {
  if (!expectation.fits(value))
    refuse(place, "is " + shown(value) + "; expected " + std::string(expectation.words));
}

std::string under(const std::string& place, std::string_view key) {
  return place.empty() ? std::string(key) : place + "." + std::string(key);
}

const json& required(const json& parent, const std::string& place, const char* key,
                     const Expectation& expectation) {
  const auto found = parent.find(key);
  if (found == parent.end())
    refuse(under(place, key), "is missing; expected " + std::string(expectation.words));
  expect(*found, under(place, key), expectation);
  return *found;
}

/// The value at `key`, or nullptr where the key is absent.
const json* optional(const json& parent, const std::string& place, const char* key,
                     const Expectation& expectation) {
  const auto found = parent.find(key);
  if (found == parent.end()) return nullptr;
  expect(*found, under(place, key), expectation);
  return &*found;
}

void one_of(const json& value, const std::string& place, std::initializer_list<std::string_view> words) {
  std::string list;
  for (const auto word : words) {
    if (value == word) return;
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  refuse(place, "is " + shown(value) + "; expected one of " + list);
}

void optional_one_of(const json& parent, const std::string& place, const char* key,
                     std::initializer_list<std::string_view> words) {
  if (const auto* value = optional(parent, place, key, text)) one_of(*value, under(place, key), words);
}

template <typename Check>
void each(const json& values, const std::string& place, Check&& check) {
  for (std::size_t i = 0; i < values.size(); ++i) check(values[i], place + "[" + std::to_string(i) + "]");
}

void values_of(const json* values, const std::string& place, const Expectation& expectation) {
  if (values == nullptr) return;
  for (const auto& [key, value] : values->items()) expect(value, under(place, key), expectation);
}

void check_columns(const json& experiment, const char* list) {
  std::set<std::string> keys;
  const auto place = under("experiment", list);
  each(required(experiment, "experiment", list, array), place,
       [&](const json& column, const std::string& at) {
         expect(column, at, object);
         const auto& key = required(column, at, "key", text).get_ref<const std::string&>();
         if (!keys.insert(key).second)
           refuse(at + ".key", "is " + shown(key) + " as before; keys must differ");
         optional(column, at, "label", text);
         optional(column, at, "unit", text);
         optional_one_of(column, at, "scale", {"linear", "log", "category"});
         optional_one_of(column, at, "goal", {"max", "min", "none"});
         if (const auto* values = optional(column, at, "values", array))
           each(*values, at + ".values",
                [](const json& value, const std::string& where) { expect(value, where, scalar); });
       });
}

void check_experiment(const json& experiment) {
  required(experiment, "experiment", "name", text);
  for (const auto* key : {"title", "description", "strategy", "model"})
    optional(experiment, "experiment", key, text);
  optional(experiment, "experiment", "seed", number);
  check_columns(experiment, "parameters");
  check_columns(experiment, "metrics");
  if (const auto* constraints = optional(experiment, "experiment", "constraints", array))
    each(*constraints, "experiment.constraints",
         [](const json& constraint, const std::string& at) { expect(constraint, at, text); });
}

void check_layer(const json& layer, const std::string& at) {
  expect(layer, at, object);
  required(layer, at, "name", text);
  optional(layer, at, "cycles", number_or_null);
  optional(layer, at, "latency_s", number_or_null);
  values_of(optional(layer, at, "energy_j", object), at + ".energy_j", number_or_null);
}

void check_point(const json& point, const std::string& at) {
  expect(point, at, object);
  required(point, at, "id", text);
  one_of(required(point, at, "status", text), at + ".status", {"done", "failed", "infeasible"});
  optional(point, at, "error", text_or_null);
  values_of(&required(point, at, "parameters", object), at + ".parameters", scalar);
  values_of(optional(point, at, "metrics", object), at + ".metrics", number_or_null);
  values_of(optional(point, at, "spread", object), at + ".spread", number_or_null);
  values_of(optional(point, at, "fidelity", object), at + ".fidelity", scalar);
  optional(point, at, "on_front", flag);
  optional(point, at, "config_toml", text);
  if (const auto* layers = optional(point, at, "layers", array)) each(*layers, at + ".layers", check_layer);
}

void check_tradeoff(const json& tradeoff) {
  optional(tradeoff, "tradeoff", "title", text);
  optional(tradeoff, "tradeoff", "marked_x", number_or_null);
  const auto& x = required(tradeoff, "tradeoff", "x", object);
  optional(x, "tradeoff.x", "label", text);
  optional(x, "tradeoff.x", "unit", text);
  each(required(tradeoff, "tradeoff", "series", array), "tradeoff.series",
       [](const json& series, const std::string& at) {
         expect(series, at, object);
         required(series, at, "label", text);
         optional(series, at, "unit", text);
         optional_one_of(series, at, "scale", {"linear", "log"});
         each(required(series, at, "points", array), at + ".points",
              [](const json& pair, const std::string& where) {
                if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() ||
                    !is_number_or_null(pair[1]))
                  refuse(where, "is " + shown(pair) + "; expected [x, y] with y a number or null");
              });
       });
}

}  // namespace

void check_report_data(const json& data) {
  if (!data.is_object())
    throw InputError("report data: the document is " + shown(data) + "; expected an object");
  const auto& schema = required(data, "", "schema", number);
  if (schema != 1) refuse("schema", "is " + shown(schema) + "; this version of ircsim reads schema 1");
  optional(data, "", "irc_version", text);
  optional(data, "", "created_from", text);
  optional(data, "", "left_out", array);
  check_experiment(required(data, "", "experiment", object));

  std::set<std::string> ids;
  each(required(data, "", "points", array), "points", [&](const json& point, const std::string& at) {
    check_point(point, at);
    const auto& id = point.at("id").get_ref<const std::string&>();
    if (!ids.insert(id).second) refuse(at + ".id", "is " + shown(id) + " as before; ids must differ");
  });
  if (const auto found = data.find("tradeoff"); found != data.end() && !found->is_null() && !found->empty()) {
    expect(*found, "tradeoff", object);
    check_tradeoff(*found);
  }
}

}  // namespace irc::explore
