// SPDX-License-Identifier: Apache-2.0
// Checks records before anything is computed from them. A store is a file, and files are damaged, edited and
// mixed up.
#include "irc/explore/record_check.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "irc/core/error.h"
#include "irc/core/json.h"
#include "irc/core/printable.h"
#include "json_place.h"

namespace irc::explore {

namespace {

using detail::JsonPlace;

constexpr std::size_t longest_excerpt = 80;
constexpr double no_limit = std::numeric_limits<double>::max();

void check_numbers(const JsonPlace& table) {
  table.object();
  for (const auto& [key, value] : table.value().items())
    table.member(key, "a number").number(-no_limit, no_limit);
}

void check_map(const JsonPlace& map, std::uint64_t chips) {
  map.object();
  // Images without annotations have no mAP at all.
  const bool annotated = !map.member("ideal", "a number or null").value().is_null();
  const auto check = [annotated](const JsonPlace& value, double least, double most) {
    if (annotated)
      value.number(least, most);
    else if (!value.value().is_null())
      value.refuse("null, because map.ideal is null");
  };
  for (const auto* key : {"ideal", "nonideal", "worst", "std"})
    check(map.member(key, "a number or null"), 0, 1);
  check(map.member("ci95", "a number or null"), 0, no_limit);  // of two chips it may exceed 1
  check(map.member("coco", "a number or null"), -1, 1);        // -1: no object counts for COCO
  const auto per_chip = map.member("per_chip", "an array");
  if (per_chip.size() != chips || chips == 0)
    per_chip.refuse("one mAP for each of the " + std::to_string(chips) + " chips");
  for (std::size_t i = 0; i < per_chip.size(); ++i) check(per_chip.item(i), 0, 1);
}

void check_layer(const JsonPlace& layer) {
  layer.member("name", "a text").text();
  for (const auto* key : {"cycles", "bit_errors", "bits"}) layer.member(key, "a number").number(0, no_limit);
  check_numbers(layer.member("energy_j", "an object"));
}

void check_result(const JsonPlace& result) {
  result.object();
  check_map(result.member("map", "an object"), result.member("chips", "a number").whole());
  for (const auto* key :
       {"latency_s_per_image", "cycles_per_image", "energy_j_per_image", "area_m2", "setup_s", "setup_j"})
    result.member(key, "a number").number(0, no_limit);
  result.member("images", "a number of images").whole();
  // Without energy there is no efficiency, and JSON has no infinity.
  result.member("tops_per_w", "a number or null").number_or_null(0, no_limit);
  check_numbers(result.member("energy_j", "an object"));
  const auto layers = result.member("layers", "an array");
  for (std::size_t i = 0; i < layers.size(); ++i) check_layer(layers.item(i));
  if (result.has("model")) result.member("model", "a text").text();
}

bool is_address(const std::string& id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void check_record(const Record& record) {
  if (record.status == Record::Status::failed) {
    if (!record.result.empty()) throw InputError("status is failed, but result is not empty");
    if (record.error.empty())
      throw InputError("error is empty, but status is failed; expected the reason why the point failed");
    return;
  }
  if (!record.error.empty())
    throw InputError("error is \"" + printable(record.error, longest_excerpt) +
                     "\", but status is done; expected no error");
  if (record.config_toml.empty()) throw InputError("config_toml is empty; expected a configuration");
  check_result({parse_json(record.result, "result"), "", "result"});
}

}  // namespace

std::optional<std::string> record_problem(const std::string& id, const Record& record) {
  if (!is_address(id))
    return "id is \"" + printable(id, longest_excerpt) + "\"; expected 64 hexadecimal digits";
  try {
    check_record(record);
  } catch (const InputError& error) {
    return error.what();
  }
  return std::nullopt;
}

std::optional<std::string> result_problem(const nlohmann::json& result) {
  try {
    check_result({result, "", "result"});
  } catch (const InputError& error) {
    return error.what();
  }
  return std::nullopt;
}

}  // namespace irc::explore
