// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

#include "check_data.h"
#include "embedded_files.h"
#include "irc/core/error.h"
#include "irc/explore/report.h"

namespace irc::explore {

namespace {

using nlohmann::json;

// A page may have 3 MB with 500 points. The library and the scripts take 0.7 MB; parameters, metrics and
// configurations of 500 points take about 0.7 MB.
constexpr std::size_t largest_layers = 1'400'000;

std::string_view embedded(std::string_view name) {
  for (const auto* file = embedded_files; file->name; ++file)
    if (name == file->name) return {file->begin, static_cast<std::size_t>(file->end - file->begin)};
  throw InternalError("explore: the report template asks for '" + std::string(name) +
                      "', which is not embedded");
}

/// Rounds to five significant digits, which is more than any chart shows and a third of the size of the full
/// number.
json rounded(const json& value) {
  if (!value.is_number_float()) return value;
  const auto exact = value.get<double>();
  if (!std::isfinite(exact)) return nullptr;
  std::array<char, 32> digits{};
  const auto* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), exact, std::chars_format::scientific, 4)
          .ptr;
  double result = 0;
  std::from_chars(digits.data(), end, result);
  return result;
}

/// Assigns numbers to names in the order in which they first occur.
class NameTable {
 public:
  std::size_t index(const std::string& name) {
    const auto [found, is_new] = indices_.emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return found->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::size_t> indices_;
  std::vector<std::string> names_;
};

/// [name, cycles, latency_s, component, joules, component, joules, ...], with numbers in place of names,
/// because names would be most of the page. Components without energy are left out.
json packed(const json& layer, NameTable& layer_names, NameTable& components) {
  json row = json::array({layer_names.index(layer.at("name").get<std::string>()),
                          rounded(layer.value("cycles", json())), rounded(layer.value("latency_s", json()))});
  if (const auto energy = layer.find("energy_j"); energy != layer.end())
    for (const auto& [component, joules] : energy->items()) {
      if (joules == 0) continue;
      row.push_back(components.index(component));
      row.push_back(rounded(joules));
    }
  return row;
}

json page_data(const json& data) {
  json page = data;
  NameTable layer_names;
  NameTable components;
  std::size_t size = 0;
  for (auto& point : page["points"]) {
    if (!point.contains("layers")) continue;
    json rows = json::array();
    for (const auto& layer : point["layers"]) rows.push_back(packed(layer, layer_names, components));
    point["layers"] = rows;
    size += rows.dump().size();
  }
  page["layer_names"] = layer_names.names();
  page["layer_components"] = components.names();
  page["layers_of_front_only"] = size > largest_layers;
  if (size > largest_layers)
    for (auto& point : page["points"])
      if (!point.value("on_front", false)) point.erase("layers");
  return page;
}

/// JSON that may be placed between <script> and </script>. The escaped characters occur inside strings only,
/// where JSON and JavaScript read the escapes as the same text. U+2028 and U+2029 end lines in old
/// JavaScript.
std::string for_script(const json& data) {
  const auto text = data.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size() + text.size() / 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = std::string_view(text).substr(i, 3);
    if (text[i] == '<') {
      safe += "\\u003c";
    } else if (text[i] == '>') {
      safe += "\\u003e";
    } else if (text[i] == '&') {
      safe += "\\u0026";
    } else if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9") {
      safe += rest.back() == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

/// Text that may be placed between tags. It passes through JSON, which replaces invalid UTF-8.
std::string for_html(const std::string& text) {
  const auto valid =
      json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
  std::string safe;
  for (const char c : valid) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string report_html(const json& data) {
  check_report_data(data);
  const auto& experiment = data.at("experiment");
  auto title = experiment.value("title", std::string());
  if (title.empty()) title = experiment.at("name").get<std::string>();

  // The template is read in one pass, so inserted text is never searched for placeholders.
  constexpr std::string_view opening = "{{";
  constexpr std::string_view closing = "}}";
  std::string page;
  auto rest = embedded("page.html");
  for (auto at = rest.find(opening); at != rest.npos; at = rest.find(opening)) {
    page += rest.substr(0, at);
    rest.remove_prefix(at + opening.size());
    const auto end = rest.find(closing);
    const auto name = rest.substr(0, end);
    if (name == "title") {
      page += for_html(title);
    } else if (name == "licence") {
      page += for_html(std::string(embedded("echarts.LICENSE")));
    } else if (name == "data") {
      page += for_script(page_data(data));
    } else {
      page += embedded(name);
    }
    rest.remove_prefix(end + closing.size());
  }
  page += rest;
  return page;
}

}  // namespace irc::explore
