// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "check_data.h"
#include "irc/explore/report.h"

namespace irc::explore {

namespace {

using nlohmann::json;

/// A group of columns, taken from one object of every point.
struct Group {
  const char* member;
  std::string prefix;
  std::vector<std::string> keys;
};

void add_key(Group& group, const std::string& key) {
  for (const auto& known : group.keys)
    if (known == key) return;
  group.keys.push_back(key);
}

/// Declared columns in the experiment's order, followed by columns that only points have.
Group columns(const json& data, const char* member, std::string prefix, bool declared) {
  Group group{member, std::move(prefix), {}};
  if (declared)
    for (const auto& column : data.at("experiment").at(member))
      add_key(group, column.at("key").get<std::string>());
  for (const auto& point : data.at("points"))
    if (const auto found = point.find(member); found != point.end())
      for (const auto& [key, value] : found->items()) add_key(group, key);
  return group;
}

std::string field(const json& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string report_csv(const json& data) {
  check_report_data(data);
  const std::vector<Group> groups = {
      columns(data, "parameters", "", true), columns(data, "metrics", "", true),
      columns(data, "spread", "spread.", false), columns(data, "fidelity", "fidelity.", false)};
  std::string table = "id,status,on_front";
  for (const auto& group : groups)
    for (const auto& key : group.keys) table += "," + field(group.prefix + key);
  table += ",error\r\n";

  for (const auto& point : data.at("points")) {
    table += field(point.at("id")) + "," + field(point.at("status")) + ",";
    table += point.value("on_front", false) ? "true" : "false";
    for (const auto& group : groups) {
      const auto values = point.value(group.member, json::object());
      for (const auto& key : group.keys) table += "," + field(values.value(key, json()));
    }
    table += "," + field(point.value("error", json())) + "\r\n";
  }
  return table;
}

}  // namespace irc::explore
